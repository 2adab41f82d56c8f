"""Searching the shelf as one reader: titles by their public record, and by what stands inside volumes they may read.

What is hidden from the reader changes nothing here, neither what is found nor its order nor how much it is: drafts and
tombstones are left out by the question itself, and a volume whose text is closed to the reader before anything is
counted. So what comes first is where the words stand (`Scope`) and then what is newest, never how rare they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.access.policy import Access, Reader, decide
from api.access.rules import ladders
from api.formats.terms import Terms
from api.shelf import search_postgresql, search_sqlite
from api.shelf.harvest import is_open
from api.shelf.queries import these
from api.shelf.search_index import is_newest
from api.shelf.search_passages import Find, finds_of
from api.tables import Edition, Kind, PageText, Rule, RuleKind, Scope, SearchEntry, State, Subject, Title

MOST_FOUND = 500  # titles; what has more is to be narrowed down
MOST_PAGES = 10_000  # of volumes that are looked through for one search
AT_A_TIME = 20  # titles on one page
MOST_SUBJECTS = 60  # to choose from
ENGINES = {"sqlite": search_sqlite, "postgresql": search_postgresql}


@dataclass(frozen=True)
class Wanted:
    """What is searched for, and among which titles. Years are those of publication, both included."""

    terms: Terms = ()
    kind: Kind | None = None
    language: str | None = None
    subject: str | None = None
    since: str | None = None
    until: str | None = None
    is_open: bool = False  # to everyone
    is_mine: bool = False  # to the reader who asks

    @property
    def is_nothing(self) -> bool:
        return self == Wanted()


@dataclass(frozen=True)
class Choices:
    """What the titles found can be narrowed down by."""

    kinds: Sequence[Kind] = ()
    languages: Sequence[str] = ()
    subjects: Sequence[str] = ()


@dataclass(frozen=True)
class Results:
    """A page of what was found. `count` is how many titles in all, `is_cut` whether there would be more."""

    finds: Sequence[Find]
    count: int
    is_cut: bool
    number: int
    pages: int
    choices: Choices


class _Candidate(NamedTuple):
    title_id: int
    posted_at: datetime
    scope: int
    is_read: bool = False  # whether the reader may read what was found inside


NOTHING = Results((), 0, False, 1, 0, Choices())


def find(db: Db, wanted: Wanted, reader: Reader | None, now: datetime, number: int = 1) -> Results:
    """The titles with all that is wanted, `number` counting their pages from 1."""
    if wanted.is_nothing:
        return NOTHING
    by_record = _by_record(db, wanted, now)
    inside = _inside(db, wanted, reader, now) if wanted.terms else []
    found = _merged(by_record, inside)
    if wanted.is_mine:
        found = _admitting(db, found, reader, now)
    is_cut = len(found) > MOST_FOUND
    found = found[:MOST_FOUND]
    pages = -(-len(found) // AT_A_TIME)
    number = max(1, min(number, pages))
    some = found[(number - 1) * AT_A_TIME : number * AT_A_TIME]
    shelf = these(db, [each.title_id for each in some], reader, now)
    is_read = {each.title_id: each.is_read for each in inside}
    finds = finds_of(db, _engine(db), shelf, wanted.terms, is_read)
    return Results(finds, len(found), is_cut, number, pages, _choices(db, found))


def _by_record(db: Db, wanted: Wanted, now: datetime) -> list[_Candidate]:
    posted, title_id = col(Title.posted_at), col(Title.id)
    scope: Any = sa.literal(int(Scope.HEADING)).label("scope")
    asking = sa.select(title_id, posted, scope)
    if wanted.terms:
        hits = _engine(db).ids(SearchEntry, wanted.terms).subquery()
        scope = sa.func.min(col(SearchEntry.scope)).label("scope")
        asking = (
            sa.select(title_id, posted, scope)
            .select_from(hits)
            .join(SearchEntry, col(SearchEntry.id) == hits.c.id)
            .join(Title, col(SearchEntry.title_id) == title_id)
            .group_by(title_id, posted)
        )
    asking = asking.where(*_among(wanted, now)).order_by(scope, posted.desc(), title_id.desc())
    return [_Candidate(*row) for row in db.connection().execute(asking.limit(MOST_FOUND + 1))]


def _inside(db: Db, wanted: Wanted, reader: Reader | None, now: datetime) -> list[_Candidate]:
    """Titles in whose volume the terms stand, if the reader may read it or may be shown a line of it."""
    among = (*_among(wanted, now), is_newest(), *_may_show(reader, now))
    files = sa.select(col(Edition.file_id)).join(Title, col(Title.id) == col(Edition.title_id)).where(*among)
    hits = _engine(db).ids(PageText, wanted.terms).subquery()
    pages = (
        sa.select(col(PageText.file_id))
        .select_from(hits)
        .join(PageText, col(PageText.id) == hits.c.id)
        .where(col(PageText.file_id).in_(files))
        .order_by(hits.c.id.desc())
        .limit(MOST_PAGES)
        .subquery()
    )
    newest = (col(Title.posted_at).desc(), col(Title.id).desc())
    titles = (
        sa.select(col(Title.id), col(Title.posted_at), col(Title.state), col(Title.opens_at), col(Title.shows_lines))
        .join(Edition, col(Edition.title_id) == col(Title.id))
        .where(col(Edition.file_id).in_(sa.select(pages.c.file_id)), *among)
        .order_by(*newest)
        .limit(MOST_FOUND + 1)
    )
    rows = db.connection().execute(titles).all()
    rungs_of = ladders(db, [row.id for row in rows], reader)
    found = []
    for row in rows:
        is_read = decide(Access(State(row.state), row.opens_at), rungs_of[row.id], reader, now).allowed
        if is_read or (row.shows_lines and _has_opened(row.opens_at, now)):
            found.append(_Candidate(row.id, row.posted_at, int(Scope.INSIDE), is_read))
    return found


def _has_opened(opens_at: datetime | None, now: datetime) -> bool:
    """Of a title under embargo not even a line is shown."""
    return opens_at is None or opens_at <= now


def _may_show(reader: Reader | None, now: datetime) -> Iterable[sa.ColumnElement[bool]]:
    """What leaves out most of what `decide` would: so that closed volumes are not even looked through."""
    if reader is not None and reader.is_staff:
        return ()
    has_opened = sa.or_(col(Title.opens_at).is_(None), col(Title.opens_at) <= now)
    has_rule = sa.exists().where(col(Rule.title_id) == col(Title.id))
    if reader is None:
        has_rule = has_rule.where(col(Rule.kind) == RuleKind.EVERYONE)
    return has_opened, sa.or_(col(Title.shows_lines), has_rule)


def _among(wanted: Wanted, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Published titles of the kind, language, subject and years wanted."""
    found: list[sa.ColumnElement[bool]] = [col(Title.state) == State.PUBLISHED]
    if wanted.kind is not None:
        found.append(col(Title.kind) == wanted.kind)
    if wanted.language is not None:
        found.append(col(Title.language) == wanted.language)
    if wanted.subject is not None:
        of_title = col(Subject.title_id) == col(Title.id)
        found.append(sa.exists().where(of_title, col(Subject.heading) == wanted.subject))
    if wanted.since is not None:
        found.append(col(Title.published) >= wanted.since)
    if wanted.until is not None:
        found.append(sa.func.substr(col(Title.published), 1, 4) <= wanted.until)
    if wanted.is_open:
        found.append(is_open(now))
    return found


def _merged(*lists: list[_Candidate]) -> list[_Candidate]:
    """Each title once, at the best place it has."""
    best: dict[int, _Candidate] = {}
    for each in (candidate for some in lists for candidate in some):
        if each.title_id not in best or each.scope < best[each.title_id].scope:
            best[each.title_id] = each
    newest = sorted(best.values(), key=lambda each: (each.posted_at, each.title_id), reverse=True)
    return sorted(newest, key=lambda each: each.scope)


def _admitting(db: Db, found: list[_Candidate], reader: Reader | None, now: datetime) -> list[_Candidate]:
    """Those whose text the reader may have now."""
    ids = [each.title_id for each in found]
    rungs_of = ladders(db, ids, reader)
    asking = sa.select(col(Title.id), col(Title.state), col(Title.opens_at)).where(col(Title.id).in_(ids))
    access = {row.id: Access(State(row.state), row.opens_at) for row in db.connection().execute(asking)}
    return [each for each in found if decide(access[each.title_id], rungs_of[each.title_id], reader, now).allowed]


def _choices(db: Db, found: list[_Candidate]) -> Choices:
    ids = [each.title_id for each in found]
    connection = db.connection()
    titles = connection.execute(sa.select(col(Title.kind), col(Title.language)).where(col(Title.id).in_(ids))).all()
    headings = sa.select(col(Subject.heading)).where(col(Subject.title_id).in_(ids), col(Subject.heading).is_not(None))
    subjects = connection.scalars(headings.distinct().order_by(col(Subject.heading)).limit(MOST_SUBJECTS))
    kinds = {Kind(kind) for kind, _ in titles}
    return Choices(
        [kind for kind in Kind if kind in kinds],
        sorted({language for _, language in titles}),
        [subject for subject in subjects if subject],
    )


def _engine(db: Db) -> Any:
    return ENGINES[db.connection().dialect.name]
