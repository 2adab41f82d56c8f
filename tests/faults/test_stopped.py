"""F22: a worker is stopped under load. What has begun ends well, or resumes at the other worker."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.database import Database
from api.settings import Settings
from api.tables import RuleKind
from tests.faults.alone import alone
from tests.faults.load import Journeys
from tests.faults.workers import Worker, signed_in, wait_for, workers
from tests.make import Made, shelve
from tests.patience import PATIENCE
from tests.site import served

LARGE = b"%PDF-1.7 " + bytes(range(256)) * 40_000  # ten megabytes
LONGEST_DRAIN = 30  # seconds
DOWNLOADS = 6
BEGUN = 200_000  # bytes
GOOD_PACE, POOR_PACE = 4_000_000, 100_000  # bytes a second; the poor one would take a hundred seconds


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.close()


class Download:
    """A slow reader's transfer: as much as has come, and whether it ended early."""

    def __init__(self, worker: Worker, path: str, pace: int) -> None:
        self.worker, self.path = worker, path
        self.pace: int | None = pace
        self.data = b""
        self.is_whole = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def run(self) -> None:
        self._take(self.worker)

    def resume(self, worker: Worker) -> None:
        self._take(worker)

    def _take(self, worker: Worker) -> None:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        line.settimeout(PATIENCE)
        line.connect(("127.0.0.1", worker.port))
        asked = f"GET {self.path} HTTP/1.1\r\nHost: {worker.host['host']}\r\nConnection: close\r\n"
        if self.data:
            asked += f"Range: bytes={len(self.data)}-\r\n"
        with line:
            line.sendall(f"{asked}\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += line.recv(65_536)
            head, _, first = head.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 206" if self.data else b"HTTP/1.1 200"), head
            self.data += first
            while len(self.data) < len(LARGE):
                try:
                    piece = line.recv(65_536)
                except OSError:
                    return
                if not piece:
                    return
                self.data += piece
                if len(self.data) > BEGUN:
                    self.may_go_on.wait(2 * PATIENCE)
                if self.pace is not None:
                    time.sleep(len(piece) / self.pace)
        self.is_whole = True


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_worker_that_is_told_to_stop_ends_the_download_it_has_begun(settings: Settings, tmp_path: Path) -> None:
    with served(settings) as site:
        large = shelve(site, rules=[RuleKind.EVERYONE], file=LARGE)
    worker = Worker(settings, tmp_path)
    with workers(worker), ThreadPoolExecutor(1) as readers:
        download = Download(worker, large.pdf, GOOD_PACE)
        download.may_go_on.clear()
        running = readers.submit(download.run)
        wait_for(lambda: len(download.data) > BEGUN)
        worker.stop()
        wait_for(lambda: worker.get("/healthz")[0] == 0)
        download.pace = None
        download.may_go_on.set()
        assert worker.wait(LONGEST_DRAIN) in (0, -15)
        running.result()
    assert download.is_whole
    assert hashlib.sha256(download.data).digest() == hashlib.sha256(LARGE).digest()


@alone
@pytest.mark.timed
def test_a_stopped_worker_ends_what_it_has_begun_and_the_rest_resumes(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with served(settings) as site:
        made: Made = shelve(site)
        large = shelve(site, "large", rules=[RuleKind.EVERYONE], file=LARGE)
    assert made.file is not None
    cookies = signed_in(database, settings, 30)
    stopped, other = Worker(settings, tmp_path), Worker(settings, tmp_path)
    with workers(stopped, other), ThreadPoolExecutor(DOWNLOADS) as readers:
        ports = [stopped.port, other.port]
        with Journeys(ports, stopped.host, made.path, cookies, 6, made.file) as load:
            wait_for(lambda: len(load.of("file", 200)) > 3)
            paces = [GOOD_PACE, POOR_PACE] * (DOWNLOADS // 2)
            downloads = [Download(stopped, large.pdf, pace) for pace in paces]
            running = [readers.submit(each.run) for each in downloads]
            wait_for(lambda: all(len(each.data) > BEGUN for each in downloads))
            assert not any(each.is_whole for each in downloads), "they had ended already, so this would prove nothing"
            began = time.monotonic()
            stopped.stop()
            assert stopped.wait(LONGEST_DRAIN) in (0, -15)
            took = time.monotonic() - began
            for each in downloads:
                each.pace = None  # what is still on the line may come at once
            for each in running:
                each.result()
            wait_for(lambda: len([each for each in load.of("file", 200) if each.began_at > began + took]) > 3)
        assert [each.is_whole for each in downloads] == [True, False] * (DOWNLOADS // 2)
        for each in downloads:
            if not each.is_whole:
                each.resume(other)
            assert hashlib.sha256(each.data).digest() == hashlib.sha256(LARGE).digest()
    assert took < LONGEST_DRAIN
    assert load.refused > 0, "nobody met the worker that was gone, so this would prove nothing"
    assert (load.broken, load.wrong, load.put_off) == ([], [], [])
