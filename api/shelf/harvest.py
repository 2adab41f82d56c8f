"""The shelf in the order in which it was last changed, title by title with its chapters, for those who copy it.

What was withdrawn or taken out stays in the list as deleted; a draft is never in it. A page begins behind the
mark of the last entry of the page before, so that changes in between move entries to the end and lose none.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.database import MAY_FILL_MEMORY
from api.formats.record import ContentsLine
from api.shelf.kept import Glance
from api.shelf.queries import REVISION, Shelved, as_seen
from api.tables import Chapter, Kind, RemovedChapter, Rule, RuleKind, Series, State, Title
from api.tables.base import Instant


@dataclass(frozen=True)
class Mark:
    """The place of an entry in the list. The title itself stands before its chapters, with `chapter_id` 0."""

    at: datetime
    title_id: int
    chapter_id: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which entries: changed from `since` on and before `before`, of some kinds, a series, a language, open or not."""

    since: datetime | None = None
    before: datetime | None = None
    titles: bool = True
    chapters: bool = True
    kinds: tuple[Kind, ...] = ()
    series_id: int | None = None
    language: str | None = None
    is_open: bool | None = None
    is_deleted: bool | None = None  # None: both what is there and what is not any more


@dataclass(frozen=True)
class Entry:
    """A title, or a chapter of it. A deleted chapter may have no line any more."""

    mark: Mark
    shelved: Shelved
    is_deleted: bool
    chapter: ContentsLine | None = None


EVERYTHING = Wanted()
TITLES = Wanted(chapters=False)
_Keys = Any  # a selection of date, title, chapter, and whether it is gone


def page(db: Db, wanted: Wanted, after: Mark | None, at_most: int, now: datetime) -> list[Entry]:
    """The next entries behind `after`."""
    db.info.pop(MAY_FILL_MEMORY, None)  # a harvest goes by everything once; what readers ask for stays in memory
    found: list[tuple[Mark, bool]] = []
    for keys in _keys(wanted, now):
        behind = keys if after is None else keys.where(_is_behind(keys, after))
        rows = db.connection().execute(behind.order_by(*list(keys.selected_columns)[:3]).limit(at_most))
        found += [(Mark(at, title_id, chapter_id), gone) for at, title_id, chapter_id, gone in rows]
    found.sort(key=lambda each: (each[0].at, each[0].title_id, each[0].chapter_id))
    return _entries(db, found[:at_most], now)


def titles(db: Db, ids: list[int], now: datetime) -> list[Shelved]:
    """These public titles, in this order."""
    marks = sa.select(col(Title.modified_at), col(Title.id), sa.literal(0), col(Title.state) == State.WITHDRAWN)
    public = marks.where(col(Title.id).in_(ids), col(Title.state) != State.DRAFT)
    db.info.pop(MAY_FILL_MEMORY, None)
    rows: Any = db.connection().execute(public)
    found = [(Mark(at, title_id), gone) for at, title_id, _, gone in rows]
    by_id = {entry.mark.title_id: entry.shelved for entry in _entries(db, found, now)}
    return [by_id[title_id] for title_id in ids if title_id in by_id]


def by_slug(db: Db, slugs: Collection[str], now: datetime) -> dict[str, Shelved]:
    """Those of these slugs that are public titles', all of them in a few statements."""
    ids = db.exec(select(Title.id).where(col(Title.slug).in_(slugs))).all()
    return {each.record.slug: each for each in titles(db, [each for each in ids if each is not None], now)}


def count(db: Db, wanted: Wanted, now: datetime) -> int:
    """How many entries there are."""
    connection = db.connection()
    return sum(
        connection.scalar(keys.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
        for keys in _keys(wanted, now)
    )


def find(db: Db, title_id: int | None, chapter_id: int | None, now: datetime) -> Entry | None:
    """The entry of a title, or of a chapter wherever it is; None for one that was never public."""
    for keys in _keys(TITLES if chapter_id is None else Wanted(titles=False), now):
        _, title, chapter, _ = keys.selected_columns
        one = keys.where(title == title_id if chapter_id is None else chapter == chapter_id)
        row = db.connection().execute(one).first()
        if row is not None:
            return _entries(db, [(Mark(row[0], row[1], row[2]), row[3])], now)[0]
    return None


def earliest(db: Db) -> datetime | None:
    """When what is listed first was last changed."""
    public = select(Title.modified_at).where(Title.state != State.DRAFT)
    return db.exec(public.order_by(col(Title.modified_at), col(Title.id)).limit(1)).first()


def series(db: Db) -> list[tuple[int, str]]:
    """The series that public titles appear in, by name."""
    public = sa.exists().where(col(Title.series_id) == col(Series.id), col(Title.state) != State.DRAFT)
    named = sa.select(col(Series.id), col(Series.name)).where(public).order_by(col(Series.name))
    return [(series_id, name) for series_id, name in db.connection().execute(named) if series_id is not None]


def languages(db: Db) -> list[str]:
    """Those that public titles and their chapters are in."""
    public = col(Title.state) != State.DRAFT
    of_chapters = sa.select(col(Chapter.language)).join(Title).where(public, col(Chapter.language).is_not(None))
    return sorted(db.connection().scalars(sa.union(sa.select(col(Title.language)).where(public), of_chapters)))


def _keys(wanted: Wanted, now: datetime) -> Iterator[_Keys]:
    """Those of titles, of their chapters, and of chapters that were taken out."""
    at, title_id, language = col(Title.modified_at), col(Title.id), col(Title.language)
    is_gone = col(Title.state) == State.WITHDRAWN
    if wanted.titles:
        yield _of(wanted, sa.select(at, title_id, sa.literal(0), is_gone), language, is_gone, now)
    if wanted.chapters and not wanted.kinds:
        own = sa.func.coalesce(col(Chapter.language), language)
        chapters = sa.select(at, title_id, col(Chapter.id), is_gone).join(Chapter, col(Chapter.title_id) == title_id)
        yield _of(wanted, chapters.where(col(Chapter.address).is_not(None)), own, is_gone, now)
        taken_out = col(RemovedChapter.chapter_id)
        removed = sa.select(at, title_id, taken_out, sa.true()).join(RemovedChapter)
        if wanted.is_deleted is not False:
            yield _of(wanted, removed, language, sa.true(), now)


def _of(wanted: Wanted, keys: _Keys, language: Any, is_gone: Any, now: datetime) -> _Keys:
    keys = keys.where(col(Title.state) != State.DRAFT)
    at = col(Title.modified_at)
    if wanted.since is not None:
        keys = keys.where(at >= wanted.since)
    if wanted.before is not None:
        keys = keys.where(at < wanted.before)
    if wanted.kinds:
        keys = keys.where(col(Title.kind).in_(wanted.kinds))
    if wanted.series_id is not None:
        keys = keys.where(col(Title.series_id) == wanted.series_id)
    if wanted.language is not None:
        keys = keys.where(language == wanted.language)
    if wanted.is_open is not None:  # what is gone is told to both
        keys = keys.where(sa.or_(is_gone, is_open(now) if wanted.is_open else sa.not_(is_open(now))))
    if wanted.is_deleted is not None:
        keys = keys.where(is_gone if wanted.is_deleted else sa.not_(is_gone))
    return keys


def is_open(now: datetime) -> sa.ColumnElement[bool]:
    """`decide` for someone whom nobody knows, as a question to the database; a test holds the two together."""
    has_opened = sa.or_(col(Title.opens_at).is_(None), col(Title.opens_at) <= now)
    to_all = sa.exists().where(col(Rule.title_id) == col(Title.id), col(Rule.kind) == RuleKind.EVERYONE)
    return sa.and_(has_opened, to_all)


def _is_behind(keys: _Keys, mark: Mark) -> sa.ColumnElement[bool]:
    """Said so that the index on date and id finds the place by itself."""
    chapter = keys.selected_columns[2]
    date_and_id = sa.tuple_(col(Title.modified_at), col(Title.id))
    same = sa.tuple_(sa.literal(mark.at, Instant), sa.literal(mark.title_id))
    return sa.and_(date_and_id >= same, sa.or_(date_and_id > same, chapter > mark.chapter_id))


def _entries(db: Db, found: list[tuple[Mark, bool]], now: datetime) -> list[Entry]:
    ids = {mark.title_id for mark, _ in found}
    glanced = sa.select(col(Title.id), col(Title.state), col(Title.opens_at), REVISION).where(col(Title.id).in_(ids))
    glances = [Glance._make(row) for row in db.connection().execute(glanced)]
    titles = {each.record.id: each for each in as_seen(db, glances, None, now)}
    entries = []
    for mark, is_gone in found:
        shelved = titles[mark.title_id]
        line = next((each for each in shelved.record.contents if mark.chapter_id and each.id == mark.chapter_id), None)
        entries.append(Entry(mark, shelved, bool(is_gone), line))
    return entries
