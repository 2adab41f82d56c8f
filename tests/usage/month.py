"""A made month of use, the same every time, and what it comes to by a computation of its own, in SQL."""

import random
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from api.database import Database
from api.tables import Chapter, Event, EventKind, Kind, State, Title, UsageSum
from api.usage.months import Month

JANUARY = Month(2026, 1)
AGENT = "Mozilla/0.0 (X0; Linux) Canary/0.0 CanaryAgent"
METRICS = (
    "total_item_investigations",
    "total_item_requests",
    "unique_item_investigations",
    "unique_item_requests",
    "unique_title_investigations",
    "unique_title_requests",
    "no_license",
)
BY = ("institution", "title_id", "chapter_id", "data_type", "access_type", "access_method", "yop")
INDEPENDENTLY = """
WITH kept AS (
  SELECT *, CAST(at / 3600 AS INTEGER) AS hour FROM (
    SELECT *, LEAD(at) OVER (PARTITION BY user_key, kind, title_id, chapter_id ORDER BY at, id) AS following FROM event
    WHERE NOT is_robot
  ) WHERE following IS NULL OR following - at > 30
), segment AS (
  SELECT kept.*, COALESCE(
    chapter.id, kept.chapter_id, 0
  ) AS item FROM kept LEFT JOIN chapter ON chapter.title_id = kept.title_id
    AND kept.kind = 'request' AND kept.data_type = 'Book'
), item_row AS (
  SELECT :institution AS institution, title_id, item AS chapter_id,
    CASE data_type WHEN 'Book_Segment' THEN 'Book' ELSE data_type END AS data_type, access_type, access_method,
    COUNT(*) AS tii,
    COUNT(CASE kind WHEN 'request' THEN 1 END) AS tir,
    COUNT(DISTINCT user_key || ' ' || hour) AS uii,
    COUNT(DISTINCT CASE kind WHEN 'request' THEN user_key || ' ' || hour END) AS uir, 0 AS uti, 0 AS utr, 0 AS nl
  FROM segment WHERE kind IN ('investigation', 'request') AND (:institution = '' OR institution = :institution)
  GROUP BY 1, 2, 3, 4, 5, 6
), title_row AS (
  SELECT :institution, title_id, 0, 'Book', access_type, access_method, 0, 0, 0, 0,
    COUNT(DISTINCT user_key || ' ' || hour),
    COUNT(DISTINCT CASE kind WHEN 'request' THEN user_key || ' ' || hour END), 0
  FROM kept WHERE kind IN ('investigation', 'request') AND data_type IN ('Book', 'Book_Segment')
    AND (:institution = '' OR institution = :institution)
  GROUP BY 1, 2, 3, 4, 5, 6
), refusal_row AS (
  SELECT :institution, title_id, COALESCE(chapter_id, 0),
    CASE data_type WHEN 'Book_Segment' THEN 'Book' ELSE data_type END, access_type, access_method,
    0, 0, 0, 0, 0, 0, COUNT(*)
  FROM kept WHERE kind = 'no-license' AND provider IS NOT NULL AND (:institution = '' OR institution = :institution)
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT institution, each.title_id, chapter_id, data_type, access_type, access_method, yop,
  SUM(tii), SUM(tir), SUM(uii), SUM(uir), SUM(uti), SUM(utr), SUM(nl)
FROM (SELECT * FROM item_row UNION ALL SELECT * FROM title_row UNION ALL SELECT * FROM refusal_row) AS each
JOIN title ON title.id = each.title_id GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def shelve_three(database: Database) -> list[tuple[int, list[int]]]:
    """A volume of four chapters, a book of unknown chapters and a report: their ids and those of their chapters."""
    made = []
    with database.writing() as db:
        for slug, kind, published, chapters in (
            ("a-volume", Kind.EDITED_VOLUME, "2024-05-17", 4),
            ("a-book", Kind.MONOGRAPH, None, 0),
            ("a-report", Kind.REPORT, "2025", 0),
        ):
            title = Title(slug=slug, kind=kind, state=State.PUBLISHED, title=slug, full_title=slug, published=published)
            db.add(title)
            db.flush()
            assert title.id is not None
            rows = [
                Chapter(title_id=title.id, position=n, address=n, name=f"Chapter {n}") for n in range(1, chapters + 1)
            ]
            db.add_all(rows)
            db.flush()
            made.append((title.id, [row.id for row in rows if row.id is not None]))
    return made


def make_events(
    database: Database, shelf: Sequence[tuple[int, list[int]]], month: Month = JANUARY, many: int = 1500
) -> None:
    """That many events of forty readers, many of them double clicks, some of robots."""
    chance = random.Random(str(month))
    rows: list[dict[str, Any]] = []
    at = month.begins_at
    step = (month.ends_at - month.begins_at) / (many + 1) / 4
    while len(rows) < many:
        at += chance.choice((timedelta(seconds=chance.uniform(1, 40)), step * 6, step * 6))
        reader = chance.randrange(40)
        title, (title_id, chapters) = chance.choice(list(enumerate(shelf)))
        chapter = chance.choice([None, *chapters])
        kind = chance.choice([EventKind.INVESTIGATION, EventKind.REQUEST, EventKind.REQUEST, EventKind.NO_LICENSE])
        is_robot = reader == 0
        row = {
            "kind": kind,
            "happened_at": at,
            "title_id": title_id,
            "chapter_id": chapter,
            "data_type": "Report" if title == 2 else "Book" if chapter is None else "Book_Segment",
            "items": max(1, len(chapters)) if kind is EventKind.REQUEST and chapter is None else 1,
            "access_type": "Open" if title == 1 else "Controlled",
            "access_method": "TDM" if reader == 1 else "Regular",
            "status": 200,
            "provider": chance.choice([None, "demo"]),
            "user_key": f"canary key {at:%d} {reader}",
            "is_robot": is_robot,
            "agent": "GPTBot/1.0" if is_robot else AGENT,
            "referrer_host": "canary.example",
            "institution": (None, "uni", "school")[reader % 3],
        }
        rows.append(row)
        if chance.random() < 0.3 and len(rows) < many:
            at += timedelta(seconds=chance.choice((5, 29, 30, 31)))
            rows.append(row | {"happened_at": at, "user_key": f"canary key {at:%d} {reader}"})
    with database.writing() as db:
        db.connection().execute(sa.insert(Event), rows)


def sums(database: Database, month: Month = JANUARY) -> set[tuple[object, ...]]:
    """What the portal has kept of a month."""
    columns = [col(getattr(UsageSum, name)) for name in (*BY, *METRICS)]
    with database.reading() as db:
        return {tuple(row) for row in db.connection().execute(sa.select(*columns).where(UsageSum.month == str(month)))}


def independently(database: Database) -> set[tuple[object, ...]]:
    """What all events come to, by SQL over a plain copy of them."""
    copy = sqlite3.connect(":memory:")
    with database.reading() as db:
        _copy(copy, "event", [_plain(row) for row in db.exec(select(Event)).all()])
        chapters = db.exec(select(Chapter.id, Chapter.title_id)).all()
        _copy(copy, "chapter", [{"id": chapter_id, "title_id": title_id} for chapter_id, title_id in chapters])
        titles = db.exec(select(Title.id, Title.published)).all()
        years = [{"id": title_id, "yop": published[:4] if published else "0001"} for title_id, published in titles]
        _copy(copy, "title", years)
    return {row for whose in ("", "uni", "school") for row in copy.execute(INDEPENDENTLY, {"institution": whose})}


def _plain(event: Event) -> dict[str, object]:
    return event.model_dump(exclude={"happened_at"}) | {"at": event.happened_at.timestamp()}


def _copy(copy: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    copy.execute(f"CREATE TABLE {table} ({', '.join(rows[0])})")
    copy.executemany(
        f"INSERT INTO {table} VALUES ({', '.join(f':{name}' for name in rows[0])})",
        [
            {
                name: str(value) if type(value) not in (int, float, bool, type(None)) else value
                for name, value in row.items()
            }
            for row in rows
        ],
    )
