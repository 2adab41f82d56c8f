"""The runner of periodic jobs: a leased row each, so that one of several workers does it, or the next if that dies."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.database import Database
from api.tables import Job

LOOK_AGAIN = 30.0  # seconds at most between two looks at what is due
LAST_RUN = 3.0  # seconds that a running job gets when the server stops; then its lease has to end
LONGEST_WORDS = 300  # characters

log = logging.getLogger("gatefold.jobs")


@dataclass(frozen=True)
class Periodic:
    """A job as it is declared.

    `work` does one run and says in words what it did. `lease` is longer than a run ever takes: a worker that has
    not ended by then counts as dead, and another begins the job again.
    """

    name: str
    every: timedelta
    lease: timedelta
    work: Callable[["Run"], str]


class LeaseLost(Exception):
    """The run took longer than its lease, and another worker has the job now."""


@dataclass(frozen=True)
class Run:
    """One run of a job: when it began, and up to when earlier ones have settled the work (None: never yet).

    `stopping` is set when the server stops; a long run then ends at the next good place.
    """

    database: Database
    name: str
    holder: str
    began_at: datetime
    settled_until: datetime | None
    stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def settling(self) -> Iterator[Db]:
        """A writing session for the whole of a run's work, which is kept once or not at all.

        With it is kept that the work is settled up to `began_at`. Raises LeaseLost, and undoes all, where
        another worker has the job by now.
        """
        with self.database.writing() as db:
            mine = self._mine().values(settled_until=self.began_at)
            if db.connection().execute(mine).rowcount == 0:
                raise LeaseLost
            yield db

    def end(self, next_at: datetime, words: str, *, has_failed: bool) -> None:
        """Give the lease back and keep how it went. Raises LeaseLost."""
        ended = self._mine().values(
            next_at=next_at,
            leased_by=None,
            leased_until=None,
            finished_at=clock.now(),
            runs=col(Job.runs) + 1,
            is_failing=has_failed,
            words=words[:LONGEST_WORDS],
        )
        if not has_failed:
            ended = ended.values(settled_until=self.began_at)
        with self.database.writing() as db:
            if db.connection().execute(ended).rowcount == 0:
                raise LeaseLost

    def _mine(self) -> sa.Update:
        return sa.update(Job).where(col(Job.name) == self.name, col(Job.leased_by) == self.holder)


class Runner:
    """Does the jobs of one worker, one after the other, in a thread of its own between `start` and `stop`."""

    def __init__(self, database: Database, jobs: Sequence[Periodic]) -> None:
        self._database = database
        self._jobs = {job.name: job for job in jobs}
        self._holder = f"{socket.gethostname()[:60]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(LAST_RUN)

    def run_due(self) -> int:
        """Do each job that is due and that no other worker holds; how many that were."""
        count = 0
        for name in self._due():
            run = self._lease(self._jobs[name])
            if run is not None:
                self._do(self._jobs[name], run)
                count += 1
            if self._stopping.is_set():
                break
        return count

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            try:
                self.run_due()
                pause = self._until_next()
            except SQLAlchemyError as error:  # the jobs wait until the database is back
                log.warning("jobs wait for the database: %s", in_words(error))
                pause = LOOK_AGAIN
            self._stopping.wait(pause)

    def _due(self) -> list[str]:
        rows = {row.name: row for row in self._rows()}
        for name in self._jobs.keys() - rows.keys():
            self._enrol(name)
        now = clock.now()
        return [name for name in self._jobs if name not in rows or _free_at(rows[name]) <= now]

    def _until_next(self) -> float:
        """Seconds until a job is due or a lease ends."""
        soonest = min((_free_at(row) for row in self._rows()), default=clock.now())
        return max(0.0, min(LOOK_AGAIN, (soonest - clock.now()).total_seconds()))

    def _rows(self) -> Sequence[Job]:
        with self._database.reading() as db:
            return db.exec(select(Job).where(col(Job.name).in_(self._jobs))).all()

    def _enrol(self, name: str) -> None:
        try:
            with self._database.writing() as db:
                db.add(Job(name=name))
        except IntegrityError:
            log.debug("another worker has enrolled job=%s", name)

    def _lease(self, job: Periodic) -> Run | None:
        now = clock.now()
        is_free = sa.or_(col(Job.leased_until).is_(None), col(Job.leased_until) <= now)
        taking = (
            sa.update(Job)
            .where(col(Job.name) == job.name, col(Job.next_at) <= now, is_free)
            .values(leased_by=self._holder, leased_until=now + job.lease, started_at=now)
            .returning(col(Job.settled_until))
        )
        with self._database.writing() as db:
            taken = db.connection().execute(taking).first()
        if taken is None:
            return None
        return Run(self._database, job.name, self._holder, now, taken.settled_until, self._stopping)

    def _do(self, job: Periodic, run: Run) -> None:
        next_at = run.began_at + job.every
        try:
            try:
                run.end(next_at, job.work(run), has_failed=False)
            except LeaseLost:
                raise
            except Exception as error:  # whatever it is, the other jobs and the next run go on
                log.warning("job failed job=%s error=%s", job.name, in_words(error))
                run.end(next_at, in_words(error), has_failed=True)
        except LeaseLost:
            log.warning("job took longer than its lease and another worker has it now job=%s", job.name)


def _free_at(row: Job) -> datetime:
    return max(row.next_at, row.leased_until) if row.leased_until is not None else row.next_at


def in_words(error: Exception) -> str:
    """The kind of error and its first line; a database's further lines hold the values of rows."""
    return f"{type(error).__name__}: {error}".splitlines()[0]
