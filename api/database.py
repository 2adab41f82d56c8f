"""Engines and sessions. A reading session cannot write; a writing session holds the write lock from its start.

SQLite needs both: read-then-write under a deferred transaction loses updates or fails at once with
"database is locked", while `BEGIN IMMEDIATE` waits its turn. PostgreSQL is a setting: there writers wait only
for those who want the same rows, and `hold` keeps them apart where no row stands for what they do.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock, postgresql
from api.tables import (
    CatalogueRevision,
    Chapter,
    ChapterFile,
    Comment,
    CommentMark,
    Contributor,
    Discussion,
    Edition,
    File,
    House,
    HouseText,
    Identifier,
    Institution,
    Rule,
    Series,
    Subject,
    Terms,
    Title,
    User,
    Wording,
)

BUSY_TIMEOUT = 5  # seconds a SQLite writer waits for another
MEMORY = "memory"  # in a session's `info`: what a floor above keeps of this database from one session to the next
MAY_FILL_MEMORY = "may fill memory"  # only where nothing that is read could still be undone
POOL = 5  # connections a worker keeps; under load as many again
PARTS_OF_TITLES = (Contributor, Chapter, Edition, Rule, Wording, Identifier, Subject)  # rows that say whose they are
OF_THE_HOUSE = (House, HouseText, Terms)
# What anonymous pages show.
TALK = (Comment, CommentMark, Discussion)
PUBLIC_TABLES = (Title, ChapterFile, File, Institution, Series, *PARTS_OF_TITLES, *TALK, *OF_THE_HOUSE)
SHOWN_OF_USERS = ("name", "role")  # beside what they have said
_CHANGED = "the shelf has changed"
_CHANGED_TITLES = "titles that have changed"


class Database:
    """Two engines over one database, and the sessions made from them.

    With `patience` a PostgreSQL that has not answered for so many seconds counts as gone.
    """

    def __init__(self, url: str, *, pool: int = POOL, patience: float | None = None) -> None:
        self.url = url
        self._turn: threading.Lock | None = None
        if make_url(url).get_backend_name() == "sqlite":
            self._turn = threading.Lock()
            self._write = _sqlite_engine(url, begin="BEGIN IMMEDIATE", query_only=False)
            self._read = _sqlite_engine(url, begin="BEGIN", query_only=True)
        else:
            self._write = postgresql.engine_of(make_url(url), pool, patience)
            self._read = self._write.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        memory: dict[str, Any] = {}
        self._reading = sessionmaker(
            self._read, class_=Db, expire_on_commit=False, info={MEMORY: memory, MAY_FILL_MEMORY: True}
        )
        self._writing = sessionmaker(self._write, class_=Db, expire_on_commit=False, info={MEMORY: memory})
        event.listen(self._writing, "before_flush", _notice_catalogue_change)
        event.listen(self._writing, "after_flush", _notice_changed_titles)
        event.listen(self._writing, "before_commit", _count_catalogue_change)

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._write

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """A session on one unchanging view of the data; an attempt to write through it is an error."""
        with self._reading() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Db]:
        """A session that commits when the block ends well and undoes everything when it does not.

        SQLite's writers in this process queue for their turn: left to its own polling, it starves some of them.
        """
        with self._in_turn(), self._writing.begin() as db:
            yield db

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Whoever has queued too long goes on and lets the database itself decide, so the queue can't get stuck."""
        has_turn = self._turn is not None and self._turn.acquire(timeout=BUSY_TIMEOUT)
        try:
            yield
        finally:
            if self._turn is not None and has_turn:
                self._turn.release()

    def when_committed(self, said: str, call: Callable[[], object]) -> None:
        """Call after each transaction that said so in its session's `info`."""
        event.listen(self._writing, "after_commit", lambda db: call() if db.info.pop(said, False) else None)

    def agree_on_time(self) -> None:
        """Set the portal's clock by the database's, so that workers on several machines mean the same instant.

        SQLite has no clock of its own: beside it the portal goes by the machine's, jumps and all. Of three questions
        the one answered soonest says it best.
        """
        if self._write.dialect.name == "sqlite":
            return
        with self._read.connect() as connection:
            clock.set_offset(min(_ask_the_time(connection) for _ in range(3))[1])

    def close(self) -> None:
        self._read.dispose()
        self._write.dispose()


def _sqlite_engine(url: str, *, begin: str, query_only: bool) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions, DDL included, are begun below and nowhere else
        _write_ahead(connection)
        for pragma in ("foreign_keys=ON", "secure_delete=ON", f"query_only={'ON' if query_only else 'OFF'}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(connection: Any) -> None:
    """Switch to the write-ahead log. SQLite won't wait by itself where two come to a new file at once."""
    import sqlite3  # only where it is the database: elsewhere it would stay in memory for nothing

    give_up = clock.ticks() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if clock.ticks() > give_up:
                raise
            time.sleep(0.02)


def _ask_the_time(connection: sa.Connection) -> tuple[timedelta, timedelta]:
    """How long the database took to answer, and how far its clock is ahead of this machine's."""
    asked = datetime.now(UTC)
    there = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    took = datetime.now(UTC) - asked
    return took, there - (asked + took / 2)


def rows(db: Db, statement: sa.Executable, values: Mapping[str, Any]) -> "sa.Result[*tuple[Any, ...]]":
    """What a statement made beforehand finds for these values, as plain rows: a fifth of the cost of objects.

    For what every request asks. What the session has pending is written first, as it is for objects.
    """
    db.flush()
    return db.connection().execute(statement, values)


def hold(db: Db, what: str) -> None:
    """Wait until no other writer holds `what`, then hold it to the end of the transaction."""
    connection = db.connection()  # has begun, and with that a writer on SQLite has the write lock
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(what, 0))))


def raise_revision(db: Db, titles: Iterable[int | None] = ()) -> None:
    """Make every page of the shelf old, in all workers, once this transaction is committed; `titles` have changed."""
    db.info[_CHANGED] = True
    db.info.setdefault(_CHANGED_TITLES, set()).update(titles)


def is_changing_the_shelf(db: Db) -> bool:
    """Whether this session has changed what pages show, and the revision is yet to grow with the commit."""
    return _CHANGED in db.info


def _notice_catalogue_change(db: Db, _context: Any, _instances: Any) -> None:
    """Keep in mind any change to what public pages show, so nobody can forget to say so."""
    if any(isinstance(row, PUBLIC_TABLES) for row in (*db.new, *db.dirty, *db.deleted)) or any(
        isinstance(row, User) and _is_called_otherwise(row) for row in db.dirty
    ):
        raise_revision(db)


def _is_called_otherwise(user: User) -> bool:
    state = sa.inspect(user)
    return any(state.attrs[name].history.has_changes() for name in SHOWN_OF_USERS)


def _notice_changed_titles(db: Db, _context: Any) -> None:
    """Keep in mind which titles are not what they were: harvesters are told by the date of the last change."""
    changed: set[int | None] = set()
    for row in (*db.new, *db.deleted, *(row for row in db.dirty if db.is_modified(row))):
        if isinstance(row, Title):
            changed.add(row.id)
        elif isinstance(row, PARTS_OF_TITLES):
            changed.add(row.title_id)
        elif isinstance(row, Series):
            changed.update(db.connection().scalars(sa.select(col(Title.id)).where(col(Title.series_id) == row.id)))
    if changed:
        raise_revision(db, changed)


def _count_catalogue_change(db: Db) -> None:
    """Let the catalogue's revision grow, as the last thing a transaction does: its row is locked for a moment only."""
    db.flush()
    if changed := db.info.pop(_CHANGED_TITLES, None):
        dated = sa.update(Title).where(col(Title.id).in_(changed)).values(modified_at=clock.now())
        db.connection().execute(dated)
    if db.info.pop(_CHANGED, False):
        db.connection().execute(sa.update(CatalogueRevision).values(number=col(CatalogueRevision.number) + 1))
