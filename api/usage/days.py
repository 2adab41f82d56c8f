"""Days of use, summed for the press: the day that is under way again and again, each other once, when it is over.

A day is counted from its events into memory and written in one transaction that replaces all of it, so it does not
matter who dies in between, or who does it twice.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.database import Database, hold
from api.tables import DaySum, Event, MostUsed, UsageDay
from api.usage.daily import ALL_TITLES, PEOPLE, By, Day, Step, count
from api.usage.months import Month
from api.usage.periods import PERIODS
from api.usage.reading import AT_A_TIME, People, of_a_day
from api.usage.robots import Robots

OVER_AFTER = timedelta(hours=1)  # after its end, when whatever waited to be written has been
MOST = 10  # titles that are listed as used most
ONE_DAY = timedelta(days=1)
Writing = Callable[[], AbstractContextManager[Db]]
_DAY = of_a_day(Step._fields, col(Event.kind).in_(PEOPLE))


def sum_days(
    database: Database,
    robots: Robots,
    now: datetime,
    *,
    writing: Writing | None = None,
    stopping: threading.Event | None = None,
) -> int:
    """Count the days that are not summed for good yet, today's among them; how many."""
    writing = writing or database.writing
    with database.reading() as db:
        days = _due(db, now)
    for done, day in enumerate(days):
        if stopping is not None and stopping.is_set():
            return done
        with database.reading() as db:
            sums = count(Step(*columns) for columns in People(db, _DAY, robots, _start(day)))
        with writing() as db:
            _replace(db, day, sums, now)
    with writing() as db:
        for period in PERIODS:
            _rank(db, period, now.date())
    return len(days)


def first_left(db: Db, oldest: datetime) -> datetime:
    """Where, from the oldest event on, the first day begins that is not summed for good."""
    day = oldest.date()
    for each in _summed(db, day):
        if each != day:
            break
        day += ONE_DAY
    return _start(day)


def forget_sites(db: Db, before: date) -> None:
    """Of older days it is not kept any more from which sites people came."""
    db.connection().execute(sa.delete(DaySum).where(col(DaySum.by) == By.REFERRER, col(DaySum.day) < before))


def are_summed(db: Db, month: Month) -> bool:
    """Whether no day of a month is left to be counted."""
    oldest = db.connection().scalar(sa.select(sa.func.min(col(Event.happened_at))))
    return oldest is None or oldest >= month.ends_at or first_left(db, oldest) >= month.ends_at


def _due(db: Db, now: datetime) -> list[date]:
    oldest = db.connection().scalar(sa.select(sa.func.min(col(Event.happened_at))))
    day = first_left(db, oldest).date() if oldest is not None else now.date()
    done = set(_summed(db, day))
    days = (day + timedelta(days=n) for n in range((now.date() - day).days + 1))
    return [each for each in days if each not in done]


def _summed(db: Db, since: date) -> list[date]:
    """The days that are summed for good, in their order."""
    summed = sa.select(col(UsageDay.day)).where(col(UsageDay.day) >= since, col(UsageDay.is_over))
    return list(db.connection().scalars(summed.order_by(col(UsageDay.day))))


def _replace(db: Db, day: date, sums: Day, now: datetime) -> None:
    hold(db, f"use of {day}")
    before = db.get(UsageDay, day, populate_existing=True)
    if before is not None and before.is_over:  # another was quicker, and the events may be gone by now
        return
    connection = db.connection()
    connection.execute(sa.delete(DaySum).where(col(DaySum.by).in_(list(By)), col(DaySum.day) == day))
    rows = [{"day": day, **part._asdict(), **figures.as_dict()} for part, figures in sums.items()]
    for begin in range(0, len(rows), AT_A_TIME):
        connection.execute(sa.insert(DaySum), rows[begin : begin + AT_A_TIME])
    db.merge(UsageDay(day=day, counted_at=now, is_over=now >= _start(day) + ONE_DAY + OVER_AFTER))


def _rank(db: Db, period: int, today: date) -> None:
    hold(db, f"most used in {period} days")
    connection = db.connection()
    used = sa.func.sum(col(DaySum.reads) + col(DaySum.downloads)).label("used")
    most = (
        sa.select(col(DaySum.title_id), used)
        .where(col(DaySum.by) == By.NOTHING, col(DaySum.day) > today - timedelta(days=period))
        .where(col(DaySum.day) <= today, col(DaySum.title_id) != ALL_TITLES)
        .group_by(col(DaySum.title_id))
        .having(used > 0)
        .order_by(used.desc(), col(DaySum.title_id))
        .limit(MOST)
    )
    found = connection.execute(most).all()
    connection.execute(sa.delete(MostUsed).where(col(MostUsed.days) == period))
    for place, (title_id, times) in enumerate(found, 1):
        db.add(MostUsed(days=period, place=place, title_id=title_id, used=times))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
