"""What is left of use: single events by month, the sums made of them, and the salts of readers' keys."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.tables import DailySalt, Event, UsageMonth, UsageSum
from api.usage.months import Month


@dataclass(frozen=True)
class Left:
    """What is left of a month. `closed_at` None: its events wait to be summed; `gone_by` is the last event's end."""

    month: Month
    events: int
    sums: int
    closed_at: datetime | None
    gone_by: date


@dataclass(frozen=True)
class Retained:
    months: tuple[Left, ...]
    salts: int


def retained(db: Db, raw_days: int) -> Retained:
    """Every month that has events or is closed, the oldest first."""
    closed = {Month.read(row.month): row.closed_at for row in db.exec(select(UsageMonth)).all()}
    oldest, newest = db.exec(select(sa.func.min(col(Event.happened_at)), sa.func.max(col(Event.happened_at)))).one()
    with_events = set(Month.of(oldest).to(Month.of(newest))) if oldest is not None else set()
    sums = dict(db.exec(select(UsageSum.month, sa.func.count()).group_by(col(UsageSum.month))).all())
    months = tuple(
        Left(
            month,
            _events(db, month) if month in with_events else 0,
            sums.get(str(month), 0),
            closed.get(month),
            month.last_day + timedelta(days=raw_days),
        )
        for month in sorted(with_events | set(closed))
    )
    return Retained(months, db.exec(select(sa.func.count(col(DailySalt.day)))).one())


def _events(db: Db, month: Month) -> int:
    of_month = select(sa.func.count(col(Event.id))).where(
        col(Event.happened_at) >= month.begins_at, col(Event.happened_at) < month.ends_at
    )
    return db.exec(of_month).one()
