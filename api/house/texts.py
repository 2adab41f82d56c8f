"""The press's own words on the house's pages: Markdown made into HTML that can carry nothing else."""

from functools import cache

from markupsafe import Markup

from api.formats.markdown import RAW, TEXT_TAGS, Dialect


def shown(words: str) -> Markup:
    """Headings from the second level on, paragraphs, lists, links and emphasis; sanitised last."""
    tokens = _house().read(words)
    for token in tokens:
        if token.tag == "h1":  # the page has its own
            token.tag = "h2"
    return Markup(_house().html(tokens))  # noqa: S704 it has let nothing else through


@cache
def _house() -> Dialect:
    return Dialect(
        (*RAW, "backticks"),
        link_rel="noopener",
        tags=TEXT_TAGS | {"h2", "h3", "h4", "hr", "s"},
        schemes=frozenset({"http", "https", "mailto", "tel"}),
    )
