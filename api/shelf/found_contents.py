"""Contents that were found, in a PDF's bookmarks or on a pasted page, put into the form of a title's contents."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from api.formats.pdf_facts import Bookmark, PdfFacts
from api.formats.record import ContentsLine
from api.shelf.pasted_contents import numbered_name
from api.shelf.typed import CONTENTS, Texts
from api.shelf.typed_record import rows_of

MOST = 1000  # lines of contents that a record has at most


def contents_of(facts: PdfFacts) -> tuple[ContentsLine, ...]:
    """A part or a chapter for each bookmark of the two highest levels that mean one, up to where the next begins."""
    marks = _meant(facts.bookmarks)[:MOST]
    lines = []
    for place, mark in enumerate(marks):
        line = numbered_name(mark.name)
        has_below = place + 1 < len(marks) and marks[place + 1].depth > mark.depth
        if line.is_part or has_below:
            lines.append(replace(line, is_part=True, first_page=facts.label(mark.page)))
            continue
        last = _last(facts, marks, place)
        lines.append(replace(line, first_page=facts.label(mark.page), last_page=facts.label(last)))
    return tuple(line for line in lines if line.name)


def _meant(bookmarks: Sequence[Bookmark]) -> list[Bookmark]:
    """Those of the highest level that has more than one, and of the next one below what is a part."""
    top = min((each.depth for each in bookmarks), default=0)
    deepest = max((each.depth for each in bookmarks), default=0)
    while top < deepest and sum(each.depth == top for each in bookmarks) == 1:
        top += 1
    meant, in_part = [], False
    for place, each in enumerate(bookmarks):
        if each.depth == top:
            in_part = _is_part(each, bookmarks[place + 1 :])
            meant.append(each)
        elif in_part and each.depth == top + 1:
            meant.append(each)
    return meant


def _is_part(mark: Bookmark, after: Sequence[Bookmark]) -> bool:
    """What calls itself one, or has no number where all that stands below it is numbered as chapters are."""
    line = numbered_name(mark.name)
    if line.is_part or line.number is not None:
        return line.is_part
    below = [
        each.name for each in takewhile(lambda each: each.depth > mark.depth, after) if each.depth == mark.depth + 1
    ]
    return len(below) > 1 and all(numbered_name(name).number for name in below)


def _last(facts: PdfFacts, marks: Sequence[Bookmark], place: int) -> int:
    page = marks[place].page
    later = next((each.page for each in marks[place + 1 :] if each.page >= page), facts.page_count)
    return max(page, later - 1)


def put_in(rows: Sequence[Texts], found: Sequence[ContentsLine], *, replaces: bool) -> list[Texts]:
    """The lines of the form with what was found: in their place, or after them.

    Put in their place, a line of the same name keeps all that was known of it; what was found is said anew.
    """
    new = rows_of(found, CONTENTS["contents"])
    if not replaces:
        return [*rows, *new]
    known = {_key(row["name"]): row for row in reversed(rows) if row["name"].strip()}
    return [_said_anew(known.pop(_key(row["name"]), {}), row) for row in new]


def _said_anew(known: Texts, row: Texts) -> Texts:
    said = {name: text for name, text in row.items() if text or name == "is_part" or name not in known}
    return {**known, **said, "contributors": known.get("contributors") or row["contributors"]}


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
