"""What a PDF's own bookmarks and metadata suggest for a title's record. An editor decides; nothing is taken unseen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.formats.pdf_facts import Bookmark, PdfFacts

_LEFT_BY_A_PROGRAM = re.compile(
    r"(?i)^(untitled|microsoft word|powerpoint|slide 1$)|\.(docx?|indd|odt|tex|pdf|qxd|rtf)$"
)


@dataclass(frozen=True)
class SuggestedChapter:
    """A chapter and its pages: counted from 0, both included, and as they are printed."""

    name: str
    first: int
    last: int
    first_page: str
    last_page: str


@dataclass(frozen=True)
class Suggestions:
    """Empty where the PDF says nothing. `published` is when the PDF was made: a year."""

    chapters: tuple[SuggestedChapter, ...] = ()
    title: str = ""
    authors: tuple[str, ...] = ()
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    published: str = ""


def suggestions(facts: PdfFacts) -> Suggestions:
    says = facts.metadata
    return Suggestions(
        chapters=tuple(_chapters(facts)),
        title="" if _LEFT_BY_A_PROGRAM.search(says.title) else says.title,
        authors=tuple(name for name in (part.strip() for part in re.split(r";| and ", says.author)) if name),
        abstract=says.subject,
        keywords=says.keywords,
        language=says.language,
        published=says.created[:4],
    )


def _chapters(facts: PdfFacts) -> list[SuggestedChapter]:
    """One for each bookmark of the highest level, up to where the next one begins."""
    lines = _highest(facts.bookmarks)
    found = []
    for number, line in enumerate(lines):
        later = next((each.page for each in lines[number + 1 :] if each.page > line.page), facts.page_count)
        shares = any(each.page == line.page for each in lines[number + 1 :])
        last = line.page if shares else later - 1
        found.append(SuggestedChapter(line.name, line.page, last, facts.label(line.page), facts.label(last)))
    return found


def _highest(bookmarks: Sequence[Bookmark]) -> list[Bookmark]:
    """The bookmarks of the highest level; of the next one where a single bookmark stands over all others."""
    depth = 0
    while True:
        lines = [each for each in bookmarks if each.depth == depth]
        if len(lines) != 1 or not any(each.depth == depth + 1 for each in bookmarks):
            return lines
        depth += 1
