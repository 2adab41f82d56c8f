"""From a record to its rows: writes the whole record of a title, and keeps each chapter the row it has."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TypeVar

from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.database import hold
from api.errors import Conflict
from api.formats.record import ContentsLine
from api.shelf import search_index
from api.shelf.chapters import number_chapters
from api.shelf.drafts import FACTS, TitleDraft
from api.spoken import N_
from api.tables import (
    Chapter,
    Contributor,
    FormerAddress,
    Identifier,
    RemovedChapter,
    Series,
    Subject,
    Title,
    Wording,
)

R = TypeVar("R")
_OF_SERIES = ("series", "series_issn")
_OF_CHAPTER = (
    *("is_part", "number", "name", "first_page", "last_page", "doi", "doi_is_ours"),
    *("language", "abstract", "licence", "licence_uri"),
)
_SAME = (  # what two lines have in common that are the same part or chapter, the surest sign first
    lambda line: line.id,
    lambda line: line.doi,
    lambda line: (line.is_part, line.number, line.name),
    lambda line: (line.is_part, line.name),
    lambda line: (line.is_part, line.number) if line.number else None,
    lambda line: (line.is_part, line.first_page) if line.first_page else None,
)


class SlugTaken(Conflict):
    """The slug is or was another title's."""


class IssnTaken(Conflict):
    """The ISSN is that of a series with another name."""


def keep_slug_free(db: Db, slug: str, title_id: int | None = None) -> None:
    """Hold the slug against other writers. SlugTaken if it is or was that of another title than this one."""
    hold(db, f"slug {slug}")
    taken = db.exec(select(Title.id).where(Title.slug == slug, Title.id != title_id)).first()
    if taken is not None:
        raise SlugTaken(N_("There is a title “{slug}” already.", slug=slug))
    former = select(FormerAddress).where(FormerAddress.slug == slug, FormerAddress.title_id != title_id)
    if db.exec(former).first() is not None:
        raise SlugTaken(N_("“{slug}” was another title’s address, and still leads there.", slug=slug))


def write_record(db: Db, title: Title, draft: TitleDraft) -> None:
    """Make the rows of a title say what `draft` says, all of it. The title has its id, and the slug is its own."""
    for name in FACTS:
        if name not in _OF_SERIES:
            setattr(title, name, getattr(draft.facts, name))
    title.funding = [asdict(each) for each in draft.funding]
    title.accessibility = next((asdict(each) for each in draft.accessibility), None)
    title.series = draft.facts.series
    title.in_series = _series(db, draft.facts.series, draft.facts.series_issn)
    title.contributors.clear()
    title.wordings.clear()
    title.identifiers.clear()
    title.subjects.clear()
    db.add(title)
    db.flush()
    assert title.id is not None
    title.contributors.extend(_rows(Contributor, title.id, draft.contributors))
    title.wordings.extend(_rows(Wording, title.id, draft.wordings))
    title.identifiers.extend(_rows(Identifier, title.id, draft.identifiers))
    title.subjects.extend(_rows(Subject, title.id, draft.subjects))
    _write_contents(db, title, title.id, draft.contents)
    number_chapters(db, title.id)
    search_index.put(db, title)


def _series(db: Db, name: str | None, issn: str | None) -> Series | None:
    """The row of that series, made where there is none. An ISSN it did not have yet is learnt."""
    if name is None:
        return None
    hold(db, "series")
    series = db.exec(select(Series).where(Series.name == name)).first()
    other = db.exec(select(Series).where(Series.issn == issn)).first() if issn is not None else None
    if other is not None and other is not series:
        raise IssnTaken(N_("ISSN {issn} is that of the series “{series}”.", issn=issn, series=other.name))
    if series is None:
        series = Series(name=name)
    if issn is not None:
        series.issn = issn
    db.add(series)
    return series


def _write_contents(db: Db, title: Title, title_id: int, contents: tuple[ContentsLine, ...]) -> None:
    known = list(title.chapters)
    for place, chapter in enumerate(known, start=1):
        chapter.position = -place  # out of the way: two may not have one place, not even for a moment
    db.flush()
    rows = _matched(contents, known)
    for gone in known:
        if gone not in rows:
            if title.posted_at is not None and gone.id is not None:
                db.add(
                    RemovedChapter(chapter_id=gone.id, title_id=title_id, address=gone.address, removed_at=clock.now())
                )
            title.chapters.remove(gone)
    for place, (line, row) in enumerate(zip(contents, rows, strict=True), start=1):
        chapter = row or Chapter(title_id=title_id, position=place, name=line.name)
        chapter.position = place
        for name in _OF_CHAPTER:
            setattr(chapter, name, getattr(line, name))
        if row is None:
            title.chapters.append(chapter)
        chapter.contributors.clear()
        chapter.contributors.extend(_rows(Contributor, title_id, line.contributors))
    db.flush()
    title.chapters.sort(key=lambda chapter: chapter.position)


def _matched(contents: tuple[ContentsLine, ...], known: list[Chapter]) -> list[Chapter | None]:
    """For each line the row that is the same part or chapter, by the surest sign that finds one."""
    rows: list[Chapter | None] = [None] * len(contents)
    free = list(known)
    for sign in _SAME:
        for place, line in enumerate(contents):
            if rows[place] is None and (said := sign(line)) is not None:
                row = next((row for row in free if sign(row) == said), None)
                if row is not None:
                    rows[place] = row
                    free.remove(row)
    return rows


def _rows(table: Callable[..., R], title_id: int, said: Iterable[Any]) -> list[R]:
    """A row for each plain thing, in order; the names of its fields are those of the columns."""
    return [table(title_id=title_id, position=place, **asdict(each)) for place, each in enumerate(said, start=1)]
