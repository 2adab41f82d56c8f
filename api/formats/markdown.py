"""Markdown as it is read here: a few of its marks, and the HTML of them, sanitised last."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPEST = 8  # lists and quotations in one another
MOST_MARKS = (
    2_000  # signs that could be Markdown, and lines; a text with more is no prose, and is shown as it is written
)
TEXT_TAGS = frozenset({"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br"})
RAW = ("code", "fence", "lheading", "reference", "image", "html_block", "html_inline", "table")
ONLY_PROSE = (*RAW, "backticks", "heading", "hr", "strikethrough", "entity")
_MARKS = re.compile(r"[*_\[\]<>()\\\n]")


@dataclass(frozen=True)
class Dialect:
    """Which Markdown is understood: `js-default` without the rules `without`; raw HTML is text in it.

    Whatever comes of it, only `tags`, links to `schemes` and `classes` are let through. Links say `link_rel`.
    """

    without: tuple[str, ...]
    link_rel: str
    tags: frozenset[str] = TEXT_TAGS
    schemes: frozenset[str] = frozenset({"http", "https", "mailto"})
    classes: dict[str, set[str]] = field(default_factory=dict)
    keeps_lines: bool = False

    @cached_property
    def _reader(self) -> MarkdownIt:
        reader = MarkdownIt("js-default", {"maxNesting": DEEPEST, "breaks": self.keeps_lines})
        return reader.disable(list(self.without))

    def read(self, text: str) -> list[Token]:
        return self._reader.parse(text)

    def html(self, tokens: Sequence[Token]) -> str:
        """The last step is the sanitiser's: whatever came before, only what the dialect names is let through."""
        return nh3.clean(
            self._reader.renderer.render(tokens, self._reader.options, {}),
            tags=set(self.tags),
            attributes={"a": {"href"}, "ol": {"start"}},
            allowed_classes=self.classes,
            url_schemes=set(self.schemes),
            link_rel=self.link_rel,
        )


def is_prose(text: str) -> bool:
    """Whether the text can be read as Markdown at little cost; one that is nearly all marks can't."""
    return len(_MARKS.findall(text)) <= MOST_MARKS


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text that is shown as it is written."""
    return tuple(part.strip() for part in re.split(r"\n[ \t]*\n", text) if part.strip())
