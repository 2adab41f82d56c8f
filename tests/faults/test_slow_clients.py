"""F26: hundreds of clients that send a byte now and then. Everyone else is answered as ever."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest

from api.settings import Settings
from tests.faults.test_descriptors import open_files
from tests.faults.workers import Worker, wait_for, workers
from tests.make import shelve
from tests.site import served

SLOW = 300
PROBES = 30
QUICK = 0.2  # seconds that a probe may take, and so many times what it takes where nobody is slow
TIMES = 10


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(settings, tmp_path)
    with workers(worker):
        yield worker


def test_hundreds_of_slow_clients_keep_nobody_from_an_answer(settings: Settings, worker: Worker) -> None:
    with served(settings) as site:
        made = shelve(site)
    alone, took = [probed(worker) for _ in range(PROBES)], []
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", worker.port))) for _ in range(SLOW)]
        for line in lines:
            line.sendall(f"GET {made.path} HTTP/1.1\r\nHost: localhost\r\n".encode())
        wait_for(lambda: open_files(worker.pid) > SLOW)
        for _ in range(PROBES):
            for line in lines[::10]:
                line.sendall(b"X-A: b\r\n")
            took.append(probed(worker))
        assert worker.get(made.path)[0] == 200
        assert open_files(worker.pid) > SLOW, "they had gone already, so this would prove nothing"
    assert median(took) < QUICK + TIMES * median(alone)


def probed(worker: Worker) -> float:
    """How many seconds an answer took."""
    began = time.monotonic()
    assert worker.is_alive()
    return time.monotonic() - began
