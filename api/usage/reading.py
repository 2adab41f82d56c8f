"""Reading a day's events in the order in which they are counted, without robots, a few in memory at a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.postgresql import give_time
from api.tables import Event
from api.usage.robots import Robots

AT_A_TIME = 1_000  # rows, of about a kilobyte
LONGEST_QUESTION = 120  # seconds for PostgreSQL to sort a day
Question = sa.Select[Any]


def of_a_day(columns: tuple[str, ...], *wanted: "sa.ColumnElement[bool]") -> Question:
    """A question for `people`: these columns of a day's events, a reader's together, and in the order of time."""
    return (
        sa.select(*(col(getattr(Event, name if name != "at" else "happened_at")) for name in columns))
        .add_columns(col(Event.is_robot), col(Event.agent))
        .where(col(Event.happened_at) >= sa.bindparam("since"), col(Event.happened_at) < sa.bindparam("until"), *wanted)
        .order_by(col(Event.user_key), col(Event.happened_at), col(Event.id))
    )


class People:
    """The rows of a day that are people's. `events` counts those that went by, robots included."""

    def __init__(self, db: Db, question: Question, robots: Robots, since: datetime) -> None:
        self._db, self._question, self._robots, self._since = db, question, robots, since
        self.events = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        connection = self._db.connection()
        if connection.dialect.name == "postgresql":
            give_time(connection, LONGEST_QUESTION)
        day = {"since": self._since, "until": self._since + timedelta(days=1)}
        rows: Iterable[Any] = connection.execution_options(yield_per=AT_A_TIME).execute(self._question, day)
        for row in rows:
            self.events += 1
            if not self._robots.are(row[-1], row[-2]):
                yield row[:-2]
