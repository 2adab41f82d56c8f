"""Closing months: exactly once, whoever dies; recounted while the events are there; and then forgotten."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from api import clock
from api.database import Database
from api.errors import Conflict
from api.jobs import LeaseLost, Run, Runner
from api.ops.housekeeping import close_months, periodic_jobs
from api.seal import Seal
from api.tables import Event, UsageMonth, metadata
from api.usage import closing, robots
from api.usage.months import Month
from api.usage.robots import Robots
from storage.local import LocalStore
from tests.conftest import SECRET
from tests.patience import PATIENCE
from tests.usage.month import JANUARY, independently, make_events, shelve_three, sums

ROOT = Path(__file__).parents[2]
FEBRUARY = JANUARY.next
DAY = timedelta(days=1)
SOON = FEBRUARY.begins_at + 2 * DAY


def months(database: Database) -> dict[str, UsageMonth]:
    with database.reading() as db:
        return {row.month: row for row in db.exec(select(UsageMonth)).all()}


def events(database: Database) -> int:
    with database.reading() as db:
        return db.exec(select(sa.func.count(col(Event.id)))).one()


def tidy(database: Database, at: datetime, tmp_path: Path) -> None:
    """The two jobs, as `serve` runs them."""
    jobs = periodic_jobs(LocalStore(tmp_path / "files"), Seal(SECRET))
    with clock.frozen(at):
        Runner(database, [job for job in jobs if job.name.endswith(" use") or job.name.startswith("closing")]).run_due()


def test_sums_are_those_of_a_computation_of_its_own(database: Database) -> None:
    make_events(database, shelve_three(database))
    expected = independently(database)
    closed = closing.close(database, JANUARY, Robots())
    assert closed == closing.Closed(JANUARY, 1500)
    found = sums(database)
    assert len(found) > 20
    assert found == expected


def test_a_month_is_closed_a_day_after_its_end_and_forgotten_after_45_days(database: Database, tmp_path: Path) -> None:
    shelf = shelve_three(database)
    make_events(database, shelf)
    make_events(database, shelf, FEBRUARY, 300)
    expected = None
    for at, closed, left in (
        (FEBRUARY.begins_at + DAY / 2, [], 1800),
        (FEBRUARY.begins_at + DAY, ["2026-01"], 1800),
        (JANUARY.begins_at + 45 * DAY, ["2026-01"], 1800),
        (JANUARY.ends_at + 45 * DAY, ["2026-01", "2026-02"], 300),
        (FEBRUARY.ends_at + 45 * DAY, ["2026-01", "2026-02", "2026-03"], 0),
    ):
        tidy(database, at, tmp_path)
        assert sorted(months(database)) == closed, at
        assert events(database) == left, at
        expected = expected or sums(database)
    assert sums(database) == expected
    assert months(database)["2026-03"].events == 0


def test_what_is_not_closed_is_not_forgotten(database: Database) -> None:
    make_events(database, shelve_three(database))
    assert closing.forget(database, SOON + 100 * DAY) == 0
    assert events(database) == 1500


def test_after_forgetting_no_agent_no_key_and_no_site_is_left(database: Database, tmp_path: Path) -> None:
    make_events(database, shelve_three(database))
    tidy(database, FEBRUARY.ends_at + 45 * DAY, tmp_path)
    with database.reading() as db:
        everything = [
            str(value).lower()
            for table in metadata.sorted_tables
            for row in db.connection().execute(sa.select(table))
            for value in row
        ]
    assert sums(database)
    assert not [value for value in everything if "canary" in value]


def test_a_changed_list_of_robots_counts_again_while_the_events_are_there(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_events(database, shelve_three(database))
    tidy(database, SOON, tmp_path)
    before = sums(database)
    longer = tmp_path / "robots.txt"
    longer.write_text(robots.OUR_LIST.read_text() + "\ncanaryagent\n")
    monkeypatch.setattr("api.usage.robots.OUR_LIST", longer)
    tidy(database, SOON + DAY, tmp_path)
    assert before
    assert sums(database) == set()
    monkeypatch.undo()
    tidy(database, SOON + 2 * DAY, tmp_path)
    assert sums(database) == before
    tidy(database, JANUARY.begins_at + 46 * DAY, tmp_path)  # the first day is forgotten
    monkeypatch.setattr("api.usage.robots.OUR_LIST", longer)
    tidy(database, JANUARY.begins_at + 47 * DAY, tmp_path)
    assert sums(database) == before
    with pytest.raises(Conflict, match="forgotten"):
        closing.close(database, JANUARY, Robots())


def test_a_month_that_is_not_over_is_not_closed(database: Database) -> None:
    with clock.frozen(datetime(2026, 1, 31, 23, 59, tzinfo=UTC)), pytest.raises(Conflict, match="not over"):
        closing.close(database, JANUARY, Robots())


def test_two_workers_and_a_kill_in_the_middle_lose_and_double_nothing(database: Database, database_url: str) -> None:
    make_events(database, shelve_three(database))
    expected = independently(database)
    worker = [sys.executable, "-m", "tests.usage.closer", database_url, str(JANUARY)]
    with subprocess.Popen([*worker, "waits"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"written\n"
        assert sums(database) == set()
        killed.kill()
    assert sums(database) == set()
    assert months(database) == {}
    others = [subprocess.Popen(worker, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    assert [other.communicate(timeout=PATIENCE)[0] for other in others] == [b"closed\n"] * 2
    assert sums(database) == expected
    assert list(months(database)) == ["2026-01"]


def test_a_run_that_has_lost_its_lease_keeps_nothing(database: Database) -> None:
    make_events(database, shelve_three(database))
    with clock.frozen(SOON), pytest.raises(LeaseLost):
        close_months(Run(database, "closing months of use", "a worker that was too slow", SOON, None))
    assert sums(database) == set()


def test_months_follow_each_other() -> None:
    assert [str(each) for each in Month(2025, 11).to(Month(2026, 2))] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert Month(2026, 1).before == Month(2025, 12)
    assert (str(Month(2024, 2).last_day), Month(2024, 2).days) == ("2024-02-29", 29)
    for wrong in ("2026-13", "2026-1", "0000-01", "january", "2026-01-01"):
        with pytest.raises(ValueError, match="not a month"):
            Month.read(wrong)
