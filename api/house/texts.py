"""The press's own words on the house's pages: Markdown made into HTML that can carry nothing else."""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

DEEPEST = 8  # lists and quotations in one another
_NOT_HERE = ("code", "fence", "backticks", "lheading", "image", "html_block", "html_inline", "reference", "table")
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "h2", "h3", "h4", "hr", "s"}
_SCHEMES = {"http", "https", "mailto", "tel"}


def shown(words: str) -> Markup:
    """Headings from the second level on, paragraphs, lists, links and emphasis; sanitised last."""
    reader = _reader()
    tokens = reader.parse(words)
    for token in tokens:
        if token.tag == "h1":  # the page has its own
            token.tag = "h2"
    html = nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return Markup(html)  # noqa: S704 the line above let nothing else through


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("js-default", {"maxNesting": DEEPEST}).disable(list(_NOT_HERE))
