"""Titles are looked up here and nowhere else, and only as the reader who asks may see them.

A draft is nothing to anyone but staff, so a hidden title is a 404 by construction.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Access, Decision, Reader, Rung, decide
from api.access.rules import ladders
from api.database import rows
from api.errors import Moved
from api.formats.record import WORK_PATHS, TitleRecord
from api.shelf.kept import Glance, keep, recall
from api.shelf.records import WHOLE, record_of
from api.tables import CatalogueRevision, FormerAddress, Kind, State, Title
from api.tables.base import Instant

LEAF = 60  # titles on one leaf of the catalogue
REVISION = sa.select(col(CatalogueRevision.number)).where(col(CatalogueRevision.id) == 1).scalar_subquery()
Glances = sa.Select[Any]


@dataclass(frozen=True)
class Shelved:
    """A title on the shelf, what this reader may do with it, and what someone who is not signed in may."""

    record: TitleRecord
    decision: Decision
    public_decision: Decision
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Leaf:
    """One leaf of the catalogue, newest first. Where more follows, `last` is the slug to ask for it with."""

    entries: list[Shelved]
    last: str | None


def find(db: Db, kind: Kind, slug: str, reader: Reader | None, now: datetime) -> Shelved | None:
    """The title at this address, or None where this reader sees none. Raises Moved where one stood before."""
    if not slug.isprintable():  # PostgreSQL can't even be asked for a NUL
        return None
    found = _first(db, _titles(reader, "kind", "slug"), {"kind": kind, "slug": slug}, reader, now)
    if found is None:
        _refuse_former(db, kind, slug)
    return found


def _refuse_former(db: Db, kind: Kind, slug: str) -> None:
    now_at = select(Title.kind, Title.slug).join(FormerAddress, col(FormerAddress.title_id) == Title.id)
    shown = col(Title.state) != State.DRAFT
    row = db.exec(now_at.where(FormerAddress.kind == kind, FormerAddress.slug == slug, shown)).first()
    if row is not None:
        raise Moved(f"{WORK_PATHS[kind]}/{slug}", f"{WORK_PATHS[Kind(row[0])]}/{row[1]}")


def find_by_slug(db: Db, slug: str, reader: Reader | None, now: datetime) -> Shelved | None:
    """The title of that slug, whatever its kind; slugs are unique across kinds."""
    return _first(db, _titles(reader, "slug"), {"slug": slug}, reader, now)


def now_called(db: Db, slug: str) -> str | None:
    """The slug of a public title that once had this one."""
    formerly = col(Title.id).in_(sa.select(col(FormerAddress.title_id)).where(col(FormerAddress.slug) == slug))
    return db.exec(select(Title.slug).where(formerly, Title.state != State.DRAFT)).first()


def find_by_id(db: Db, title_id: int, reader: Reader | None, now: datetime) -> Shelved | None:
    return _first(db, _titles(reader, "id"), {"id": title_id}, reader, now)


def catalogue(
    db: Db, reader: Reader | None, now: datetime, *, after: str | None = None, at_most: int | None = None
) -> Leaf | None:
    """What the catalogue lists for this reader: published titles, newest first. Tombstones are not listed.

    With `after`, the slug of a title that is or was listed, what was posted before it; None for any other word.
    """
    length = at_most or LEAF
    posted = sa.tuple_(col(Title.posted_at), col(Title.id))
    listed = _visible(is_staff=False).where(col(Title.state) == State.PUBLISHED)
    if after is not None:
        mark = db.exec(select(Title.posted_at, Title.id).where(Title.slug == after, Title.state != State.DRAFT)).first()
        if mark is None or mark[0] is None:
            return None
        listed = listed.where(posted < sa.tuple_(sa.literal(mark[0], Instant), sa.literal(mark[1])))
    newest_first = listed.order_by(col(Title.posted_at).desc(), col(Title.id).desc()).limit(length + 1)
    glances = [Glance._make(row) for row in db.connection().execute(newest_first)]
    entries = as_seen(db, glances[:length], reader, now)
    return Leaf(entries, entries[-1].record.slug if len(glances) > length else None)


def these(db: Db, title_ids: Sequence[int], reader: Reader | None, now: datetime) -> list[Shelved]:
    """These titles in this order, whatever state they are in. Whoever has the ids leaves out what is hidden."""
    found = db.connection().execute(_visible(is_staff=True).where(col(Title.id).in_(title_ids)))
    glances = {row[0]: Glance._make(row) for row in found}
    return as_seen(db, [glances[title_id] for title_id in title_ids if title_id in glances], reader, now)


def find_by_path(db: Db, path: str, now: datetime) -> Shelved | None:
    """The title that `path` is a page or a file of, whatever it goes on with: what someone comes back to."""
    for kind, base in WORK_PATHS.items():
        if path.startswith(f"{base}/"):
            slug = path.removeprefix(f"{base}/").partition("#")[0].partition("?")[0].partition("/")[0]
            with suppress(Moved):
                return find(db, kind, slug.removesuffix(".pdf"), None, now)
    return None


def revision(db: Db) -> int:
    """A number that grows with every change to the shelf."""
    row = db.get(CatalogueRevision, 1)
    return row.number if row is not None else 0


def _titles(reader: Reader | None, *by: str) -> Glances:
    """What `reader` may see of the titles whose columns `by` have the values to come."""
    return _visible_by(reader is not None and reader.is_staff, by)


@cache
def _visible_by(is_staff: bool, by: tuple[str, ...]) -> Glances:
    return _visible(is_staff).where(*(getattr(Title, name) == sa.bindparam(name) for name in by))


def _visible(is_staff: bool) -> Glances:
    titles = sa.select(col(Title.id), col(Title.state), col(Title.opens_at), REVISION)
    return titles if is_staff else titles.where(col(Title.state) != State.DRAFT)


def _first(db: Db, titles: Glances, values: dict[str, Any], reader: Reader | None, now: datetime) -> Shelved | None:
    row = rows(db, titles, values).first()
    return as_seen(db, [Glance._make(row)], reader, now)[0] if row is not None else None


def as_seen(db: Db, glances: list[Glance], reader: Reader | None, now: datetime) -> list[Shelved]:
    """These titles as the reader may see them. Whoever makes the glances leaves out what the reader may not."""
    rungs_of = ladders(db, [glance.title_id for glance in glances], reader)
    records = _records(db, glances)
    return [_decided(records[glance.title_id], rungs_of[glance.title_id], reader, now) for glance in glances]


def _decided(record: TitleRecord, rungs: list[Rung], reader: Reader | None, now: datetime) -> Shelved:
    access = Access(record.state, record.opens_at)
    return Shelved(
        record,
        decision=decide(access, rungs, reader, now),
        public_decision=decide(access, rungs, None, now),
        rungs=tuple(rungs),
    )


def _records(db: Db, glances: list[Glance]) -> dict[int, TitleRecord]:
    """The records of these titles, by id: from memory where the shelf has not changed, else from their rows."""
    records = {glance.title_id: record for glance in glances if (record := recall(db, glance)) is not None}
    unknown = {glance.title_id: glance for glance in glances if glance.title_id not in records}
    if unknown:
        for title in db.exec(WHOLE.where(col(Title.id).in_(unknown))):
            record = record_of(title)
            keep(db, unknown[record.id], record)
            records[record.id] = record
    return records
