"""One worker at a time is at an intake: it holds a short lease, which it renews as long as it lives."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock
from api.database import Database
from api.tables import Intake, IntakeState

LEASE = timedelta(seconds=30)  # after this long without a renewal a worker counts as dead
RENEWED = 10.0  # seconds between two renewals
AGAIN = timedelta(minutes=1)  # until a file is tried again that could not be checked or kept
UNFINISHED = (IntakeState.RECEIVED, IntakeState.CHECKING)


class LeaseLost(Exception):
    """Another worker has the intake by now, or it is finished or gone."""


def worker_name() -> str:
    return f"{socket.gethostname()[:60]}/{os.getpid()}/{secrets.token_hex(4)}"


def is_free() -> sa.ColumnElement[bool]:
    """Whether nobody is at an unfinished intake."""
    ended = sa.or_(col(Intake.leased_until).is_(None), col(Intake.leased_until) <= clock.now())
    return sa.and_(col(Intake.state).in_(UNFINISHED), ended)


@dataclass(frozen=True)
class Lease:
    """The right of `holder` to work on an intake. Whatever it writes there is written only while it has that right."""

    database: Database
    intake_id: int
    holder: str

    @classmethod
    def take(cls, database: Database, intake_id: int) -> "Lease | None":
        """None where another worker is at it, or nothing is left to do."""
        lease, now = cls(database, intake_id, worker_name()), clock.now()
        taking = (
            sa.update(Intake)
            .where(col(Intake.id) == intake_id, is_free())
            .values(
                state=IntakeState.CHECKING,
                leased_by=lease.holder,
                leased_until=now + LEASE,
                started_at=now,
                tries=col(Intake.tries) + 1,
            )
        )
        with database.writing() as db:
            return lease if db.connection().execute(taking).rowcount else None

    @classmethod
    def of_new(cls, db: Db, database: Database, intake: Intake) -> "Lease":
        """The lease on an intake that is written in this very transaction, so that nobody comes in between."""
        assert intake.id is not None
        lease, now = cls(database, intake.id, worker_name()), clock.now()
        intake.state, intake.tries = IntakeState.CHECKING, 1
        intake.leased_by, intake.leased_until, intake.started_at = lease.holder, now + LEASE, now
        db.add(intake)
        return lease

    def write(self, db: Db, **values: object) -> None:
        """Change the intake's row in the caller's transaction. Raises LeaseLost."""
        mine = sa.update(Intake).where(col(Intake.id) == self.intake_id, col(Intake.leased_by) == self.holder)
        if db.connection().execute(mine.values(**values)).rowcount == 0:
            raise LeaseLost

    def renew(self) -> None:
        with self.database.writing() as db:
            self.write(db, leased_until=clock.now() + LEASE)

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renew the lease in the background for as long as the block takes, however long that is."""
        ended = threading.Event()
        thread = threading.Thread(target=self._keep_renewing, args=(ended,), name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _keep_renewing(self, ended: threading.Event) -> None:
        while not ended.wait(RENEWED):
            try:
                self.renew()
            except LeaseLost:
                return
            except SQLAlchemyError:  # the database is away for a moment; the lease may outlast that
                continue
