"""Bytes on their way: what is wrong with the file before the answer begins, and after."""

import os
import threading
import time
from pathlib import Path

import httpx2
import pytest

from api.edge import sending
from api.tables import RuleKind
from storage.local import LocalFile
from tests.make import Made, shelve
from tests.site import Site


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site, rules=[RuleKind.EVERYONE])


def kept(site: Site) -> Path:
    return next(path for path in site.portal.settings.storage.root.rglob("*") if path.is_file())


def test_a_file_that_is_gone_is_a_page_and_a_line_in_the_log(
    site: Site, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    key = kept(site).name
    kept(site).unlink()
    answer = site.browser().get(made.pdf)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
    assert "not where it should be" in answer.text
    assert "etag" not in answer.headers
    assert f"missing object: {key[:12]}" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_file_that_has_shrunk_breaks_the_transfer_off(
    site: Site, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    assert made.file is not None
    kept(site).write_bytes(made.file[:100])
    with pytest.raises(httpx2.RemoteProtocolError):
        site.program().get(made.pdf)
    assert "a transfer broke off" in caplog.text
    assert "ends at byte 100" in caplog.text
    assert "Traceback" not in caplog.text


def held_open(path: Path) -> int:
    """How many descriptors of this process are on that file."""
    links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    return sum(os.path.realpath(link) == str(path) for link in links)


def assert_closed_soon(path: Path) -> None:
    end = time.monotonic() + 60
    while held_open(path) and time.monotonic() < end:
        time.sleep(0.05)
    assert held_open(path) == 0


def test_a_store_that_takes_too_long_is_a_page_and_its_file_is_closed_in_the_end(
    site: Site, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at, has_begun, goes_on = LocalFile.read_at, threading.Event(), threading.Event()

    def hanging(self: LocalFile, offset: int, length: int) -> bytes:
        has_begun.set()
        goes_on.wait()
        return read_at(self, offset, length)

    monkeypatch.setattr(LocalFile, "read_at", hanging)
    monkeypatch.setattr(sending, "PATIENCE", 0.2)
    try:
        answer = site.browser().get(made.pdf)
        has_begun.wait()
        is_open = held_open(kept(site))
    finally:
        goes_on.set()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "The files can’t be reached" in answer.text
    assert is_open == 1, "the thread does not hold it, so this would prove nothing"
    assert_closed_soon(kept(site))


def test_a_file_is_closed_when_its_reader_goes(site: Site, made: Made) -> None:
    assert site.program().get(made.pdf).content == made.file
    with site.program().stream("GET", made.pdf) as answer:
        assert answer.status_code == 200
    assert_closed_soon(kept(site))
