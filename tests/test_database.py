"""Reading cannot write, waiting ends, and of many writers at once none is lost; on both engines."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import select

from api import clock
from api.access.rules import give_grant, set_ladder
from api.database import Database, hold
from api.errors import Conflict
from api.postgresql import SESSION_LIMITS
from api.settings import Settings
from api.shelf.queries import revision
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, id_of
from api.tables import Grant, Kind, Rule, RuleKind, Title, User
from tests.postgres import Postgres
from tests.site import served

DRAFT = TitleDraft(TitleFacts(slug="a-title", kind=Kind.REPORT, title="A Title", full_title="A Title"))
ISSUER = "https://id.example.org"


@pytest.fixture
def title_id(database: Database) -> int:
    with database.writing() as db:
        return id_of(add_draft(db, DRAFT))


@pytest.fixture
def on_postgresql(postgresql: Postgres) -> Iterator[Database]:
    with postgresql.database() as url:
        database = Database(url, pool=1)
        yield database
        database.close()


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """What `count` threads come back with that begin together; refusals and faults included."""
    start = threading.Barrier(count)

    def run(number: int) -> object:
        start.wait()
        try:
            return act(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.reading() as db:
        db.add(User(name="Rea"))
        with pytest.raises(DBAPIError, match=r"read.?only"):
            db.flush()
    with database.reading() as db:
        assert db.exec(select(User)).all() == []


def test_a_reading_session_sees_one_unchanging_shelf(database: Database, title_id: int) -> None:
    with database.reading() as db:
        before = db.exec(select(Title.title)).one()
        with database.writing() as other:
            other.exec(sa.update(Title).values(title="Another Title"))
        assert db.exec(select(Title.title)).one() == before
    with database.reading() as db:
        assert db.exec(select(Title.title)).one() == "Another Title"


def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    with pytest.raises(Conflict), database.writing() as db:
        _ = [add_draft(db, DRAFT) for _ in range(2)]
    with database.reading() as db:
        assert (db.exec(select(Title)).all(), revision(db)) == ([], 0)


def test_every_change_of_many_at_once_ages_the_pages(database: Database, title_id: int) -> None:
    with database.reading() as db:
        before = revision(db)

    def rename(number: int) -> None:
        with database.writing() as db:
            title = db.get(Title, title_id, with_for_update=True)
            assert title is not None
            title.subtitle = f"Volume {number}"

    assert at_once(8, rename) == [None] * 8
    with database.reading() as db:
        assert revision(db) == before + 8


def test_writers_of_different_titles_do_not_stop_each_other(on_postgresql: Database) -> None:
    with on_postgresql.writing() as db:
        add_draft(db, DRAFT)
        db.flush()
        other = TitleDraft(TitleFacts(slug="another", kind=Kind.REPORT, title="B", full_title="B"))
        with on_postgresql.writing() as beside:
            add_draft(beside, other)
    with on_postgresql.reading() as db:
        assert len(db.exec(select(Title)).all()) == 2


def test_of_many_who_take_a_slug_one_has_it(database: Database) -> None:
    def draft(_: int) -> int:
        with database.writing() as db:
            return id_of(add_draft(db, DRAFT))

    outcomes = at_once(8, draft)
    assert sorted(type(each).__name__ for each in outcomes) == ["SlugTaken"] * 7 + ["int"]


def test_of_many_who_name_a_reader_one_gives_the_grant(database: Database, title_id: int) -> None:
    def name(_: int) -> bool:
        with database.writing() as db:
            return give_grant(db, title_id, ISSUER, "rea")

    assert sorted(map(bool, at_once(8, name))) == [False] * 7 + [True]
    with database.reading() as db:
        assert len(db.exec(select(Grant)).all()) == 1


def test_ladders_set_at_once_do_not_mix(database: Database, title_id: int) -> None:
    ladders = ([RuleKind.EVERYONE], [RuleKind.SIGNED_IN, RuleKind.LISTED])

    def climb(number: int) -> None:
        with database.writing() as db:
            set_ladder(db, title_id, ladders[number % 2])

    assert at_once(8, climb) == [None] * 8
    with database.reading() as db:
        assert list(db.exec(select(Rule.kind).order_by(Rule.position)).all()) in ladders


def test_what_is_held_is_held_until_the_end(database: Database) -> None:
    inside, most = 0, 0

    def work(_: int) -> None:
        nonlocal inside, most
        with database.writing() as db:
            hold(db, "the reading room")
            inside += 1
            most = max(most, inside)
            time.sleep(0.02)
            inside -= 1

    assert at_once(6, work) == [None] * 6
    assert most == 1


@pytest.mark.timed
@pytest.mark.usefixtures("shipped_limits")
def test_postgresql_gives_up_waiting(on_postgresql: Database) -> None:
    with on_postgresql.reading() as db:
        limits = [
            db.connection().exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert limits == ["5s", "4s", "30s"]
    with on_postgresql.writing() as db, on_postgresql.writing() as beside:
        hold(db, "the reading room")
        begun = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"):
            hold(beside, "the reading room")
        assert time.monotonic() - begun > 3.5
        beside.rollback()


@pytest.mark.timed
@pytest.mark.usefixtures("shipped_limits")
def test_a_worker_takes_no_more_connections_than_it_may(on_postgresql: Database) -> None:
    with on_postgresql.reading() as one, on_postgresql.reading() as two, on_postgresql.reading() as three:
        for taken in (one, two):
            revision(taken)
        begun = time.monotonic()
        with pytest.raises(PoolTimeout):
            revision(three)
        assert time.monotonic() - begun < 25


def test_a_database_of_another_encoding_is_refused_with_the_way_to_a_better_one(postgresql: Postgres) -> None:
    with postgresql.database("template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'") as url:
        database = Database(url)
        with pytest.raises(OperationalError, match="SQL_ASCII; make it anew with `createdb --encoding UTF8"):
            database.agree_on_time()
        database.close()


def test_the_portal_goes_by_the_clock_of_its_database(postgresql: Postgres) -> None:
    """The server is asked for a time that is three hours ahead, by a function of that name before its own."""
    with postgresql.database() as url:
        given = Database(url)
        with given.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql "
                "AS 'SELECT pg_catalog.clock_timestamp() + interval ''3 hours'''"
            )
            connection.exec_driver_sql(
                f"ALTER DATABASE {given.engine.url.database} SET search_path = public, pg_catalog"
            )
        given.close()
        database = Database(url)
        try:
            database.agree_on_time()
            ahead = clock.now() - datetime.now(UTC)
        finally:
            clock.set_offset(timedelta(0))
            database.close()
    assert abs(ahead - timedelta(hours=3)) < timedelta(minutes=1)


def test_a_database_that_is_busy_is_a_page_not_a_fault(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.database.BUSY_TIMEOUT", 1)
    monkeypatch.setitem(SESSION_LIMITS, "lock_timeout", 1_000)
    with served(settings) as site:
        client = site.browser()
        with site.portal.database.engine.begin() as connection:  # SQLite's write lock comes with that
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE attempt")
            answer = client.post("/sign-in/demo", data={"next": "/"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
        assert "The records can’t be reached" in answer.text
        assert "the database does not answer" in caplog.text
        assert "Traceback" not in caplog.text
        assert client.post("/sign-in/demo", data={"next": "/"}).status_code == 303
