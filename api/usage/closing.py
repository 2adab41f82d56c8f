"""Closing months: a finished month's events become sums, and later the events are forgotten.

A month is counted from its events into memory and written in one transaction that replaces all of it. So whoever
dies in between has changed nothing, and whoever does it again, or at the same time, brings the same.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.database import Database, hold
from api.errors import Conflict
from api.tables import Chapter, Event, EventKind, Title, UsageMonth, UsageSum
from api.usage.counting import UNKNOWN_YEAR, Counts, Known, Seen, Sums, count, with_the_world
from api.usage.days import first_left, forget_sites
from api.usage.months import Month
from api.usage.reading import AT_A_TIME, People, of_a_day
from api.usage.robots import Robots

CLOSED_AFTER = timedelta(days=1)  # after its end, when whatever waited to be written has been
FORGOTTEN_AT_ONCE = 5_000  # rows in one transaction
COUNTED = (EventKind.INVESTIGATION, EventKind.REQUEST, EventKind.NO_LICENSE)  # of titles
Writing = Callable[[], AbstractContextManager[Db]]
_OF_TITLES = sa.and_(col(Event.kind).in_(COUNTED), col(Event.title_id).is_not(None))
_DAY = of_a_day(Seen._fields, sa.or_(_OF_TITLES, col(Event.kind) == EventKind.SEARCH))


@dataclass(frozen=True)
class Closed:
    """A month that was summed, from how many events, robots included."""

    month: Month
    events: int


def due(db: Db, robots: Robots, now: datetime) -> list[Month]:
    """The months to be closed: finished and not closed yet, or closed by other lists of robots and all still there."""
    rows = {Month.read(row.month): row for row in db.exec(select(UsageMonth)).all()}
    oldest = db.connection().scalar(sa.select(sa.func.min(col(Event.happened_at))))
    firsts = [*rows, *([Month.of(oldest)] if oldest is not None else [])]
    if not firsts:
        return []
    finished = Month.of(now - CLOSED_AFTER).before
    return [month for month in min(firsts).to(finished) if _is_due(rows.get(month), robots)]


def _is_due(row: UsageMonth | None, robots: Robots) -> bool:
    return row is None or (row.forgotten_at is None and row.robots != robots.fingerprint)


def close(
    database: Database,
    month: Month,
    robots: Robots,
    *,
    writing: Writing | None = None,
    stopping: threading.Event | None = None,
) -> Closed | None:
    """Sum a month's events; None where `stopping` was set before that was done.

    `writing` gives the session that keeps the result, the database's own by default. Raises Conflict for a month
    that is not over, or of whose events some are forgotten already.
    """
    if clock.now() < month.ends_at:
        raise Conflict(f"{month} is not over yet.")
    with database.reading() as db:
        _refuse_forgotten(db, month)
    sums: Sums = defaultdict(Counts)
    events = 0
    for day in range(month.days):
        if stopping is not None and stopping.is_set():
            return None
        since = month.begins_at + timedelta(days=day)
        with database.reading() as db:
            people = People(db, _DAY, robots, since)
            count(map(Seen._make, people), _shelf(db, since), sums)
            events += people.events
    with (writing or database.writing)() as db:
        hold(db, f"use of {month}")
        _refuse_forgotten(db, month)
        _replace(db, month, with_the_world(sums))
        db.merge(UsageMonth(month=str(month), closed_at=clock.now(), events=events, robots=robots.fingerprint))
    return Closed(month, events)


def forget(database: Database, before: datetime, stopping: threading.Event | None = None) -> int:
    """Delete the events before an instant whose month is closed and whose day is summed; how many.

    The sites that led readers here are forgotten with them: of a few people a site's name could tell who.
    """
    with database.writing() as db:
        forget_sites(db, before.date())
    gone = 0
    while stopping is None or not stopping.is_set():
        with database.writing() as db:
            oldest = db.connection().scalar(sa.select(sa.func.min(col(Event.happened_at))))
            if oldest is None or oldest >= before:
                break
            month = Month.of(oldest)
            hold(db, f"use of {month}")
            row = db.get(UsageMonth, str(month), populate_existing=True)
            end = min(before, month.ends_at, first_left(db, oldest))
            if row is None or end <= oldest:
                break
            row.forgotten_at = row.forgotten_at or clock.now()
            db.add(row)
            some = sa.select(col(Event.id)).where(col(Event.happened_at) < end).limit(FORGOTTEN_AT_ONCE)
            gone += db.connection().execute(sa.delete(Event).where(col(Event.id).in_(some))).rowcount
    return gone


def _refuse_forgotten(db: Db, month: Month) -> None:
    row = db.get(UsageMonth, str(month), populate_existing=True)
    if row is not None and row.forgotten_at is not None:
        raise Conflict(f"Of {month} the events are forgotten; its sums stand.")


def _shelf(db: Db, since: datetime) -> dict[int, Known]:
    """What has to be known of the titles that were used on a day."""
    used = sa.select(col(Event.title_id)).where(
        col(Event.happened_at) >= since, col(Event.happened_at) < since + timedelta(days=1)
    )
    is_counted = sa.and_(col(Chapter.title_id) == col(Title.id), col(Chapter.is_part).is_(False))
    shelf = (
        sa.select(col(Title.id), col(Title.published), col(Chapter.id))
        .outerjoin(Chapter, is_counted)
        .where(col(Title.id).in_(used))
        .order_by(col(Title.id), col(Chapter.position))
    )
    known: dict[int, Known] = {}
    for title_id, lines in groupby(db.connection().execute(shelf), key=itemgetter(0)):
        rows = list(lines)
        chapters = tuple(chapter_id for _, _, chapter_id in rows if chapter_id is not None)
        published = rows[0][1]
        known[title_id] = Known(published[:4] if published else UNKNOWN_YEAR, chapters)
    return known


def _replace(db: Db, month: Month, sums: Sums) -> None:
    connection = db.connection()
    connection.execute(sa.delete(UsageSum).where(col(UsageSum.month) == str(month)))
    rows: Sequence[dict[str, object]] = [
        {"month": str(month), **where._asdict(), **counts.as_dict()} for where, counts in sums.items()
    ]
    for start in range(0, len(rows), AT_A_TIME):
        connection.execute(sa.insert(UsageSum), rows[start : start + AT_A_TIME])
