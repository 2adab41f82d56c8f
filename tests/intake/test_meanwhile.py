"""The worker inside `serve`: takes files up at once and after a restart, and nobody waits for it meanwhile."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from api.intake.checker import Checker
from api.intake.pipeline import receive
from api.tables import Intake
from storage.keys import staged_id
from tests import make
from tests.intake.conftest import bomb_bytes, pdf_bytes
from tests.ops.test_housekeeping import serving
from tests.patience import PATIENCE
from tests.site import Site


@pytest.fixture
def engine() -> str:
    return "sqlite"


@contextmanager
def checking(site: Site) -> Iterator[None]:
    checker = Checker(site.portal.database, site.portal.store)
    checker.start()
    try:
        yield
    finally:
        checker.stop()


def send(site: Site, data: bytes) -> int:
    title, staged = make.shelve(site, file=None), staged_id()
    site.portal.store.stage(staged, io.BytesIO(data))
    with site.portal.database.writing() as db:
        intake = receive(db, staged_id=staged, file_name="volume.pdf", size=len(data), title_id=title.id)
        assert intake.id is not None
        return intake.id


def state(site: Site, intake_id: int) -> str:
    with site.portal.database.reading() as db:
        return db.get_one(Intake, intake_id).state


def wait_for(site: Site, intake_id: int, awaited: str) -> None:
    end = time.monotonic() + PATIENCE
    while (found := state(site, intake_id)) != awaited:
        assert time.monotonic() < end, f"still {found}"
        time.sleep(0.02)


def test_a_file_is_taken_up_as_soon_as_it_was_received(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.intake.checker.LOOK_AGAIN", 10 * PATIENCE)  # so that it isn't found by chance
    with checking(site):
        time.sleep(0.2)  # it has looked, and found nothing
        intake_id = send(site, pdf_bytes())
        wait_for(site, intake_id, "ready")
        assert site.browser().get("/reports/rivers-of-paper").status_code == 200


def test_other_readers_are_served_while_a_bomb_goes_off(site: Site) -> None:
    reader = site.browser()
    with checking(site):
        intake_id = send(site, bomb_bytes())
        wait_for(site, intake_id, "checking")
        for path in ("/healthz", "/reports/rivers-of-paper", "/"):
            assert reader.get(path).status_code == 200
            assert state(site, intake_id) == "checking", "it is over, so this would prove nothing, or they have waited"
        wait_for(site, intake_id, "rejected")


def test_what_waited_while_nobody_served_is_taken_up_at_the_next_start(site: Site) -> None:
    intake_id = send(site, pdf_bytes())
    with serving(site.portal.settings):
        wait_for(site, intake_id, "ready")
