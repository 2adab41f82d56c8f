"""The audit log, read: who did what to whom or what, the latest first; names only of accounts that still exist."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from api.database import Database
from api.errors import Invalid
from api.spoken import N_
from api.tables import Audit, User
from api.tables.base import Instant

LEAF = 100  # acts on one leaf
AT_MOST = 50_000  # lines of a download
PIECE = 1000  # lines that a download reads at a time
LONGEST = 200
_ACCOUNT = re.compile(r"(?:account )?#?([1-9][0-9]{0,8})")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_MARK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z)-([1-9][0-9]{0,17})")
HEADINGS = ("at", "act", "actor", "actor's name", "object", "account", "account's name", "words")


class Mark(NamedTuple):
    """Where a leaf ended."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z-{self.id}"

    @classmethod
    def of(cls, text: str) -> "Mark | None":
        found = _MARK.fullmatch(text)
        try:
            return cls(datetime.fromisoformat(found[1]), int(found[2])) if found else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Asked:
    """Which acts are asked for. `since` and `until` are days (UTC), both included."""

    act: str = ""
    actor: int | None = None
    object: str = ""
    account: int | None = None
    since: date | None = None
    until: date | None = None


class Act(NamedTuple):
    """One line. No actor is the operator at the command line, a job, or an account that is erased since."""

    id: int
    at: datetime
    action: str
    actor: int | None
    actor_name: str | None
    object: str
    account: int | None
    account_name: str | None
    words: str


def asked(*, act: str = "", actor: str = "", of: str = "", since: str = "", until: str = "") -> Asked:
    """What the fields of the page ask for. `of` is a title's slug, an account, or an object as the log writes it.

    Raises Invalid whose `members` map the fields that can't be read to a sentence each.
    """
    faults: dict[str, str] = {}
    fields = {"act": act, "actor": actor, "of": of, "since": since, "until": until}
    for name, text in fields.items():
        fields[name] = text = text.strip()
        if len(text) > LONGEST or not text.isprintable():
            faults[name] = N_("Write at most {longest} characters, without control characters.", longest=LONGEST)
            fields[name] = ""
    by, about = _ACCOUNT.fullmatch(fields["actor"]), _ACCOUNT.fullmatch(fields["of"])
    if fields["actor"] and by is None:
        faults.setdefault("actor", N_("Write the number of an account; the readers’ page finds it by name."))
    days = {name: _day(fields[name], name, faults) for name in ("since", "until")}
    if faults:
        raise Invalid(N_("The acts can’t be looked for like that."), members=faults)
    return Asked(
        act=fields["act"],
        actor=int(by[1]) if by else None,
        object="" if about else _object(fields["of"]),
        account=int(about[1]) if about else None,
        **days,
    )


def leaf(db: Db, which: Asked, after: Mark | None = None, at_most: int = LEAF) -> tuple[list[Act], Mark | None]:
    """The acts asked for, and where more follow the mark to ask for it with."""
    actor, account = aliased(User), aliased(User)
    found = (
        sa.select(
            col(Audit.id),
            col(Audit.at),
            col(Audit.action),
            col(Audit.actor_user_id),
            col(actor.name),
            col(Audit.object),
            col(Audit.user_id),
            col(account.name),
            col(Audit.words),
        )
        .outerjoin(actor, col(actor.id) == col(Audit.actor_user_id))
        .outerjoin(account, col(account.id) == col(Audit.user_id))
        .where(*_conditions(which))
        .order_by(col(Audit.at).desc(), col(Audit.id).desc())
    )
    if after is not None:
        mark = sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        found = found.where(sa.tuple_(col(Audit.at), col(Audit.id)) < mark)
    acts = [_act(row) for row in db.connection().execute(found.limit(at_most + 1))]
    shown = acts[:at_most]
    return shown, Mark(shown[-1].at, shown[-1].id) if len(acts) > at_most else None


def kinds_of_acts(db: Db) -> list[str]:
    """Every act that the log has, by a walk along its index from one to the next."""
    log = sa.select(sa.func.min(col(Audit.action)).label("action")).cte("acts", recursive=True)
    next_one = sa.select(sa.func.min(col(Audit.action))).where(col(Audit.action) > log.c.action).scalar_subquery()
    acts = log.union_all(sa.select(next_one).where(log.c.action.is_not(None)))
    return [row[0] for row in db.connection().execute(sa.select(acts.c.action)) if row[0] is not None]


def pieces(database: Database, which: Asked) -> Iterator[Sequence[Act]]:
    """The acts asked for, up to AT_MOST, a piece at a time; no transaction is open between two pieces."""
    after, left = None, AT_MOST
    while left > 0:
        with database.reading() as db:
            acts, after = leaf(db, which, after, min(PIECE, left))
        yield acts
        left -= len(acts)
        if after is None:
            return


def cells(act: Act) -> tuple[str, ...]:
    """One act as a row below HEADINGS."""
    known = (act.actor, act.actor_name, act.object, act.account, act.account_name, act.words)
    return (act.at.isoformat(timespec="seconds"), act.action, *("" if each is None else str(each) for each in known))


def _conditions(which: Asked) -> list[sa.ColumnElement[bool]]:
    given = (
        (col(Audit.action), which.act),
        (col(Audit.actor_user_id), which.actor),
        (col(Audit.object), which.object),
        (col(Audit.user_id), which.account),
    )
    conditions: list[sa.ColumnElement[bool]] = [column == value for column, value in given if value]
    if which.since is not None:
        conditions.append(col(Audit.at) >= datetime.combine(which.since, time(), UTC))
    if which.until is not None:
        conditions.append(col(Audit.at) < datetime.combine(which.until, time(), UTC) + timedelta(days=1))
    return conditions


def _act(row: "sa.Row[*tuple[object, ...]]") -> Act:
    """The log holds no addresses; should one have come into the words of an act, it is not shown."""
    act = Act._make(row)
    return act._replace(words=_ADDRESS.sub("(an address)", act.words))


def _object(text: str) -> str:
    """A slug means its title; what has a space or is no slug is taken as the log writes it."""
    return f"title {text}" if re.fullmatch(r"[a-z0-9-]+", text) and text != "house" else text


def _day(text: str, name: str, faults: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = None
        faults.setdefault(name, N_("Write a day like 2027-03-01."))
    if day is not None and not 1970 <= day.year <= 9000:
        faults.setdefault(name, N_("Write a day like 2027-03-01."))
    return day
