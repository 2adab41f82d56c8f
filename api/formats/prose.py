"""Abstracts: a little Markdown, made into HTML that can carry nothing else, and into plain paragraphs."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 20_000  # characters
MOST_MARKS = (
    2_000  # signs that could be Markdown, and lines; a text with more is no prose, and is shown as it is written
)
DEEPEST = 8  # lists and quotations in one another
_MARKS = re.compile(r"[*_\[\]<>()\\\n]")
_NOT_HERE = (
    *("code", "fence", "backticks", "heading", "lheading", "hr", "table", "strikethrough"),
    *("reference", "image", "html_block", "html_inline", "entity"),
)
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br"}
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True)
class Prose:
    """A text as it is shown: sanitised HTML whose first paragraph leads, and the same in plain paragraphs."""

    html: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


NO_PROSE = Prose("", ())


def prose(markdown: str) -> Prose:
    """Paragraphs, emphasis, links, lists and quotations are understood; everything else stands as it is written."""
    if not markdown.strip():
        return NO_PROSE
    if len(markdown) > LONGEST or len(_MARKS.findall(markdown)) > MOST_MARKS:
        return _as_written(markdown)
    reader = _reader()
    tokens = reader.parse(markdown)
    if tokens and tokens[0].type == "paragraph_open":
        tokens[0].attrSet("class", "lead")
    return Prose(_clean(reader.renderer.render(tokens, reader.options, {})), tuple(_plain(tokens)))


@cache
def _reader() -> MarkdownIt:
    """`js-default` without what an abstract has no use for; raw HTML is text in it."""
    return MarkdownIt("js-default", {"maxNesting": DEEPEST}).disable(list(_NOT_HERE))


def _clean(html: str) -> str:
    """The last step: whatever came before, only this is let through."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        allowed_classes={"p": {"lead"}},
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener",
    ).strip()


def _as_written(text: str) -> Prose:
    paragraphs = tuple(part.strip() for part in re.split(r"\n[ \t]*\n", text) if part.strip())
    first, *others = (escape(part, quote=False) for part in paragraphs)
    return Prose("\n".join([f'<p class="lead">{first}</p>', *(f"<p>{part}</p>" for part in others)]), paragraphs)


def _plain(tokens: list[Token]) -> list[str]:
    """The words of each paragraph and list item; a line break inside one is a space."""
    return [words for token in tokens if token.type == "inline" and (words := _words(token.children or []))]


def _words(inline: list[Token]) -> str:
    return " ".join("".join(" " if token.type.endswith("break") else token.content for token in inline).split())
