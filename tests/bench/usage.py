"""Counting use: how fast a month's events are closed, in how much memory, and how soon a long report is there."""

import random
import resource
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col

from api.counter.asked import Available, read
from api.counter.customers import WORLD
from api.counter.definitions import REPORTS
from api.counter.document import document
from api.counter.report import make
from api.database import Database
from api.migrations import upgrade
from api.tables import Chapter, Event, Kind, State, Title, UsageMonth, UsageSum
from api.usage.closing import close
from api.usage.counting import Counts
from api.usage.days import sum_days
from api.usage.months import Month
from api.usage.robots import Robots
from tests.bench.report import Row

JANUARY = Month(2026, 1)
EVENTS = 300_000  # in the month
TEN_MILLION = 10_000_000  # with --ten-million: some minutes' work to make, and five to close
MADE = 1_000_000  # events at most that are made one by one; there are as many again of other readers until it is enough
TITLES, CHAPTERS = 100, 12
MONTHS = 25
GOAL = 10_000_000 / 300  # events a second: ten million in five minutes


def usage(folder: Path, events: int = EVENTS) -> list[Row]:
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'gatefold.db'}")
    upgrade(database)
    chapters = _shelved(database)
    _events(database, events)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    close(database, JANUARY, Robots())
    rate = events / (time.perf_counter() - began)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    began = time.perf_counter()
    sum_days(database, Robots(), JANUARY.ends_at + timedelta(hours=2))
    daily = events / (time.perf_counter() - began)
    closing = Row(
        f"use closed: events/s, {events:,} in a month",
        "ten million in five minutes",
        rate / GOAL,
        f"{rate:,.0f}/s; {GOAL:,.0f}/s; {grown:,.0f} MB more than before",
        at_least=1,
    )
    days = Row(
        "use summed by day: events/s",
        "the same",
        daily / GOAL,
        f"{daily:,.0f}/s",
    )
    _sums(database, chapters)
    took = {report: _took(database, report) for report in ("PR", "TR", "IR")}
    slowest = max(took.values())
    figures = ", ".join(f"{report} {seconds:.2f} s" for report, seconds in took.items())
    answer = Row(
        f"a COUNTER report of {MONTHS} months, {TITLES} titles of {CHAPTERS} chapters, the world's",
        "a second",
        slowest,
        figures,
        at_most=1,
    )
    database.close()
    return [closing, days, answer]


def _shelved(database: Database) -> list[tuple[int, int]]:
    with database.writing() as db:
        for number in range(1, TITLES + 1):
            words = {"slug": f"title-{number}", "title": f"Title {number}", "full_title": f"Title {number}"}
            db.add(Title(id=number, kind=Kind.EDITED_VOLUME, state=State.PUBLISHED, published="2024", **words))
        db.flush()
        ids = [(title, (title - 1) * CHAPTERS + n) for title in range(1, TITLES + 1) for n in range(1, CHAPTERS + 1)]
        for title, chapter in ids:
            db.add(Chapter(id=chapter, title_id=title, position=chapter, address=chapter, name=f"Chapter {chapter}"))
    return ids


def _events(database: Database, events: int) -> None:
    """A fifth are whole volumes, two fifths chapters, the rest views; each reader does some five things a day."""
    chance = random.Random(1)
    made = min(events, MADE)
    readers = made // 155
    step = (31 * 86_400 - 1) / made
    for batch in range(0, made, 10_000):
        rows = []
        for number in range(batch, batch + 10_000):  # as they come: one after the other
            at = JANUARY.begins_at + timedelta(seconds=step * (number + chance.random()))
            title, chapter = chance.randint(1, TITLES), chance.randint(1, CHAPTERS)
            kind, is_whole = chance.choice(
                (("request", True), *[("request", False)] * 2, *[("investigation", True)] * 2)
            )
            rows.append(
                {
                    "kind": kind,
                    "happened_at": at,
                    "title_id": title,
                    "chapter_id": None if is_whole else (title - 1) * CHAPTERS + chapter,
                    "data_type": "Book" if is_whole else "Book_Segment",
                    "items": CHAPTERS if is_whole and kind == "request" else 1,
                    "access_type": "Controlled",
                    "access_method": "Regular",
                    "status": 200,
                    "user_key": f"{chance.randint(1, readers):032}{at.day:032}",
                    "agent": "Mozilla/0.0",
                    "institution": f"house-{title % 20}",
                }
            )
        with database.writing() as db:
            db.connection().execute(sa.insert(Event), rows)
    others = {"user_key": sa.func.printf("%032d", sa.func.substr(Event.user_key, 1, 32) + sa.bindparam("more"))}
    others["user_key"] = others["user_key"].concat(sa.func.substr(Event.user_key, 33))
    columns = [column for column in Event.__table__.c if column.name != "id"]  # type: ignore[attr-defined]
    same = sa.select(*(others.get(column.name, column) for column in columns)).where(col(Event.id) <= made)
    for times in range(1, events // made):
        with database.writing() as db:
            again = sa.insert(Event).from_select(columns, same)
            db.connection().execute(again, {"more": times * readers})


def _sums(database: Database, chapters: list[tuple[int, int]]) -> None:
    """Every chapter used in every month, by the world and by nobody else."""
    months = [JANUARY]
    while len(months) < MONTHS:
        months.append(months[-1].next)
    what = {"data_type": "Book", "access_type": "Controlled", "access_method": "Regular", "yop": "2024"}
    numbers = dict.fromkeys(Counts.METRICS, 7)
    with database.writing() as db:
        for month in months[1:]:
            rows = [
                {"institution": "", "month": str(month), "title_id": title, "chapter_id": chapter, **what, **numbers}
                for title, chapter in chapters
            ]
            db.connection().execute(sa.insert(UsageSum), rows)
            db.add(UsageMonth(month=str(month), closed_at=month.ends_at, events=0, robots=""))


def _took(database: Database, report: str) -> float:
    last = JANUARY
    for _ in range(MONTHS - 1):
        last = last.next
    given = {"begin_date": str(JANUARY), "end_date": str(last), "attributes_to_show": "YOP|Access_Type"}
    began = time.perf_counter()
    with database.reading() as db:
        asked = read(REPORTS[report], given, "Gatefold", Available(JANUARY, last), last.next.begins_at)
        found = document(make(db, asked, WORLD, "http://localhost:8000"), "Gatefold", "")
    took = time.perf_counter() - began
    assert found["Report_Items"]
    return took
