"""F16: a worker has no file descriptor left. New readers are turned away, and all is well when some are free again."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from api.settings import Settings
from api.tables import RuleKind
from tests.faults.workers import Worker, wait_for
from tests.make import shelve
from tests.patience import PATIENCE
from tests.site import served

FILES = 64
CONNECTIONS = 120


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(settings, tmp_path)
    yield worker
    worker.end()


def test_without_descriptors_new_readers_are_turned_away_until_some_are_free(
    settings: Settings, worker: Worker
) -> None:
    with served(settings) as site:
        made = shelve(site, rules=[RuleKind.EVERYONE])
    worker.begin_afresh(files=FILES)
    pid = worker.pid
    assert worker.get(made.path)[0] == 200
    with ExitStack() as stack:
        lines = []
        for _ in range(CONNECTIONS):
            lines.append(stack.enter_context(socket.create_connection(("127.0.0.1", worker.port), timeout=PATIENCE)))
        wait_for(lambda: open_files(pid) >= FILES - 2)
        assert worker.get(made.path, patience=2)[0] in (0, 503)
        assert open_files(pid) >= FILES - 2, "descriptors were free, so this would prove nothing"
        wait_for(lambda: turned_away(lines) > 0)
    wait_for(lambda: worker.get(made.path)[0] == 200 and worker.get("/readyz")[0] == 200)
    assert len(worker.download(made.pdf)) == len(made.file or b"")
    assert worker.pid == pid, "it was never begun anew"


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def turned_away(lines: list[socket.socket]) -> int:
    """How many of the connections have been closed by the worker."""
    gone = 0
    for line in lines:
        line.setblocking(False)
        with suppress(BlockingIOError):
            try:
                gone += line.recv(1) == b""
            except ConnectionResetError:
                gone += 1
    return gone
