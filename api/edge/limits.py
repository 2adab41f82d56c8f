"""Every limit on how often something may be done, in words, and the one count that holds it.

A stretch of time begins with the first use and ends after `period`; what is refused is not counted. The
count is one statement, so any number of workers on one database hold the limit together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock
from api.edge import words
from api.errors import TooMany
from api.seal import Seal
from api.spoken import N_, Said
from api.tables import Bucket
from api.tables.base import Instant

PURPOSE = "rate limit"
HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)
INSERTS: dict[str, Callable[[type[Bucket]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Whose(StrEnum):
    """Whose uses are counted together."""

    ACCOUNT = "account"
    NETWORK = "network"


@dataclass(frozen=True)
class Limit:
    """`many` times in `period` for each account or network. `done` and `things` are the words of its refusal."""

    name: str
    whose: Whose
    many: int
    period: timedelta
    done: Said
    things: Said

    @property
    def in_words(self) -> str:
        """`20 download links an hour`."""
        return N_("{many} {things} {rate}", many=self.many, things=self.things, rate=self.rate)

    @property
    def rate(self) -> str:
        return N_("an hour") if self.period == HOUR else N_("in {length}", length=self._length)

    @property
    def latest(self) -> str:
        """`in the last hour`."""
        return N_("in the last hour") if self.period == HOUR else N_("in the last {length}", length=self._length)

    @property
    def refusal(self) -> str:
        told: dict[str, Any] = {"done": self.done, "many": self.many, "things": self.things, "latest": self.latest}
        if self.whose is Whose.ACCOUNT:
            return N_("Your account has {done} {many} {things} {latest}, which is the limit.", **told)
        return N_("Your network has {done} {many} {things} {latest}, which is the limit.", **told)

    @property
    def has_done(self) -> str:
        """`Your account has made`."""
        if self.whose is Whose.ACCOUNT:
            return N_("Your account has {done}", done=self.done)
        return N_("Your network has {done}", done=self.done)

    def _length(self) -> str:
        return words.duration(int(self.period.total_seconds()))


SENT = N_("sent", context="limit")
DONE = N_("made", context="limit on searches")

# A network can be a whole campus behind one address, so its limits leave room for a class that comes at once.
SIGN_IN_START = (
    Limit("sign-in start", Whose.NETWORK, 120, TEN_MINUTES, N_("started", context="limit"), N_("sign-ins")),
)
SIGN_IN_CALLBACK = (
    Limit("sign-in callback", Whose.NETWORK, 240, TEN_MINUTES, N_("come back from", context="limit"), N_("sign-ins")),
)
TICKETS = (
    Limit("tickets", Whose.ACCOUNT, 20, HOUR, N_("made", context="limit"), N_("download links")),
    Limit("tickets", Whose.NETWORK, 600, HOUR, N_("made", context="limit"), N_("download links")),
)

# A page that is open asks for a new link every few minutes; nobody opens hundreds.
READING = (
    Limit("reading", Whose.ACCOUNT, 240, HOUR, N_("opened", context="limit"), N_("pages to read in")),
    Limit("reading", Whose.NETWORK, 4800, HOUR, N_("opened", context="limit"), N_("pages to read in")),
)

VOUCHERS = (
    Limit("vouchers", Whose.ACCOUNT, 10, HOUR, N_("tried", context="limit"), N_("codes")),
    Limit("vouchers", Whose.NETWORK, 300, HOUR, N_("tried", context="limit"), N_("codes")),
)
REQUESTS = (
    Limit("requests", Whose.ACCOUNT, 10, HOUR, SENT, N_("requests to be let in")),
    Limit("requests", Whose.NETWORK, 300, HOUR, SENT, N_("requests to be let in")),
)
COMMENTS = (
    Limit("comments", Whose.ACCOUNT, 30, HOUR, SENT, N_("comments")),
    Limit("comments", Whose.NETWORK, 600, HOUR, SENT, N_("comments")),
)
COMPLAINTS = (
    Limit("reported comments", Whose.ACCOUNT, 30, HOUR, DONE, N_("reports of comments")),
    Limit("reported comments", Whose.NETWORK, 300, HOUR, DONE, N_("reports of comments")),
)
TYPED_COMMENTS = (Limit("typed comments", Whose.NETWORK, 120, HOUR, SENT, N_("comments without signing in")),)
COPIES = (
    Limit("copies", Whose.ACCOUNT, 10, HOUR, SENT, N_("requests for a copy")),
    Limit("copies", Whose.NETWORK, 300, HOUR, SENT, N_("requests for a copy")),
)
REPORTS = (
    Limit("reports", Whose.ACCOUNT, 240, HOUR, N_("fetched", context="limit"), N_("reports")),
    Limit("reports", Whose.NETWORK, 1200, HOUR, N_("fetched", context="limit"), N_("reports")),
)
SEARCHES_OF_NOBODY = (Limit("searches", Whose.NETWORK, 600, TEN_MINUTES, DONE, N_("searches")),)
SEARCHES = (
    Limit("searches", Whose.ACCOUNT, 120, TEN_MINUTES, DONE, N_("searches")),
    *SEARCHES_OF_NOBODY,
)


def count(
    db: Db,
    seal: Seal,
    limits: tuple[Limit, ...],
    *,
    network: str,
    account: int | None = None,
    way_on: tuple[str, str] | None = None,
) -> None:
    """Count one use against each of `limits`, or raise TooMany; then the caller's transaction takes the count back."""
    now = clock.now()
    for limit in limits:
        who = f"{now:%Y-%m-%d} {network}" if limit.whose is Whose.NETWORK else str(account)
        ends_at, uses = one_more(db, seal, f"{limit.name} {limit.whose} {who}", limit.period)
        if uses > limit.many:
            raise _too_many(limit, ends_at, way_on)


def sweep_limits(db: Db, now: datetime) -> int:
    """Forget counts whose time is over; how many there were."""
    swept = db.connection().execute(sa.delete(Bucket).where(col(Bucket.ends_at) <= now))
    return swept.rowcount


def one_more(db: Db, seal: Seal, what: str, period: timedelta) -> tuple[datetime, int]:
    """When the running stretch of what is counted ends, and the uses in it with this one."""
    connection, now = db.connection(), clock.now()
    given = {"what": seal.digest(PURPOSE, what), "now": now, "until": now + period}
    ends_at, uses = connection.execute(_counting(connection.dialect.name), given).one()
    return ends_at, uses


@cache
def _counting(dialect: str) -> sa.Executable:
    """The count's statement, made once: that takes longer than to run it."""
    now, until = sa.bindparam("now", type_=Instant), sa.bindparam("until", type_=Instant)
    row = INSERTS[dialect](Bucket).values(digest=sa.bindparam("what"), starts_at=now, count=1, ends_at=until)
    is_over = col(Bucket.ends_at) <= now
    return row.on_conflict_do_update(
        index_elements=["digest"],
        set_={
            "starts_at": sa.case((is_over, now), else_=col(Bucket.starts_at)),
            "count": sa.case((is_over, 1), else_=col(Bucket.count) + 1),
            "ends_at": sa.case((is_over, until), else_=col(Bucket.ends_at)),
        },
    ).returning(col(Bucket.ends_at), col(Bucket.count))


def _too_many(limit: Limit, ends_at: datetime, way_on: tuple[str, str] | None) -> TooMany:
    until = words.clock_time(_whole_minute(ends_at))
    return TooMany(
        limit.refusal,
        heading=N_("Please wait until {time}", time=until),
        limit=f"{limit.name} by {limit.whose}",
        until=ends_at,
        facts=[
            (N_("Limit"), limit.in_words),
            (limit.has_done, str(limit.many)),
            (N_("Next one from"), f"{until} UTC"),
        ],
        way_on=way_on,
    )


def _whole_minute(at: datetime) -> datetime:
    """The first whole minute that is not before `at`."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)
