"""What a search shows of the titles on one page: where the words stand, in the record and inside the volume."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.formats.passages import Passage, line, passage
from api.formats.record import ContentsLine, TitleRecord
from api.formats.terms import Terms
from api.shelf.queries import Shelved
from api.tables import File, PageText, Scope, SearchEntry

MOST_CHAPTERS = 4  # of one title
MOST_PASSAGES = 3


@dataclass(frozen=True)
class Inside:
    """A passage inside a volume: the printed label of its page, the chapter that is known to hold it, the words."""

    label: str
    chapter: ContentsLine | None
    words: Passage


@dataclass(frozen=True)
class Find:
    """A title that was found, and where. With `is_line` what stands in `inside` is all this reader may be shown.

    `more_chapters` and `more_pages` are how many are not listed; of a volume closed to the reader they are not told.
    """

    shelved: Shelved
    abstract: Passage | None = None
    chapters: Sequence[ContentsLine] = ()
    more_chapters: int = 0
    inside: Sequence[Inside] = ()
    more_pages: int = 0
    is_line: bool = False


def finds_of(db: Db, engine: Any, shelf: Sequence[Shelved], terms: Terms, is_read: Mapping[int, bool]) -> list[Find]:
    """`is_read` has the titles in whose volume the terms stand, and whether the reader may read it."""
    if not terms:
        return [Find(shelved) for shelved in shelf]
    chapters = _chapters(db, engine, shelf, terms)
    extents = _extents(db, [shelved for shelved in shelf if shelved.record.id in is_read])
    finds = []
    for shelved in shelf:
        record = shelved.record
        lines = [each for each in record.contents if each.id in chapters[record.id]]
        inside: list[Inside] = []
        pages = 0
        if record.id in extents:
            inside, pages = _inside(db, engine, record, terms, extents[record.id], is_read[record.id])
        finds.append(
            Find(
                shelved,
                abstract=passage(" ".join(record.prose.text.split()), terms),
                chapters=lines[:MOST_CHAPTERS],
                more_chapters=max(0, len(lines) - MOST_CHAPTERS),
                inside=inside,
                more_pages=max(0, pages - MOST_PASSAGES) if is_read.get(record.id) else 0,
                is_line=not is_read.get(record.id, True),
            )
        )
    return finds


def _chapters(db: Db, engine: Any, shelf: Sequence[Shelved], terms: Terms) -> Mapping[int, set[int]]:
    """The ids of the chapters of each title whose names, people or abstract hold the terms."""
    found: dict[int, set[int]] = defaultdict(set)
    hits = engine.ids(SearchEntry, terms).subquery()
    asking = (
        sa.select(col(SearchEntry.title_id), col(SearchEntry.chapter_id))
        .select_from(hits)
        .join(SearchEntry, col(SearchEntry.id) == hits.c.id)
        .where(
            col(SearchEntry.title_id).in_([shelved.record.id for shelved in shelf]),
            col(SearchEntry.scope) == int(Scope.CHAPTER),
        )
    )
    for title_id, chapter_id in db.connection().execute(asking):
        found[title_id].add(chapter_id or 0)
    return found


@dataclass(frozen=True)
class _Extent:
    """The ids of a volume's pages lie between these two."""

    file_id: int
    first: int
    last: int


def _extents(db: Db, shelf: Sequence[Shelved]) -> dict[int, _Extent]:
    files = {shelved.record.edition.sha256: shelved.record.id for shelved in shelf if shelved.record.edition}
    page_id = col(PageText.id)
    asking = (
        sa.select(col(File.sha256), col(File.id), sa.func.min(page_id), sa.func.max(page_id))
        .join(PageText, col(PageText.file_id) == col(File.id))
        .where(col(File.sha256).in_(files))
        .group_by(col(File.sha256), col(File.id))
    )
    rows: Any = db.connection().execute(asking)
    by_file = {sha256: _Extent(*rest) for sha256, *rest in rows}
    return {
        shelved.record.id: by_file[shelved.record.edition.sha256]
        for shelved in shelf
        if shelved.record.edition is not None and shelved.record.edition.sha256 in by_file
    }


def _inside(
    db: Db, engine: Any, record: TitleRecord, terms: Terms, extent: _Extent, is_read: bool
) -> tuple[list[Inside], int]:
    """The first passages, and on how many pages the terms stand."""
    hits = engine.ids(PageText, terms, (extent.first, extent.last)).subquery()
    asking = (
        sa.select(col(PageText.label), col(PageText.text), sa.func.count().over())
        .select_from(hits)
        .join(PageText, col(PageText.id) == hits.c.id)
        .where(col(PageText.file_id) == extent.file_id)
        .order_by(col(PageText.number))
        .limit(MOST_PASSAGES if is_read else 1)
    )
    found: list[Inside] = []
    pages = 0
    for label, text, pages in db.connection().execute(asking):  # noqa: B007 (the same in each row)
        words = passage(text, terms) if is_read else line(text, terms)
        if words is not None:
            found.append(Inside(label, _chapter_at(record, label), words))
    return found, pages


def _chapter_at(record: TitleRecord, label: str) -> ContentsLine | None:
    """The chapter that a page is in, where its label and the chapter's pages are plain numbers."""
    if not label.isdecimal():
        return None
    for each in record.contents:
        first, last = each.first_page or "", each.last_page or ""
        if not each.is_part and first.isdecimal() and last.isdecimal() and int(first) <= int(label) <= int(last):
            return each
    return None
