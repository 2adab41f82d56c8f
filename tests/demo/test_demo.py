"""The demo's shelf: every wall once, made through the real intake, kept by a second start."""

import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlmodel import select

from api import clock
from api.access.policy import NextStep, Reader, Reason
from api.database import Database
from api.demo.shelve import EXAMPLES, introduction, shelve
from api.formats.record import WORK_PATHS
from api.settings import Settings
from api.shelf.queries import Shelved, catalogue, find
from api.shelf.shelving import withdraw
from api.signin.people import Profile, reader_of_user, recognise
from api.tables import File, Identity
from storage.local import LocalStore
from tests.effort import all_threads, at_most
from tests.site import free_port

ROOT = Path(__file__).parents[2]
Shelf = tuple[Settings, Database, LocalStore]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shelf(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "gatefold.db").write_bytes(migrated.read_bytes())
    settings = Settings(
        _env_file=None,
        public_url="http://localhost:8000",
        secret_key="k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca",
        database_url=f"sqlite:///{folder / 'gatefold.db'}",
        storage={"root": folder / "files"},
        demo=True,
    )
    database, store = Database(settings.database_url), LocalStore(folder / "files")
    with clock.frozen(NOON):
        shelve(settings, database, store)
    yield settings, database, store
    database.close()


def reader(database: Database, subject: str) -> Reader:
    """Someone who has just signed in at the demo's provider."""
    with database.writing() as db:
        identity = recognise(db, "demo", Profile("http://localhost:8000/demo-provider", subject))
        found = reader_of_user(db, identity.user_id)
    assert found is not None
    return found


def on_shelf(database: Database, slug: str, who: Reader | None) -> Shelved:
    with database.reading() as db:
        found = [find(db, kind, slug, who, NOON) for kind in WORK_PATHS]
    return next(shelved for shelved in found if shelved is not None)


@pytest.mark.parametrize(
    ("slug", "who", "reason", "next_step"),
    [
        ("russia-china-relations", None, Reason.SIGN_IN_NEEDED, NextStep.SIGN_IN),
        ("russia-china-relations", "cleo", Reason.SIGNED_IN, NextStep.READ),
        ("an-open-door", None, Reason.EVERYONE, NextStep.READ),
        ("the-named-reader", "ben", Reason.LISTED, NextStep.READ),
        ("the-named-reader", "cleo", Reason.NOT_LISTED, NextStep.NONE),
        ("a-knock-at-the-door", "cleo", Reason.ASK_FIRST, NextStep.ASK),
        ("a-date-on-the-door", "ben", Reason.NOT_OPEN_YET, NextStep.WAIT),
        ("a-withdrawn-paper", "ben", Reason.WITHDRAWN, NextStep.NONE),
    ],
)
def test_every_wall_can_be_seen(shelf: Shelf, slug: str, who: str | None, reason: Reason, next_step: NextStep) -> None:
    decision = on_shelf(shelf[1], slug, reader(shelf[1], who) if who else None).decision
    assert (decision.reason, decision.next_step) == (reason, next_step)


def test_the_founding_title_leads_and_the_withdrawn_one_is_not_listed(
    shelf: Shelf,
) -> None:
    with shelf[1].reading() as db:
        leaf = catalogue(db, None, NOON)
    assert leaf is not None
    slugs = [shelved.record.slug for shelved in leaf.entries]
    assert slugs[0] == "russia-china-relations"
    assert set(slugs) == {example.slug for example in EXAMPLES} - {"a-withdrawn-paper"}


def test_an_organisation_stands_as_an_author(shelf: Shelf) -> None:
    (author,) = on_shelf(shelf[1], "an-open-door", None).record.authors
    assert author.is_organisation


def test_one_title_has_no_file_and_the_others_files_are_in_the_store(
    shelf: Shelf,
) -> None:
    _, database, store = shelf
    assert on_shelf(database, "the-empty-shelf", None).record.edition is None
    with database.reading() as db:
        files = db.exec(select(File)).all()
    assert len(files) == 6
    assert all(store.stat(file.sha256).size == file.size for file in files)


def test_the_embargo_ends_at_a_midnight_far_ahead(shelf: Shelf) -> None:
    opens_at = on_shelf(shelf[1], "a-date-on-the-door", None).record.opens_at
    assert opens_at == datetime(2027, 3, 22, tzinfo=UTC)


def test_ada_is_an_editor_before_she_first_signs_in(shelf: Shelf) -> None:
    with shelf[1].reading() as db:
        identity = db.exec(select(Identity).where(Identity.subject == "ada")).one()
        ada = reader_of_user(db, identity.user_id)
    assert ada is not None
    assert (ada.handle, ada.issuer, ada.is_staff) == ("demo:ada", "http://localhost:8000/demo-provider", True)


@pytest.mark.timed
def test_a_second_start_keeps_all_and_is_quick(shelf: Shelf) -> None:
    settings, database, store = shelf
    before = on_shelf(database, "russia-china-relations", None).record
    with clock.frozen(NOON + timedelta(days=3)), at_most(1, all_threads):
        shelve(settings, database, store)
    assert on_shelf(database, "russia-china-relations", None).record == before


def test_the_introduction_names_the_people() -> None:
    assert re.match(r"Sign in as one of the example people: ada \(.+\); ben \(.+\); cleo \(.+\)\.$", introduction())


class Running:
    """`gatefold demo` as a process of its own in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api", "demo", "--port", str(port)],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline(), self.process.stdout.readline()]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=300)
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_the_command_serves_keeps_its_state_and_can_be_emptied(tmp_path: Path) -> None:
    port = free_port()
    home = tmp_path / "var" / f"demo-{port}"
    first = Running(tmp_path, port)
    try:
        assert first.lines == [f"Gatefold is ready at {first.url}\n", f"{introduction()}\n"]
        with urlopen(f"{first.url}/reports/an-open-door.pdf") as answer:
            served = answer.read()
        assert served.startswith(b"%PDF-")
        with pytest.raises(HTTPError) as gone:
            urlopen(f"http://127.0.0.1:{port}/papers/a-withdrawn-paper.pdf")
        gone.value.close()
        assert gone.value.code == 410
    finally:
        first.stop()
    secret = home / "secret-key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    kept = secret.read_text()

    database = Database(f"sqlite:///{home / 'gatefold.db'}")
    with database.writing() as db:
        withdraw(db, "an-open-door")
    database.close()
    second = Running(tmp_path, port)
    try:
        with pytest.raises(HTTPError) as gone:
            urlopen(f"{second.url}/reports/an-open-door.pdf")
        gone.value.close()
        assert gone.value.code == 410
    finally:
        second.stop()
    assert secret.read_text() == kept

    emptied = subprocess.run(
        [sys.executable, "-m", "api", "demo", "--port", str(port), "--reset"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert emptied.stdout == f"var/demo-{port} is empty.\n"
    assert not home.exists()
