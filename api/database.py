"""Engines and sessions. A reading session cannot write; a writing session holds the write lock from its start.

SQLite needs both: read-then-write under a deferred transaction loses updates or fails at once with
"database is locked", while `BEGIN IMMEDIATE` waits its turn. PostgreSQL is a setting; nothing else changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session as Db
from sqlmodel import col

from api.tables import CatalogueRevision, Chapter, Contributor, Edition, File, Rule, Title

BUSY_TIMEOUT = 5  # seconds a SQLite writer waits for another
MEMORY = "memory"  # in a session's `info`: what a floor above keeps of this database from one session to the next
MAY_FILL_MEMORY = "may fill memory"  # only where nothing that is read could still be undone
PUBLIC_TABLES = (Title, Contributor, Chapter, Edition, File, Rule)  # what anonymous pages are made from


class Database:
    """Two engines over one database, and the sessions made from them."""

    def __init__(self, url: str) -> None:
        self.url = url
        if make_url(url).get_backend_name() == "sqlite":
            self._write = _sqlite_engine(url, begin="BEGIN IMMEDIATE", query_only=False)
            self._read = _sqlite_engine(url, begin="BEGIN", query_only=True)
        else:
            self._write = sa.create_engine(url, pool_pre_ping=True)
            self._read = self._write.execution_options(postgresql_readonly=True)
        memory: dict[str, Any] = {}
        self._reading = sessionmaker(
            self._read, class_=Db, expire_on_commit=False, info={MEMORY: memory, MAY_FILL_MEMORY: True}
        )
        self._writing = sessionmaker(self._write, class_=Db, expire_on_commit=False, info={MEMORY: memory})
        event.listen(self._writing, "before_flush", _mark_catalogue_change)

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
        """A session that commits when the block ends well and undoes everything when it does not."""
        with self._writing.begin() as db:
            yield db

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
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def raise_revision(db: Db) -> None:
    """Make every page of the shelf old, in all workers."""
    db.connection().execute(sa.update(CatalogueRevision).values(number=col(CatalogueRevision.number) + 1))


def _mark_catalogue_change(db: Db, _context: Any, _instances: Any) -> None:
    """Let the catalogue's revision grow with any change to what public pages show, so nobody can forget to."""
    if any(isinstance(row, PUBLIC_TABLES) for row in (*db.new, *db.dirty, *db.deleted)):
        raise_revision(db)
