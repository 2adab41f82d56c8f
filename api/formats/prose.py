"""Abstracts: a little Markdown, made into HTML that can carry nothing else, and into plain paragraphs."""

from dataclasses import dataclass
from functools import cache
from html import escape

from markdown_it.token import Token

from api.formats.markdown import ONLY_PROSE, Dialect, is_prose, paragraphs

LONGEST = 20_000  # characters


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
    if len(markdown) > LONGEST or not is_prose(markdown):
        return _as_written(markdown)
    tokens = _abstracts().read(markdown)
    if tokens and tokens[0].type == "paragraph_open":
        tokens[0].attrSet("class", "lead")
    return Prose(_abstracts().html(tokens).strip(), tuple(_plain(tokens)))


@cache
def _abstracts() -> Dialect:
    return Dialect(ONLY_PROSE, link_rel="nofollow noopener", classes={"p": {"lead"}})


def _as_written(text: str) -> Prose:
    parts = paragraphs(text)
    first, *others = (escape(part, quote=False) for part in parts)
    return Prose("\n".join([f'<p class="lead">{first}</p>', *(f"<p>{part}</p>" for part in others)]), parts)


def _plain(tokens: list[Token]) -> list[str]:
    """The words of each paragraph and list item; a line break inside one is a space."""
    return [words for token in tokens if token.type == "inline" and (words := _words(token.children or []))]


def _words(inline: list[Token]) -> str:
    return " ".join("".join(" " if token.type.endswith("break") else token.content for token in inline).split())
