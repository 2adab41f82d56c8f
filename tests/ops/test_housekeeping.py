"""The portal's own jobs: each does what it says, and of two real servers one does it."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from api import clock
from api.access import keys
from api.account import closure
from api.intake.pipeline import receive
from api.jobs import LOOK_AGAIN, Runner
from api.notices import announce
from api.notices.mails import PostOffice
from api.ops.housekeeping import periodic_jobs
from api.settings import Settings
from api.shelf import queries
from api.signin import attempts, sessions
from api.signin.people import Profile, recognise
from api.tables import Attempt, Erasure, Job, MailState, NoticeKind, Session, State, Ticket, Title, User
from api.usage.salts import salt_of
from storage.keys import staged_id
from tests import mailserver
from tests.make import shelve
from tests.notices.readers import Shelf
from tests.patience import PATIENCE
from tests.site import Site, free_port

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def tidy(site: Site, at: datetime, office: PostOffice | None = None) -> dict[str, str | None]:
    """Every job done that is due at an instant; the words of each one's last run."""
    with clock.frozen(at):
        Runner(site.portal.database, periodic_jobs(site.portal.store, site.portal.seal, office)).run_due()
    with site.portal.database.reading() as db:
        rows = db.exec(select(Job)).all()
    assert not [row.words for row in rows if row.is_failing]
    return {row.name: row.words for row in rows}


def revision(site: Site) -> int:
    with site.portal.database.reading() as db:
        return queries.revision(db)


def test_an_opening_makes_the_pages_new_once(site: Site) -> None:
    shelve(site, opens_at=NOON)
    shelve(site, "another", opens_at=NOON + DAY)
    shelve(site, "a-draft", opens_at=NOON, state=State.DRAFT)
    tidy(site, NOON - DAY)
    before = revision(site)
    assert tidy(site, NOON - timedelta(seconds=1))["opening embargoes"] == "Opened 0 titles."
    assert revision(site) == before
    assert tidy(site, NOON + timedelta(minutes=1))["opening embargoes"] == "Opened 1 title."
    assert revision(site) == before + 1
    assert tidy(site, NOON + timedelta(minutes=2))["opening embargoes"] == "Opened 0 titles."
    assert revision(site) == before + 1


def test_what_opened_while_no_server_ran_is_not_missed(site: Site) -> None:
    made = shelve(site, opens_at=NOON)
    tidy(site, NOON - DAY)
    before, dated = revision(site), modified_at(site, made.id)
    assert tidy(site, NOON + 30 * DAY)["opening embargoes"] == "Opened 1 title."
    assert revision(site) == before + 1
    assert modified_at(site, made.id) != dated  # those who harvest records are told that it is open


def modified_at(site: Site, title_id: int) -> datetime:
    with site.portal.database.reading() as db:
        return db.get_one(Title, title_id).modified_at


def test_mail_waits_for_a_server_and_then_goes_out(site: Site) -> None:
    shelf = Shelf(site.portal.database)
    with clock.frozen(NOON):
        shelf.reader("rea@readers.example")
        shelf.tell()
    assert tidy(site, NOON)["sending mail"] == "There is no mail server; notices are on readers' pages."
    with mailserver.serving(None) as server:
        office = PostOffice(server.settings, site.portal.seal, site.url)
        assert tidy(site, NOON + MINUTE, office)["sending mail"] == "Sent 1, put off 0, gave up 0."
        assert tidy(site, NOON + 2 * MINUTE, office)["sending mail"] == "Sent 0, put off 0, gave up 0."
        assert server.mailbox.recipients == ["rea@readers.example"]


def test_a_notice_that_was_only_begun_comes_to_its_readers_once(site: Site) -> None:
    shelf = Shelf(site.portal.database)
    tidy(site, NOON - DAY)
    readers = {shelf.reader("rea@readers.example"), shelf.reader("ned@readers.example")}
    with site.portal.database.writing() as db:
        title = db.get_one(Title, shelf.title_id)
        announce.begin(db, title, NoticeKind.ERRATUM, "Page 12.", by=None, now=NOON)
    assert tidy(site, NOON + MINUTE)["telling holders"] == "Told 2 readers."
    assert shelf.told() == readers
    assert tidy(site, NOON + 2 * MINUTE)["telling holders"] == "Told 0 readers."
    shelf.reader("later@readers.example")
    assert tidy(site, NOON + 9 * MINUTE)["telling holders"] == "Told 0 readers."  # who came long after is not told


def test_mail_that_no_server_takes_in_four_days_is_given_up(site: Site) -> None:
    shelf = Shelf(site.portal.database)
    with clock.frozen(NOON):
        shelf.reader("rea@readers.example")
        shelf.tell()
    tidy(site, NOON + 4 * DAY)
    assert shelf.states() == [MailState.GIVEN_UP]


def test_sessions_and_attempts_end(site: Site) -> None:
    with clock.frozen(NOON), site.portal.database.writing() as db:
        sessions.begin(db, site.portal.seal, recognise(db, "demo", Profile("https://id.example.org", "rea")))
        attempts.begin(db, site.portal.seal, "browser", "demo", "/")
    assert tidy(site, NOON + timedelta(minutes=9))["ending sign-ins"] == "Ended 0 sessions and 0 attempts to sign in."
    assert tidy(site, NOON + timedelta(minutes=19))["ending sign-ins"] == "Ended 0 sessions and 1 attempt to sign in."
    assert tidy(site, NOON + 8 * DAY)["ending sign-ins"] == "Ended 1 session and 0 attempts to sign in."
    with site.portal.database.reading() as db:
        assert db.exec(select(Session)).all() == []
        assert db.exec(select(Attempt)).all() == []


def test_links_are_kept_a_month_after_their_end(site: Site) -> None:
    made = shelve(site)
    with clock.frozen(NOON), site.portal.database.writing() as db:
        user_id = recognise(db, "demo", Profile("https://id.example.org", "rea")).user_id
        edition = queries.find_by_id(db, made.id, None, NOON).record.edition
        db.add(Ticket(digest="d" * 64, user_id=user_id, edition_id=edition.id, expires_at=NOON, uses_left=5))
    assert tidy(site, NOON + 30 * DAY)["forgetting old links"] == "Forgot 0 links."
    assert tidy(site, NOON + 31 * DAY)["forgetting old links"] == "Forgot 1 link."


def test_access_keys_are_kept_a_month_after_their_end(site: Site) -> None:
    with site.portal.database.writing() as db:
        user_id = recognise(db, "demo", Profile("https://id.example.org", "rea")).user_id
        keys.make(db, site.portal.seal, user_id, "laptop", 1, NOON)
        keys.make(db, site.portal.seal, user_id, "library", 90, NOON)
    assert tidy(site, NOON + 31 * DAY)["forgetting old access keys"] == "Forgot 0 access keys."
    assert tidy(site, NOON + 32 * DAY)["forgetting old access keys"] == "Forgot 1 access key."


def test_closed_accounts_are_erased_after_seven_days(site: Site) -> None:
    with clock.frozen(NOON), site.portal.database.writing() as db:
        user_id = recognise(db, "demo", Profile("https://id.example.org", "rea")).user_id
        closure.close(db, user_id, NOON)
    assert tidy(site, NOON + 7 * DAY - timedelta(seconds=1))["erasing closed accounts"] == "Erased 0 accounts."
    assert tidy(site, NOON + 7 * DAY + timedelta(hours=1))["erasing closed accounts"] == "Erased 1 account."
    with site.portal.database.reading() as db:
        assert db.exec(select(User)).all() == []
    assert tidy(site, NOON + 98 * DAY)["forgetting old lines"] == "Forgot 1 line of logs, audit, fair use and erasures."
    with site.portal.database.reading() as db:
        assert db.exec(select(Erasure)).all() == []


def test_the_salts_of_readers_keys_are_destroyed_after_two_days(site: Site) -> None:
    midnight, words = NOON.replace(hour=0), "Destroyed {} of readers' keys."
    with site.portal.database.writing() as db:
        salt_of(db, NOON.date())
    assert tidy(site, midnight + timedelta(hours=47))["destroying old salts"] == words.format("0 salts")
    assert tidy(site, midnight + timedelta(hours=48))["destroying old salts"] == words.format("1 salt")


def test_counts_go_when_their_time_is_over(site: Site) -> None:
    with clock.frozen(NOON):
        site.browser().post("/sign-in/demo", data={"next": "/"})
    assert tidy(site, NOON + timedelta(minutes=9))["forgetting old counts"] == "Forgot 0 counts of rate limits."
    assert tidy(site, NOON + DAY)["forgetting old counts"] == "Forgot 1 count of rate limits."


def test_the_staging_is_swept(site: Site, settings: Settings) -> None:
    staging = settings.storage.root / ".staging"
    staging.mkdir(parents=True)
    (staging / "half").write_bytes(b"half a file")
    os.utime(staging / "half", times=(time.time() - 2 * 86_400,) * 2)
    assert tidy(site, NOON)["sweeping the staging"] == "Removed 1 piece of broken-off uploads."


def test_a_staged_file_that_waits_to_be_checked_is_not_swept(site: Site) -> None:
    store, waiting, given_up = site.portal.store, staged_id(), staged_id()
    for each in (waiting, given_up):
        store.stage(each, io.BytesIO(b"bytes"))
        os.utime(site.portal.settings.storage.root / ".staging" / each, (1_700_000_000, 1_700_000_000))
    with site.portal.database.writing() as db:
        receive(db, staged_id=waiting, file_name="volume.pdf", size=5, title_id=None)
    assert tidy(site, clock.now())["sweeping the staging"] == "Removed 1 piece of broken-off uploads."
    assert store.staged_size(waiting) == 5


@contextmanager
def serving(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """`serve` as a process of its own on a free port, from when it says that it is ready."""
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GATEFOLD_PUBLIC_URL": f"http://localhost:{port}",
        "GATEFOLD_SECRET_KEY": settings.secret_key.get_secret_value(),
        "GATEFOLD_DATABASE_URL": settings.database_url,
        "GATEFOLD_STORAGE__ROOT": str(settings.storage.root),
    }
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Gatefold is ready")
            yield process
        finally:
            process.kill()


@pytest.mark.timed
def test_two_servers_open_a_title_once_and_stop_at_once(site: Site, settings: Settings) -> None:
    shelve(site, opens_at=clock.now() - DAY)
    before = revision(site)
    every = {job.name: job.every for job in periodic_jobs(site.portal.store, site.portal.seal)}
    with serving(settings) as one, serving(settings) as other:
        begun = time.monotonic()
        while [row.runs > 0 for row in all_jobs(site)] != [True] * len(every):
            assert time.monotonic() - begun < 2 * PATIENCE
            time.sleep(0.05)
        begun = time.monotonic()
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
        for process in (one, other):
            process.wait(timeout=PATIENCE)
        assert time.monotonic() - begun < LOOK_AGAIN, "nobody waits until there is work again"
    assert revision(site) == before + 1
    assert {row.name: row.is_failing for row in all_jobs(site)} == dict.fromkeys(every, False)
    assert {row.runs for row in all_jobs(site) if every[row.name] >= timedelta(hours=1)} == {1}


def all_jobs(site: Site) -> list[Job]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Job).order_by(col(Job.name))).all())


@pytest.mark.parametrize("with_jobs", [False, True])
def test_jobs_run_only_where_they_are_asked_for(settings: Settings, with_jobs: bool) -> None:
    import threading

    from starlette.testclient import TestClient

    from api.app import create_app

    with TestClient(create_app(settings, with_jobs=with_jobs)):
        assert ("jobs" in {thread.name for thread in threading.enumerate()}) is with_jobs
    assert "jobs" not in {thread.name for thread in threading.enumerate()}
