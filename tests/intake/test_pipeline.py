"""Received, checking, ready or rejected: each way a file can go, and what is left when the worker is killed on it."""

import hashlib
import io
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.formats.pdf_facts import facts_of
from api.intake.checker import Checker
from api.intake.leases import AGAIN, LEASE, Lease, LeaseLost
from api.intake.pipeline import MOST_TRIES, bring_to_shelf, receive, waiting
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, id_of, publish, withdraw
from api.tables import Chapter, ChapterFile, Edition, File, Intake, IntakeState, Kind, Title
from storage.keys import staged_id
from storage.local import LocalStore
from storage.s3 import S3Store
from storage.store import Missing, Store, Unreachable
from tests.intake.conftest import pdf_bytes
from tests.patience import PATIENCE
from tests.s3 import S3Server

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def title_id(database: Database) -> int:
    with database.writing() as db:
        facts = TitleFacts(slug="one", kind=Kind.REPORT, title="A Title", full_title="A Title")
        title = add_draft(db, TitleDraft(facts))
        publish(db, "one")
        return id_of(title)


@pytest.fixture
def good() -> bytes:
    return pdf_bytes(5)


def send(database: Database, store: Store, title_id: int, data: bytes, **declared: object) -> int:
    staged = staged_id()
    store.stage(staged, io.BytesIO(data))
    values = {"file_name": "volume.pdf", "size": len(data), "title_id": title_id} | declared
    with database.writing() as db:
        intake = receive(db, staged_id=staged, **values)  # type: ignore[arg-type]
        assert intake.id is not None
        return intake.id


def check(database: Database, store: Store) -> int:
    return Checker(database, store).check_waiting()


def seen(database: Database, intake_id: int) -> Intake:
    with database.reading() as db:
        return db.get_one(Intake, intake_id)


def editions(database: Database) -> list[int]:
    with database.reading() as db:
        return sorted(edition.number for edition in db.exec(select(Edition)).all())


def test_a_good_file_becomes_an_edition(database: Database, store: LocalStore, title_id: int, good: bytes) -> None:
    sha256 = hashlib.sha256(good).hexdigest()
    with clock.frozen(NOON):
        intake_id = send(database, store, title_id, good, sha256=sha256, file_name="../a/volume.pdf")
        received = seen(database, intake_id)
        assert (received.state, received.received_at, received.file_name) == ("received", NOON, "volume.pdf")
        assert check(database, store) == 1
    intake = seen(database, intake_id)
    assert (intake.state, intake.reason, intake.finished_at, intake.sha256) == ("ready", None, NOON, sha256)
    with database.reading() as db:
        edition = db.exec(select(Edition)).one()
        assert (edition.id, edition.file_id, edition.title_id) == (intake.edition_id, intake.file_id, title_id)
        facts = facts_of(edition.file.facts)
    assert facts == facts_of(intake.facts)
    assert facts is not None
    assert facts.page_count == 5
    with store.open(sha256) as file:
        assert file.read_at(0, file.size) == good
    with pytest.raises(Missing):
        store.staged_size(intake.staged_id)
    assert check(database, store) == 0


def test_a_file_whose_digest_nobody_knew_is_read(database: Database, store: LocalStore, title_id: int) -> None:
    intake_id = send(database, store, title_id, pdf_bytes())
    check(database, store)
    assert seen(database, intake_id).sha256 == hashlib.sha256(pdf_bytes()).hexdigest()


def test_a_file_for_a_chapter_makes_no_edition(database: Database, store: LocalStore, title_id: int) -> None:
    send(database, store, title_id, pdf_bytes(2))
    check(database, store)
    with database.writing() as db:
        chapter = Chapter(title_id=title_id, position=1, name="One")
        db.add(chapter)
        db.flush()
        chapter_id = chapter.id
    intake_id = send(database, store, title_id, pdf_bytes(), chapter_id=chapter_id)
    check(database, store)
    intake = seen(database, intake_id)
    assert intake.state == IntakeState.READY
    assert intake.edition_id is None
    assert len(editions(database)) == 1
    with database.reading() as db:
        own = db.exec(select(ChapterFile)).one()
    assert (own.chapter_id, own.file_id, own.origin) == (chapter_id, intake.file_id, "uploaded")


def test_a_chapter_comes_after_the_whole(database: Database, store: LocalStore, title_id: int) -> None:
    with database.writing() as db:
        chapter = Chapter(title_id=title_id, position=1, name="One")
        db.add(chapter)
        db.flush()
        chapter_id = chapter.id
    intake_id = send(database, store, title_id, pdf_bytes(), chapter_id=chapter_id)
    check(database, store)
    intake = seen(database, intake_id)
    assert (intake.state, "has no PDF yet" in str(intake.reason)) == (IntakeState.REJECTED, True)
    assert list(store.listing()) == []


def test_files_are_taken_up_in_the_order_they_came(database: Database, store: LocalStore, title_id: int) -> None:
    sent = [send(database, store, title_id, pdf_bytes(pages)) for pages in (1, 2, 3)]
    assert check(database, store) == 3
    assert [seen(database, each).edition_id for each in sent] == sorted(
        edition for each in sent if (edition := seen(database, each).edition_id)
    )


@pytest.mark.parametrize(
    ("data", "declared", "reason"),
    [
        (b"", {}, "The file is empty."),
        (b"<html>", {}, "is a web page"),
        (pdf_bytes()[:-40], {}, "is cut off"),
        (pdf_bytes(), {"size": 100}, "did not arrive whole: 100 bytes were announced"),
        (pdf_bytes(), {"sha256": "0" * 64}, "its SHA-256 is another"),
    ],
)
def test_what_is_not_fit_is_rejected_and_its_bytes_are_gone(
    database: Database, store: LocalStore, title_id: int, data: bytes, declared: dict[str, object], reason: str
) -> None:
    intake_id = send(database, store, title_id, data, **declared)
    assert check(database, store) == 1
    intake = seen(database, intake_id)
    assert intake.state == IntakeState.REJECTED
    assert reason in (intake.reason or "")
    assert intake.finished_at is not None
    assert editions(database) == []
    with pytest.raises(Missing):
        store.staged_size(intake.staged_id)
    assert check(database, store) == 0


def test_a_withdrawn_title_takes_no_file(database: Database, store: LocalStore, title_id: int) -> None:
    intake_id = send(database, store, title_id, pdf_bytes())
    with database.writing() as db:
        withdraw(db, "one")
    check(database, store)
    assert seen(database, intake_id).reason == "The title has been withdrawn."


def test_a_file_that_is_gone_from_the_staging(database: Database, store: LocalStore, title_id: int) -> None:
    intake_id = send(database, store, title_id, pdf_bytes())
    store.discard(seen(database, intake_id).staged_id)
    check(database, store)
    assert seen(database, intake_id).reason == "The file is no longer there; send it again."


def test_a_title_that_goes_takes_its_waiting_files_along(database: Database, store: LocalStore, title_id: int) -> None:
    send(database, store, title_id, pdf_bytes())
    with database.writing() as db:
        db.delete(db.get_one(Title, title_id))
    assert check(database, store) == 0
    assert store.sweep(timedelta(0)) == 1


def test_of_several_workers_one_does_it(database: Database, store: LocalStore, title_id: int) -> None:
    sent = [send(database, store, title_id, pdf_bytes(pages)) for pages in (1, 2, 3)]
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: check(database, store), range(4)))
    assert sum(counts) == len(sent)
    assert editions(database) == [1, 2, 3]


def test_who_has_lost_the_lease_writes_nothing(database: Database, store: LocalStore, title_id: int) -> None:
    intake_id = send(database, store, title_id, pdf_bytes())
    with clock.frozen(NOON):
        slow = Lease.take(database, intake_id)
        assert Lease.take(database, intake_id) is None
        with database.reading() as db:
            assert waiting(db) is None
    assert slow is not None
    with clock.frozen(NOON + LEASE):
        quick = Lease.take(database, intake_id)
    assert quick is not None
    with pytest.raises(LeaseLost):
        bring_to_shelf(slow, store)
    assert editions(database) == []
    bring_to_shelf(quick, store)
    assert editions(database) == [1]


def test_a_store_that_is_away_is_not_the_files_fault(
    database: Database, store: LocalStore, title_id: int, s3_keys: None
) -> None:
    intake_id = send(database, store, title_id, pdf_bytes())
    away = S3Store("titles", endpoint_url="http://127.0.0.1:9")
    with clock.frozen(NOON):
        lease = Lease.take(database, intake_id)
        assert lease is not None
        with pytest.raises(Unreachable):
            bring_to_shelf(lease, away)
        assert (seen(database, intake_id).state, seen(database, intake_id).tries) == ("received", 0)
        assert check(database, store) == 0, "it is not tried again at once"
    with clock.frozen(NOON + AGAIN):
        assert check(database, store) == 1
    assert seen(database, intake_id).state == IntakeState.READY


def test_a_file_that_kills_every_worker_is_given_up(database: Database, store: LocalStore, title_id: int) -> None:
    intake_id = send(database, store, title_id, pdf_bytes())
    for number in range(MOST_TRIES):
        with clock.frozen(NOON + number * LEASE):
            assert Lease.take(database, intake_id) is not None
    with clock.frozen(NOON + MOST_TRIES * LEASE):
        check(database, store)
    intake = seen(database, intake_id)
    assert intake.state == IntakeState.REJECTED
    assert "broke off 3 times" in (intake.reason or "")


def test_a_file_in_a_bucket_is_checked_and_kept_there(
    database: Database, title_id: int, s3_server: S3Server, s3_keys: None, good: bytes
) -> None:
    store = S3Store(s3_server.bucket(), endpoint_url=s3_server.url)
    good_id, bad_id = send(database, store, title_id, good), send(database, store, title_id, b"<html>")
    assert check(database, store) == 2
    assert (seen(database, good_id).state, seen(database, bad_id).state) == ("ready", "rejected")
    assert store.stat(hashlib.sha256(good).hexdigest()).size == len(good)
    assert store.sweep(timedelta(0)) == 0


GOOD, BAD = pdf_bytes(), b"<html>"
BOUNDARIES = [
    *[("sqlite", GOOD, boundary) for boundary in ("before note", "after note", "after keep", "after finish")],
    *[("sqlite", BAD, boundary) for boundary in ("before reject", "before discard")],
    ("postgresql", GOOD, "after keep"),
]


@pytest.mark.parametrize(
    ("engine", "data", "boundary"), BOUNDARIES, ids=[f"{each[0]}-{each[2]}" for each in BOUNDARIES]
)
def test_killed_between_any_two_steps_it_is_finished_by_the_next(
    database: Database, database_url: str, tmp_path: Path, title_id: int, data: bytes, boundary: str
) -> None:
    store = LocalStore(tmp_path / "files")
    intake_id = send(database, store, title_id, data)
    command = [sys.executable, "-m", "tests.intake.mortal", database_url, str(tmp_path / "files"), *boundary.split()]
    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=2 * PATIENCE, stderr=subprocess.PIPE)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    half_way = seen(database, intake_id)
    assert (editions(database) != []) == (half_way.state == IntakeState.READY), "half visible"

    with clock.frozen(clock.now() + LEASE):
        check(database, store)
    intake = seen(database, intake_id)
    if data == BAD:
        assert (intake.state, editions(database)) == (IntakeState.REJECTED, [])
        assert "web page" in (intake.reason or "")
    else:
        assert (intake.state, editions(database)) == (IntakeState.READY, [1])
        with database.reading() as db:
            file = db.exec(select(File)).one()
        with store.open(file.sha256) as kept:
            assert kept.read_at(0, kept.size) == data
    store.sweep(timedelta(0))
    assert list((tmp_path / "files" / ".staging").iterdir()) == []
