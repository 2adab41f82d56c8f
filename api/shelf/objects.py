"""Every object that the portal owns in its store: one list of the tables whose rows name one.

A table that comes to name objects joins by a function here; copying, verifying, the doctor and the backup
then know of it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.database import Database
from api.tables import Edition, File, StampedCopy, Title
from storage.owned import Owned

PAGE = 1000  # rows read at a time, so that no transaction is open while a store is awaited
Rows = sa.Select[*tuple[Any, ...]]  # the columns sha256, size (bytes) and what (a few words for people)


def _files() -> Rows:
    return (
        sa.select(
            col(File.sha256).label("sha256"),
            col(File.size).label("size"),
            sa.func.coalesce("the file of “" + col(Title.slug) + "”", "a file that no title has").label("what"),
        )
        .outerjoin(Edition, col(Edition.file_id) == col(File.id))
        .outerjoin(Title, col(Title.id) == col(Edition.title_id))
    )


def _stamped_copies() -> Rows:
    """A copy that is being made, or taken out, is not there for certain, so it does not count yet or any more."""
    return sa.select(
        col(StampedCopy.sha256).label("sha256"),
        col(StampedCopy.size).label("size"),
        sa.literal("a reader’s stamped copy").label("what"),
    ).where(col(StampedCopy.stored_at).is_not(None))


NAMED_BY: tuple[Callable[[], Rows], ...] = (_files, _stamped_copies)


def all_objects(database: Database) -> Iterator[Owned]:
    """Each object once, in the order of keys; one whose row comes or goes meanwhile may be among them or not."""
    last = ""
    while True:
        with database.reading() as db:
            page = _page(db, last)
        if not page:
            return
        yield from page
        last = page[-1].key


def objects_seen(db: Db) -> Iterator[Owned]:
    """Each object once, in the order of keys, as one session sees them."""
    last = ""
    while page := _page(db, last):
        yield from page
        last = page[-1].key


def how_much(database: Database) -> tuple[int, int]:
    """How many objects the portal owns, and their bytes together."""
    each = _each_once().subquery()
    with database.reading() as db:
        found = db.connection().execute(sa.select(sa.func.count(), sa.func.sum(each.c.size)).select_from(each)).one()
    return int(found[0]), int(found[1] or 0)


def is_owned(db: Db, key: str) -> bool:
    """Whether any row names the object of this key."""
    named = _named()
    return db.connection().execute(sa.select(named.c.sha256).where(named.c.sha256 == key).limit(1)).first() is not None


def _page(db: Db, last: str) -> list[Owned]:
    each = _each_once()
    rows = db.connection().execute(each.where(each.selected_columns.sha256 > last).limit(PAGE)).all()
    return [Owned(row.sha256, row.size, row.what) for row in rows]


def _each_once() -> Rows:
    named = _named()
    size, what = sa.func.max(named.c.size).label("size"), sa.func.min(named.c.what).label("what")
    return sa.select(named.c.sha256, size, what).group_by(named.c.sha256).order_by(named.c.sha256)


def _named() -> sa.Subquery:
    return sa.union_all(*(rows() for rows in NAMED_BY)).subquery()
