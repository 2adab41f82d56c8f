"""F17: the clock of one worker's machine jumps, by libfaketime. The portal goes by the database's, and says so."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from glob import glob
from http.client import HTTPConnection
from pathlib import Path

import pytest

from api import clock
from api.database import Database
from api.settings import Settings
from tests.doctored import environment
from tests.faults.workers import ROOT, Worker, signed_in, wait_for
from tests.make import shelve
from tests.patience import PATIENCE
from tests.site import served

JUMPS = (3_600, 86_400, -86_400, -86_405)  # seconds off: an hour and a day, forwards and back, then five seconds back


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
def machine_clock(tmp_path: Path) -> Path:
    """A file that says how far the clock of the worker's machine is off."""
    (tmp_path / "off").write_text("+0")
    return tmp_path / "off"


@pytest.fixture
def faked(machine_clock: Path) -> dict[str, str]:
    """The environment of a process whose clock is off by that."""
    library = glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not library:
        pytest.skip("no libfaketime on this machine")
    return {
        "LD_PRELOAD": library[0],
        "FAKETIME_TIMESTAMP_FILE": str(machine_clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.fixture
def worker(settings: Settings, tmp_path: Path, faked: dict[str, str]) -> Iterator[Worker]:
    worker = Worker(settings, tmp_path, faked)
    yield worker
    worker.end()


def test_no_jump_opens_a_title_early_or_ends_a_session_or_link(
    settings: Settings, worker: Worker, machine_clock: Path
) -> None:
    with served(settings) as site:
        opens_soon = shelve(site, "soon", opens_at=clock.now() + timedelta(minutes=30))
        opened = shelve(site, "now")
    database = Database(settings.database_url)
    cookie = {"cookie": signed_in(database, settings, 1)[0]}
    database.close()
    worker.begin_afresh()
    link = worker.sent_to(opened.pdf, cookie)
    assert link.startswith("/t/")
    for number, off in enumerate(JUMPS, start=1):
        machine_clock.write_text(f"{off:+d}")
        wait_for(partial(is_off, worker, timedelta(seconds=off)))
        assert "/t/" not in worker.sent_to(opens_soon.pdf, cookie), off
        assert worker.get("/account", cookie)[0] == 200, off
        assert worker.get(link, {**cookie, "range": "bytes=1-9"})[0] == 206, off
        wait_for(partial(has_warned, worker, number))
    assert warnings(worker) == [3_600, 82_800, -172_800, -5]


def is_off(worker: Worker, off: timedelta) -> bool:
    return abs(date_of(worker) - clock.now() - off) < timedelta(seconds=2)


def has_warned(worker: Worker, times: int) -> bool:
    return len(warnings(worker)) == times


def date_of(worker: Worker) -> datetime:
    """What the machine's clock says, by the Date of an answer: the fault itself."""
    connection = HTTPConnection("127.0.0.1", worker.port, timeout=PATIENCE)
    connection.request("GET", "/healthz", headers=worker.host)
    date = connection.getresponse().headers["date"]
    connection.close()
    return parsedate_to_datetime(str(date))


def warnings(worker: Worker) -> list[float]:
    said = [json.loads(line).get("message", "") for line in worker.log.read_text().splitlines() if line[:1] == "{"]
    return [float(words.partition("seconds=")[2]) for words in said if "clock has jumped" in words]


def test_the_doctor_says_how_far_this_machines_clock_is_off(
    settings: Settings, tmp_path: Path, machine_clock: Path, faked: dict[str, str]
) -> None:
    machine_clock.write_text("+3600")
    seen = subprocess.run(
        [sys.executable, "-m", "api", "doctor", "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment(settings), **faked},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    (told,) = [each for each in json.loads(seen.stdout) if each["check"] == "clock"]
    assert told["verdict"] == "warn", seen.stderr
    assert re.match(
        r"This machine's clock and the database's are 3[56]\d\d seconds apart; set both by NTP.", told["words"]
    )
