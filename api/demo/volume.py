"""Makes the sample volume of a title: its known pages in their places, and no word that an author didn't write.

Only what is on record gets a page: a part with a known first page, a chapter with a known range. Each carries its
printed page number as the PDF's page label, and the labels jump where the book has pages that are not on record.
"""

from dataclasses import dataclass
from pathlib import Path

from api.demo.sheet import FOOT, LEFT, MEASURE, TOP, WIDTH, Sheet
from api.demo.voices import Voice
from api.formats.prose import prose
from api.formats.record import ContentsLine, Person
from api.shelf.shelving import TitleDraft, TitleFacts

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
TITLE_PAGE, IMPRINT, FIRST_OF_ABSTRACT = 0, 1, 2
ABSTRACT_SIZE = 10  # points


@dataclass(frozen=True)
class Leaf:
    """One page of the main matter: a part's or a chapter's, `step` of `steps` within it, printed as `number`."""

    line: ContentsLine
    number: int
    step: int
    steps: int


def make(draft: TitleDraft, voice: Voice, fonts: Path, target: Path) -> None:
    """Write the sample volume to `target`; the same description always gives the same bytes.

    `fonts` is a folder that `sheet.cast_fonts` has filled.
    """
    facts = draft.facts
    sheet = Sheet(fonts, facts.slug, voice.mark, facts.language)
    sheet.set_title(f"{voice.mark}: {facts.full_title}")
    sheet.set_creator("Gatefold demo")
    leaves = _leaves(draft.contents)
    _title_page(sheet, draft)
    _imprint(sheet, facts, voice)
    abstract = _abstract_pages(sheet, prose(facts.abstract).text)
    for number, paragraphs in enumerate(abstract, start=FIRST_OF_ABSTRACT):
        _abstract_page(sheet, number, paragraphs)
    if draft.contents:
        _contents(sheet, draft.contents, leaves, FIRST_OF_ABSTRACT + len(abstract) + 1)
    _main_matter(sheet, draft.contents, leaves, voice)
    sheet.output(str(target))


def _leaves(contents: tuple[ContentsLine, ...]) -> list[Leaf]:
    leaves = []
    for line in contents:
        if line.first_page is None:
            continue
        first = int(line.first_page)
        last = first if line.is_part else int(line.last_page or first)
        leaves += [Leaf(line, number, number - first, last - first + 1) for number in range(first, last + 1)]
    return leaves


def _title_page(sheet: Sheet, draft: TitleDraft) -> None:
    facts = draft.facts
    sheet.turn("r", 1, ROMAN[TITLE_PAGE])
    sheet.start_section("Title page")
    sheet.note(_byline(draft), 11, top=TOP)
    sheet.headline(facts.title, 34, top=52)
    if facts.subtitle:
        sheet.space(4)
        sheet.headline(facts.subtitle, 19)
    sheet.fold(0.62, LEFT, 130, MEASURE, 52)
    imprint = ", ".join(part for part in (facts.publisher, facts.place, facts.published) if part)
    sheet.note(imprint, 10, top=FOOT - 12)


def _byline(draft: TitleDraft) -> str:
    if draft.editors:
        return f"Edited by {_names(draft.editors)}"
    return _names(draft.authors)


def _names(people: tuple[Person, ...]) -> str:
    *others, last = [person.display for person in people] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _imprint(sheet: Sheet, facts: TitleFacts, voice: Voice) -> None:
    sheet.turn("r", 2, ROMAN[IMPRINT])
    sheet.start_section("About this sample")
    headline, *paragraphs = voice.imprint
    sheet.headline(headline, 22, top=TOP)
    sheet.space(5)
    for paragraph in paragraphs:
        sheet.prose(paragraph)
        sheet.space(3)
    known = {
        "Series": facts.series,
        "DOI of the book": facts.doi,
        "ISBN of the book": facts.isbn,
        "Licence of the book": facts.licence,
    }
    for name, value in known.items():
        if value:
            sheet.note(f"{name}: {value}")
    sheet.note("Set in Newsreader by Production Type, SIL Open Font License 1.1.", top=FOOT - 8)


def _abstract_pages(sheet: Sheet, abstract: str) -> list[list[str]]:
    """The paragraphs, page by page, as they fit."""
    pages: list[list[str]] = []
    left_over = 0.0
    for paragraph in (part.strip() for part in abstract.split("\n\n") if part.strip()):
        height = sheet.prose_height(paragraph, ABSTRACT_SIZE) + 3
        if height > left_over:
            pages.append([])
            left_over = FOOT - TOP - (16 if len(pages) == 1 else 0)
        pages[-1].append(paragraph)
        left_over -= height
    return pages


def _abstract_page(sheet: Sheet, number: int, paragraphs: list[str]) -> None:
    sheet.turn("r", number + 1, ROMAN[number], "" if number == FIRST_OF_ABSTRACT else "Abstract")
    sheet.set_y(TOP)
    if number == FIRST_OF_ABSTRACT:
        sheet.start_section("Abstract")
        sheet.headline("Abstract", 22)
        sheet.set_y(TOP + 16)
    for paragraph in paragraphs:
        sheet.prose(paragraph, ABSTRACT_SIZE)
        sheet.space(3)


def _contents(sheet: Sheet, contents: tuple[ContentsLine, ...], leaves: list[Leaf], front: int) -> None:
    """One page; the samples' contents fit on it."""
    sheet.turn("r", front, ROMAN[front - 1])
    sheet.start_section("Contents")
    sheet.headline("Contents", 22, top=TOP)
    sheet.set_y(TOP + 14)
    first_leaf = {leaf.line: front + place for place, leaf in enumerate(leaves, start=1) if leaf.step == 0}
    has_parts = any(line.is_part for line in contents)
    for line in contents:
        page = first_leaf.get(line)
        link = sheet.add_link(page=page) if page else None
        indent = 6.0 if has_parts and not line.is_part else 0.0
        sheet.space(2.6 if line.is_part else 0.8)
        sheet.entry(line.name, line.first_page or "", link, indent=indent, size=10.5 if line.is_part else 10)
        if line.authors:
            sheet.aside(_names(line.authors), indent)


def _main_matter(sheet: Sheet, contents: tuple[ContentsLine, ...], leaves: list[Leaf], voice: Voice) -> None:
    has_parts = any(line.is_part for line in contents)
    waiting: list[ContentsLine] = []  # parts without a page of their own are marked where their first chapter begins
    for line in contents:
        pages = [leaf for leaf in leaves if leaf.line is line]
        if not pages:
            waiting.append(line)
        for leaf in pages:
            sheet.turn("D", leaf.number, str(leaf.number), "" if leaf.step == 0 else line.name)
            if leaf.step == 0:
                for part in (*waiting, line):
                    sheet.start_section(part.name, level=1 if has_parts and not part.is_part else 0)
                waiting = []
            if line.is_part:
                _part_page(sheet, line)
            elif leaf.step == 0:
                _opening(sheet, leaf, voice)
            else:
                _text_page(sheet, leaf, voice)


def _part_page(sheet: Sheet, line: ContentsLine) -> None:
    sheet.fold(0.4, LEFT, TOP + 6, MEASURE, 60)
    sheet.note("Part", 11, top=112)
    sheet.space(1)
    sheet.headline(line.name, 27)


def _opening(sheet: Sheet, leaf: Leaf, voice: Voice) -> None:
    line = leaf.line
    sheet.headline(line.name, 22, top=46)
    if line.authors:
        sheet.space(4)
        sheet.prose(_names(line.authors), 11.5)
    sheet.space(8)
    if line.last_page:
        sheet.note(f"Pages {line.first_page} to {line.last_page}", 10)
    if line.doi:
        sheet.note(f"DOI {line.doi}", 10)
    sheet.fold(0, LEFT, 134, MEASURE, 44)
    sheet.note(voice.page.format(folio=leaf.number), top=FOOT - 14)


def _text_page(sheet: Sheet, leaf: Leaf, voice: Voice) -> None:
    sheet.headline(str(leaf.number), 64, top=TOP)
    sheet.fold(leaf.step / (leaf.steps - 1), LEFT + 8, 96, WIDTH - 2 * LEFT - 16, 76)
    sheet.note(voice.page.format(folio=leaf.number), top=FOOT - 14)
