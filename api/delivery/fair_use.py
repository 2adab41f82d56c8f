"""The counts of fair use. Whom one is about shows in none: each stands under a digest with the day's salt in it."""

import logging
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import cast

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock
from api.access.policy import Reader
from api.database import Database
from api.delivery.allowances import Allowance, Stage, Standing, What, Who
from api.edge import words
from api.edge.limits import INSERTS, Whose, one_more
from api.edge.portal import Portal
from api.edge.sending import AT_WILL, Flow
from api.errors import TooMany
from api.seal import Seal
from api.settings_parts import FairUseSettings
from api.spoken import N_
from api.tables import Bucket, FairUseNote, User
from api.usage.salts import Today

PURPOSE = "fair use"
EVERY = 1.0  # seconds between two writings of what was sent; a killed server forgets what it sent since
WAIT = timedelta(minutes=5)  # between two links, where the store and not the portal sends the bytes
NETWORK_SHOWN = 12  # characters of a network's digest in a note
MAY_PASS = (OperationalError, PoolTimeout)

log = logging.getLogger("gatefold.fair_use")

_COUNTED = sa.select(col(Bucket.digest), col(Bucket.count)).where(
    col(Bucket.digest).in_(sa.bindparam("digests", expanding=True))
)


def fair_use_of(portal: Portal) -> "FairUse":
    return cast(FairUse, portal.fair_use)


@cache
def _adding(dialect: str) -> sa.Executable:
    """What adds to counts, made once: that takes longer than to run it."""
    rows = INSERTS[dialect](Bucket)
    return rows.on_conflict_do_update(
        index_elements=["digest"], set_={"count": col(Bucket.count) + rows.excluded.count}
    ).returning(col(Bucket.digest), col(Bucket.count))


class FairUse:
    """The counts of one server. What is sent is added up in memory and written by a thread of its own."""

    def __init__(self, database: Database, seal: Seal, settings: FairUseSettings) -> None:
        self._database = database
        self._seal = seal
        self._pace = settings.slow_kilobytes * 1000
        given = (
            Allowance(Whose.ACCOUNT, What.LINKS, settings.account_links),
            Allowance(Whose.ACCOUNT, What.MEGABYTES, settings.account_megabytes),
            Allowance(Whose.NETWORK, What.LINKS, settings.network_links),
            Allowance(Whose.NETWORK, What.MEGABYTES, settings.network_megabytes),
        )
        self._allowances = tuple(each for each in given if each.many)
        self._salts = Today()
        self._sent: dict[tuple[date, Who], int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._writer = threading.Thread(target=self._write_until_stopped, name="fair use", daemon=True)

    def start(self) -> None:
        self._writer.start()

    def stop(self) -> None:
        """Write what was sent, and write no more."""
        self._stopping.set()
        self._writer.join()

    def take_link(
        self, db: Db, reader: Reader, network: str, way_on: tuple[str, str] | None, *, is_store_sending: bool
    ) -> Standing:
        """Count a link, and say where its reader stands. Raises TooMany in a pause.

        Where the store sends the bytes nobody can slow them down, so then links come one in five minutes.
        """
        if reader.is_staff:
            return Standing()
        who, now = Who(reader.user_id, network), clock.now()
        standing = self._standing(db, who, now)
        standing.refuse_if_paused(now, way_on)
        if is_store_sending and standing.stage >= Stage.SLOWED:
            self._wait_between_links(db, who, way_on)
        self._add(db, now.date(), [(each, who, 1) for each in self._allowances if each.what is What.LINKS])
        return standing

    def must_not_be_paused(self, db: Db, reader: Reader, network: str, way_on: tuple[str, str] | None) -> None:
        """Raises TooMany in a pause. Reading in the browser is no link to count, but what it sends is counted."""
        if not reader.is_staff:
            now = clock.now()
            self._standing(db, Who(reader.user_id, network), now).refuse_if_paused(now, way_on)

    def begin(self, db: Db, reader: Reader | None, network: str) -> Flow:
        """How the bytes of a transfer may leave, and where they are counted. Staff use is not.

        A link that is out works until it runs out, in a pause too: slowly.
        """
        if reader is None or reader.is_staff:
            return AT_WILL
        who = Who(reader.user_id, network)
        return Flow(self._standing(db, who, clock.now()).pace, partial(self.sent, who))

    def _standing(self, db: Db, who: Who, now: datetime) -> Standing:
        """Where someone stands, by what has been written so far: one look at four rows."""
        salt = self._salts.find(db, now.date())
        if salt is None:
            return Standing()
        digests = {self._digest(salt, now.date(), each, who): each for each in self._allowances}
        rows = db.connection().execute(_COUNTED, {"digests": list(digests)})
        stood = [
            Standing(digests[digest].stage(count), digests[digest], count, self._pace) for digest, count in rows.all()
        ]
        return max(stood, key=lambda each: each.stage, default=Standing())

    def _wait_between_links(self, db: Db, who: Who, way_on: tuple[str, str] | None) -> None:
        until, links = one_more(db, self._seal, f"slow link {who.user_id}", WAIT)
        if links > 1:
            raise TooMany(
                N_("Today’s allowance is used up, so links come one by one until 00:00 UTC."),
                heading=N_("Please wait until {time}", time=words.clock_time(until + timedelta(seconds=59))),
                limit="fair use, slow links",
                until=until,
                facts=[
                    (
                        N_("Meanwhile"),
                        N_("one link in {length}", length=lambda: words.duration(int(WAIT.total_seconds()))),
                    )
                ],
                way_on=way_on,
            )

    def sent(self, who: Who, count: int) -> None:
        """Count bytes that have left, or that the store will send. All that a transfer pays for is this line."""
        with self._lock:
            key = (clock.now().date(), who)
            self._sent[key] = self._sent.get(key, 0) + count

    def flush(self) -> None:
        """Write what was sent so far."""
        with self._lock:
            sent, self._sent = self._sent, {}
        counted = [each for each in self._allowances if each.what is What.MEGABYTES]
        for day in sorted({day for day, _ in sent}):
            todays = {who: count for (then, who), count in sent.items() if then == day}
            taken = [(each, who, -(-count // 1000)) for who, count in todays.items() for each in counted]
            try:
                with self._database.writing() as db:
                    self._add(db, day, taken)
            except MAY_PASS as failure:
                log.warning("what was sent waits to be counted error=%s", type(failure).__name__)
                with self._lock:
                    for who, count in todays.items():
                        self._sent[day, who] = self._sent.get((day, who), 0) + count

    def _write_until_stopped(self) -> None:
        while not self._stopping.wait(EVERY):
            self._flush_whatever_happens()
            self._salts.forget_before(clock.now().date())
        self._flush_whatever_happens()

    def _flush_whatever_happens(self) -> None:
        try:
            self.flush()
        except Exception as failure:
            log.warning("what was sent can't be counted error=%s", type(failure).__name__)

    def _add(self, db: Db, day: date, taken: Iterable[tuple[Allowance, Who, int]]) -> None:
        """Add to the day's counts in one statement, and write a note on each that reaches a further stage."""
        salt, counts, whose = self._salts.of(db, day), dict[str, int](), dict[str, tuple[Allowance, Who]]()
        for allowance, who, amount in taken:
            digest = self._digest(salt, day, allowance, who)
            counts[digest], whose[digest] = counts.get(digest, 0) + amount, (allowance, who)
        if not counts:
            return
        connection, began = db.connection(), datetime.combine(day, time(), UTC)
        rows = [
            {"digest": digest, "starts_at": began, "count": amount, "ends_at": began + timedelta(days=1)}
            for digest, amount in sorted(counts.items())  # in one order, so that two servers never wait in a ring
        ]
        for digest, count in connection.execute(_adding(connection.dialect.name), rows).all():
            allowance, who = whose[digest]
            stage = allowance.stage(count)
            if stage >= Stage.SLOWED and stage > allowance.stage(count - counts[digest]):
                self._note(db, day, allowance, who, digest, stage)

    def _note(self, db: Db, day: date, allowance: Allowance, who: Who, digest: str, stage: Stage) -> None:
        is_account = allowance.whose is Whose.ACCOUNT
        if is_account and db.get(User, who.user_id) is None:  # erased since
            return
        db.add(
            FairUseNote(
                day=day,
                user_id=who.user_id if is_account else None,
                network=None if is_account else digest[:NETWORK_SHOWN],
                what=allowance.what,
                allowance=allowance.many,
                stage=stage.name.lower(),
            )
        )
        log.warning("beyond fair use whose=%s what=%s stage=%s", allowance.whose, allowance.what, stage.name.lower())

    def _digest(self, salt: str, day: date, allowance: Allowance, who: Who) -> str:
        return self._seal.digest(f"{PURPOSE} {salt}", f"{day} {allowance.what} {allowance.key(who)}")
