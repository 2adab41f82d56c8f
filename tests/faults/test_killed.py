"""F01: workers are killed under load. The other one serves on, and what was answered is kept, whole and once."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from api.database import Database
from api.settings import Settings
from api.tables import Event, EventKind, Ticket
from tests.faults.alone import alone
from tests.faults.load import Journeys
from tests.faults.workers import Worker, signed_in, wait_for, workers
from tests.make import Made, shelve
from tests.site import served

READERS = 60
PER_SECOND = 8  # journeys of three requests: 24 in a second
AT_ONCE = 8  # fewer than a worker has connections, so that on a busy machine nobody is put off for want of one
SIGKILL = -9


class Killed(NamedTuple):
    """One kill, in seconds of the same clock: when it was ordered, when the process was gone, and when it was back."""

    port: int
    at: float
    gone: float
    back: float


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return "sqlite" if "sqlite" in request.node.name else "postgresql"


@pytest.fixture
def made(settings: Settings) -> Made:
    with served(settings) as site:
        return shelve(site)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.close()


def test_workers_killed_under_load_fail_only_what_they_were_at(
    settings: Settings, database: Database, made: Made, tmp_path: Path
) -> None:
    keep_killing(settings, database, made, tmp_path, kills=20)


@alone
def test_the_same_beside_sqlite(settings: Settings, database: Database, made: Made, tmp_path: Path) -> None:
    keep_killing(settings, database, made, tmp_path, kills=5)


def keep_killing(settings: Settings, database: Database, made: Made, tmp_path: Path, kills: int) -> None:
    assert made.file is not None
    pair = [Worker(settings, tmp_path), Worker(settings, tmp_path)]
    cookies = signed_in(database, settings, READERS)
    with workers(*pair):
        ports = [each.port for each in pair]
        with Journeys(ports, pair[0].host, made.path, cookies, PER_SECOND, made.file, AT_ONCE) as load:
            wait_for(lambda: len(load.of("file", 200)) > 5)
            killed = [kill(pair, number, load) for number in range(kills)]
    assert load.wrong == []
    assert len(load.put_off) <= len(load.asked) // 20
    assert load.refused > 0, "nobody met a worker that was gone, so this would prove nothing"
    only_what_was_under_way(load, killed)
    nothing_is_lost_or_half_done(load, database)


def kill(pair: list[Worker], number: int, load: Journeys) -> Killed:
    """One of the two in turn. Ends when it is back and has answered readers again."""
    doomed, other = pair[number % 2], pair[1 - number % 2]
    at = time.monotonic()
    assert doomed.kill() == SIGKILL
    gone = time.monotonic()
    wait_for(partial(answered_since, load, other.port, gone))
    doomed.begin()
    back = time.monotonic()
    wait_for(partial(answered_since, load, doomed.port, back))
    return Killed(doomed.port, at, gone, back)


def answered_since(load: Journeys, port: int, instant: float) -> bool:
    return len([each for each in load.asked if each.port == port and each.began_at > instant and each.status]) > 1


def only_what_was_under_way(load: Journeys, killed: list[Killed]) -> None:
    for each in load.broken:
        assert any(one.port == each.port and each.began_at <= one.gone and each.ended_at >= one.at for one in killed)
    for one in killed:
        assert [
            each for each in load.asked if each.port != one.port and one.at < each.began_at < one.back and each.status
        ]
    assert median(one.back - one.gone for one in killed) < 5


def nothing_is_lost_or_half_done(load: Journeys, database: Database) -> None:
    """Every link that was handed out is there, and as many uses were taken as transfers are recorded."""
    with database.reading() as db:
        tickets = db.exec(select(Ticket.uses_left)).all()
        taken = sum(5 - left for left in tickets)
        recorded = db.exec(select(sa.func.count()).select_from(Event).where(col(Event.kind) == EventKind.REQUEST)).one()
        if db.connection().dialect.name == "sqlite":
            assert db.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert db.connection().exec_driver_sql("PRAGMA foreign_key_check").first() is None
    assert len(load.of("link", 201)) <= len(tickets) <= len(load.of("link"))
    assert len(load.of("file", 200)) <= taken <= len(load.of("file"))
    assert taken == recorded
