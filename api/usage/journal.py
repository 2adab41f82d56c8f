"""The journal of use: requests within their own transaction, everything else in batches, and never in anyone's way.

A statistic that can't be written is lost, counted in `lost` and named in the log once; the book is served.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session as Db

from api import clock
from api.database import Database
from api.seal import Seal
from api.tables import Event
from api.usage.belonging import Houses
from api.usage.record import Sighting, event_of
from api.usage.robots import Robots
from api.usage.salts import Today

log = logging.getLogger("gatefold.usage")
EVERY = 0.5  # seconds between two batches; a killed server loses what it saw since
WAITING_AT_MOST = 10_000  # sightings in memory
BATCH = 1_000  # sightings in one transaction
_INSERT = sa.insert(Event).inline()
# A database that is away or busy, no connection free, a table that is not there (PostgreSQL's word for that).
MAY_PASS = (OperationalError, PoolTimeout, ProgrammingError)


@contextmanager
def _savepoint(db: Db) -> Iterator[None]:
    """As the session's own, for what writes by statements alone: there are no objects to look after."""
    connection = db.connection()
    connection.exec_driver_sql("SAVEPOINT use_of_it")
    try:
        yield
    except Exception:
        if not connection.invalidated:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT use_of_it")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT use_of_it")


class Journal:
    """The journal of one server. `lost` counts what could not be written since it began."""

    def __init__(self, database: Database, seal: Seal, public_url: str) -> None:
        self._database = database
        self._seal = seal
        self._own_host = urlsplit(public_url).hostname or ""
        self._robots = Robots()
        self._houses = Houses()
        self._salts = Today()
        self._waiting: deque[Sighting] = deque()
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._writer = threading.Thread(target=self._write_until_stopped, name="usage", daemon=True)
        self._is_failing = False
        self.lost = 0

    def start(self) -> None:
        self._writer.start()

    def stop(self) -> None:
        """Write what is waiting, and write no more."""
        self._stopping.set()
        self._writer.join()

    def later(self, seen: Sighting) -> None:
        """Write it with the next batch. All that a page pays for is this line."""
        if len(self._waiting) < WAITING_AT_MOST:
            self._waiting.append(seen)
        else:
            self.lost += 1

    def within(self, db: Db, seen: Sighting) -> None:
        """Write it as a part of a transaction that is under way, which goes on as if nothing were if that fails."""
        db.flush()
        try:
            with _savepoint(db):
                self._write(db, [seen])
        except Exception as failure:
            if isinstance(failure, DBAPIError) and failure.connection_invalidated:
                raise  # the whole transaction is gone with its connection
            self._failed(failure, 1)
        else:
            self._is_failing = False

    def at_once(self, seen: Sighting) -> None:
        """Write it in a transaction of its own; where the database is busy, with the next batch."""
        try:
            with self._database.writing() as db:
                self._write(db, [seen])
        except MAY_PASS as failure:
            self._failed(failure, 0)
            self.later(seen)
        except Exception as failure:
            self._failed(failure, 1)
        else:
            self._is_failing = False

    def flush(self) -> None:
        """Write what is waiting now."""
        with self._one_at_a_time:
            while self._waiting and self._write_batch():
                pass

    def _write_until_stopped(self) -> None:
        while not self._stopping.wait(EVERY):
            self.flush()
            self._salts.forget_before(clock.now().date())
        self.flush()
        self.lost += len(self._waiting)

    def _write_batch(self) -> bool:
        """Write the oldest sightings. A database that does not answer may do so later, so they go on waiting."""
        batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        try:
            with self._database.writing() as db:
                self._write(db, batch)
        except MAY_PASS as failure:
            self._waiting.extendleft(reversed(batch))
            self._failed(failure, 0)
            return False
        except Exception as failure:
            self._failed(failure, len(batch))
        else:
            self._is_failing = False
        return True

    def _write(self, db: Db, batch: list[Sighting]) -> None:
        counted = [seen for seen in batch if seen.is_counted]
        if not counted:
            return
        salts = {day: self._salts.of(db, day) for day in {seen.at.date() for seen in counted}}
        readers = {(seen.at.date(), seen.who) for seen in counted}
        keys = {(day, who): self._seal.digest(f"usage {salts[day]}", who) for day, who in readers}
        houses = self._houses.of(db, counted)
        rows = [
            event_of(
                seen,
                keys[seen.at.date(), seen.who],
                self._robots,
                self._own_host,
                house,
                self._digest(seen, salts[seen.at.date()]),
            )
            for seen, house in zip(counted, houses, strict=True)
        ]
        db.connection().execute(_INSERT, rows)

    def _digest(self, seen: Sighting, salt: str) -> str | None:
        """What was searched, as a word that means nothing once the day's salt is gone."""
        return self._seal.digest(f"usage {salt}", f"search\n{seen.what}")[:16] if seen.what is not None else None

    def _failed(self, failure: Exception, lost: int) -> None:
        """Say so once until it works again, without the failure's words: they can hold what was to be written."""
        self.lost += lost
        if not self._is_failing:
            self._is_failing = True
            log.warning("use can't be recorded error=%s", type(failure).__name__)
