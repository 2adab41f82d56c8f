"""F04 to F07: PostgreSQL refuses, falls silent, loses its connections, or has none free."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from api.database import Database
from api.settings import Settings
from tests.faults.alone import alone
from tests.faults.load import Journeys, crowd
from tests.faults.proxy import WELL, Fault, FaultProxy, faulty
from tests.faults.test_killed import nothing_is_lost_or_half_done
from tests.faults.workers import Worker, signed_in, wait_for, workers
from tests.make import Made, shelve
from tests.site import served

READERS = 40
CROWD = 200
RECOVERY = 10  # seconds
POOL = 10  # connections of a worker, five of them for a rush


@pytest.fixture
def engine() -> str:
    return "postgresql"


class House(NamedTuple):
    """A worker that reaches its database through the proxy, and the test that reaches it directly."""

    worker: Worker
    proxy: FaultProxy
    database: Database
    made: Made
    cookies: list[str]

    def headers(self, who: int) -> dict[str, str]:
        return {**self.worker.host, "accept": "text/html", "cookie": self.cookies[who % READERS]}

    def page(self, cookie: str) -> tuple[int, float]:
        """A page that is rendered for its reader, so never without the database."""
        began = time.monotonic()
        status, _text = self.worker.get(self.made.path, {"cookie": cookie, "accept": "text/html"}, 30)
        return status, time.monotonic() - began


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Iterator[House]:
    with served(settings) as site:
        made = shelve(site)
    database = Database(settings.database_url)
    cookies = signed_in(database, settings, READERS)
    url = make_url(settings.database_url)
    folder = str(url.query["host"])
    with faulty(f"{folder}/.s.PGSQL.5432") as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={"sslmode": "disable"})
        there = settings.model_copy(update={"database_url": through.render_as_string(hide_password=False)})
        worker = Worker(there, tmp_path)
        with workers(worker):
            yield House(worker, proxy, database, made, cookies)
    database.close()


@pytest.mark.timed
def test_a_database_that_refuses_is_told_at_once_and_then_back_by_itself(house: House) -> None:
    assert house.page(house.cookies[0])[0] == 200
    house.proxy.set(Fault(refuses=True))
    answers = [house.page(cookie) for cookie in house.cookies[:5]]
    assert house.proxy.counts["cut"] + house.proxy.counts["refused"] >= 5, "the database did not refuse"
    assert [status for status, _ in answers] == [503] * 5
    assert min(took for _, took in answers) < 2, "they all waited for it"
    assert house.worker.get("/healthz")[0] == 200
    assert house.worker.get("/readyz") == (503, "The database can't be reached.\n")
    house.proxy.set(WELL)
    assert wait_for(lambda: house.page(house.cookies[0])[0] == 200) < RECOVERY
    assert house.worker.get("/readyz")[0] == 200


@alone
@pytest.mark.timed
def test_a_silent_database_holds_nobody_for_long_and_is_back_by_itself(house: House) -> None:
    """The server takes what it is sent and says nothing: no limit of its own will ever end a statement."""
    ask = partial(crowd, port=house.worker.port, path=house.made.path, headers=house.headers)
    assert {status for status, _ in ask(20)} == {200}
    house.proxy.set(Fault(is_silent=True))
    healthy: list[tuple[bool, float]] = []
    over = threading.Event()

    def probe() -> None:
        while not over.wait(0.25):
            began = time.monotonic()
            healthy.append((house.worker.is_alive(), time.monotonic() - began))

    prober = threading.Thread(target=probe)
    prober.start()
    began = time.monotonic()
    answers = ask(CROWD)
    took = time.monotonic() - began
    over.set()
    prober.join()
    assert house.proxy.counts["held"] > 0, "the database was not silent"
    assert {status for status, _ in answers} == {503}
    assert took < 11
    assert sorted(each for _, each in answers)[CROWD * 9 // 10] < 6, "all but those who held a connection"
    assert all(is_alive for is_alive, _ in healthy)
    threads = len(list(Path(f"/proc/{house.worker.pid}/task").iterdir()))
    assert threads < 70
    house.proxy.set(WELL)
    assert wait_for(lambda: house.page(house.cookies[0])[0] == 200) < RECOVERY
    assert {status for status, _ in ask(20)} == {200}


@alone
def test_connections_lost_in_the_middle_fail_requests_whole_and_use_is_counted_once(house: House) -> None:
    worker, database, made = house.worker, house.database, house.made
    assert made.file is not None
    ended = 0
    with Journeys([worker.port], worker.host, made.path, house.cookies, 12, made.file) as load:
        for _ in range(12):
            time.sleep(0.25)
            with database.writing() as db:
                ended += (
                    db.connection()
                    .execute(
                        sa.text(
                            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity "
                            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.7"
                        )
                    )
                    .scalar_one()
                )
        time.sleep(1.5)
        settled_at = time.monotonic()
        time.sleep(1)
    assert ended >= 12, "no connection was ended"
    assert {each.status for each in load.asked} <= {200, 201, 503}
    assert [each for each in load.wrong if " 503," not in each] == []
    assert all(each.status != 503 for each in load.asked if each.began_at > settled_at)
    nothing_is_lost_or_half_done(load, database)


@alone
def test_with_every_connection_taken_the_rest_are_told_so_soon(house: House) -> None:
    """Readers' transactions wait for a row that somebody holds, until none of the worker's connections is left."""
    answers: list[tuple[int, float]] = []

    def rush() -> None:
        answers.extend(crowd(40, house.worker.port, f"{house.made.path}.pdf", house.headers))

    with tickets_held(house.database):
        rushing = threading.Thread(target=rush)
        rushing.start()
        wait_for(lambda: waiting_in(house.database) >= POOL)
        late = crowd(20, house.worker.port, house.made.path, house.headers)
        assert waiting_in(house.database) == POOL, "no connection more, and none fewer: the fault has lasted"
        assert house.worker.is_alive()
        rushing.join()
    assert {status for status, _ in [*answers, *late]} == {503}
    assert max(took for _, took in answers) < 12
    assert max(took for _, took in late) < 5
    assert wait_for(lambda: house.page(house.cookies[0])[0] == 200) < RECOVERY


@contextmanager
def tickets_held(database: Database) -> Iterator[None]:
    """Nobody can write down a new link."""
    with database.writing() as db:
        db.connection().exec_driver_sql("LOCK TABLE ticket IN EXCLUSIVE MODE")
        yield


def waiting_in(database: Database) -> int:
    """How many transactions wait for somebody's lock."""
    with database.reading() as db:
        question = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(db.connection().exec_driver_sql(question).scalar_one())
