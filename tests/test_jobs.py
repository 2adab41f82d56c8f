"""Jobs: of several workers one does each, a dead worker's is taken over, a failure is kept in words and tried again."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from api import clock
from api.database import Database
from api.jobs import LeaseLost, Periodic, Run, Runner
from api.settings import Settings
from api.tables import Job
from tests.ops.worker import JOB

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.close()


def job(work: Callable[[Run], str], name: str = "tidying") -> Periodic:
    return Periodic(name, every=10 * MINUTE, lease=MINUTE, work=work)


def row(database: Database, name: str = "tidying") -> Job:
    with database.reading() as db:
        found = db.get(Job, name)
    assert found is not None
    return found


@contextmanager
def worker(settings: Settings, notes: Path, *, every: float, lease: float, takes: float) -> Iterator[subprocess.Popen]:
    words = [settings.database_url, str(notes), *map(str, (every, lease, takes))]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ops.worker", *words], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(what: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def lines(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


def test_a_new_job_is_done_at_once_and_then_waits_its_time(database: Database) -> None:
    seen: list[Run] = []
    runner = Runner(database, [job(lambda run: f"Tidied {seen.append(run) or len(seen)}.")])
    with clock.frozen(NOON):
        assert (runner.run_due(), runner.run_due()) == (1, 0)
    with clock.frozen(NOON + 10 * MINUTE):
        assert (runner.run_due(), runner.run_due()) == (1, 0)
    assert [run.settled_until for run in seen] == [None, NOON]
    kept = row(database)
    assert (kept.runs, kept.words, kept.is_failing) == (2, "Tidied 2.", False)
    assert (kept.next_at, kept.leased_by, kept.leased_until) == (NOON + 20 * MINUTE, None, None)


def test_a_job_that_fails_says_why_and_is_tried_again(database: Database) -> None:
    seen: list[Run] = []

    def work(run: Run) -> str:
        seen.append(run)
        if len(seen) == 1:
            raise OSError("the disk is away\nand more that nobody needs")
        return "All well."

    runner = Runner(database, [job(work), job(lambda _run: "Done.", "another")])
    with clock.frozen(NOON):
        assert runner.run_due() == 2
    failed = row(database)
    assert (failed.is_failing, failed.words, failed.runs) == (True, "OSError: the disk is away", 1)
    assert row(database, "another").words == "Done."
    with clock.frozen(NOON + 10 * MINUTE):
        assert runner.run_due() == 2
    assert (row(database).is_failing, row(database).words) == (False, "All well.")
    assert seen[1].settled_until is None, "a run that failed has settled nothing"


def test_what_another_worker_holds_is_left_to_it_until_its_lease_ends(database: Database) -> None:
    inner: list[int] = []
    other = Runner(database, [job(lambda _run: "Done by the other.")])

    def work(_run: Run) -> str:
        for waited in (0 * MINUTE, MINUTE - timedelta(seconds=1), MINUTE):
            with clock.frozen(NOON + waited):
                inner.append(other.run_due())
        return "Done late."

    with clock.frozen(NOON):
        Runner(database, [job(work)]).run_due()
    assert inner == [0, 0, 1]
    assert (row(database).words, row(database).runs) == ("Done by the other.", 1)


def test_who_has_lost_the_lease_can_settle_nothing(database: Database) -> None:
    other = Runner(database, [job(lambda _run: "Done by the other.")])

    def work(run: Run) -> str:
        with clock.frozen(NOON + MINUTE):
            other.run_due()
        with pytest.raises(LeaseLost), run.settling() as db:
            db.add(Job(name="never kept"))
        return "Done late."

    with clock.frozen(NOON):
        Runner(database, [job(work)]).run_due()
    assert row(database).words == "Done by the other."
    with database.reading() as db:
        assert db.get(Job, "never kept") is None


def test_what_was_settled_before_a_worker_died_is_not_settled_again(database: Database) -> None:
    class Killed(BaseException):
        """Passes through the runner as no failure of a job does."""

    def work(run: Run) -> str:
        with run.settling():
            pass
        raise Killed

    with clock.frozen(NOON), pytest.raises(Killed):
        Runner(database, [job(work)]).run_due()
    seen: list[Run] = []
    with clock.frozen(NOON + MINUTE):
        Runner(database, [job(lambda run: seen.append(run) or "Done.")]).run_due()
    assert [run.settled_until for run in seen] == [NOON]


def test_stopping_an_idle_runner_is_quick(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.jobs.LOOK_AGAIN", 3600)
    monkeypatch.setattr("api.jobs.LAST_RUN", 60)
    runner = Runner(database, [job(lambda _run: "Done.")])
    runner.start()
    wait_for(lambda: runner.run_due() == 0 and row(database).runs == 1)
    runner.stop()
    assert not runner._thread.is_alive(), "it has slept on"


def test_a_runner_goes_on_after_the_database_was_away(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("api.jobs.LOOK_AGAIN", 0.05)
    rename(database, "job", "job_away")
    runner = Runner(database, [job(lambda _run: "Done.")])
    runner.start()
    wait_for(lambda: "jobs wait for the database" in caplog.text)
    rename(database, "job_away", "job")
    wait_for(lambda: enrolled(database) and row(database).runs == 1)
    runner.stop()


def rename(database: Database, name: str, new_name: str) -> None:
    with database.writing() as db:
        db.connection().execute(sa.text(f"ALTER TABLE {name} RENAME TO {new_name}"))


def enrolled(database: Database) -> bool:
    with database.reading() as db:
        return db.get(Job, "tidying") is not None


def test_each_time_it_is_due_one_of_several_workers_does_it(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    begun = clock.now()
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(worker(settings, notes, every=0.2, lease=600, takes=0.05))
        wait_for(lambda: len({line.split()[1] for line in lines(notes)}) > 1 and len(lines(notes)) > 20)
    written = [line.split() for line in lines(notes)]
    last = row(database, JOB)
    began = [pid for word, pid in written if word == "began"]
    assert last.runs in (len(began), len(began) - 1)
    assert len(began) <= (clock.now() - begun).total_seconds() / 0.2 + 1
    for (first, first_pid), (second, second_pid) in zip(written[::2], written[1::2], strict=False):
        assert (first, second, first_pid) == ("began", "ended", second_pid), "two at it at once"


def test_a_killed_workers_job_is_taken_over_when_its_lease_ends(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    with worker(settings, notes, every=3600, lease=1.5, takes=600) as doomed:
        wait_for(lambda: len(lines(notes)) == 1)
        with worker(settings, notes, every=3600, lease=600, takes=0) as heir:
            doomed.kill()
            wait_for(lambda: len(lines(notes)) == 3 and row(database, JOB).runs == 1)
    assert lines(notes) == [f"began {doomed.pid}", f"began {heir.pid}", f"ended {heir.pid}"]
    kept = row(database, JOB)
    assert (kept.words, kept.leased_by) == ("Wrote two notes.", None)
