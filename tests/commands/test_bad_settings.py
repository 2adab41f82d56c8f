"""Bad settings, each alone and each given to `gatefold serve` itself: it ends, names the setting, and opens no port.

The test listens on the port that `serve` is told to open. Had it come that far, it would complain of that port, as
`test_with_good_settings_it_gets_as_far_as_the_port` shows.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.bad_settings import ALL, GOOD, HUSH, Bad
from tests.conftest import SECRET
from tests.site import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it had said by then."""

    code: int
    out: str
    err: str


Serve = Callable[..., Ended]


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.commands.forks"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        assert running.stdin is not None
        running.stdin.close()


@pytest.fixture
def serve(tmp_path: Path, migrated: Path, forks: subprocess.Popen[str]) -> Serve:
    """`gatefold serve` as a process in a folder of its own."""
    (tmp_path / "gatefold.db").write_bytes(migrated.read_bytes())

    def serve(*words: str, is_closed: bool = False, **given: str) -> Ended:
        named = {f"GATEFOLD_{name}": value for name, value in (GOOD | given).items()}
        asked = {"words": ["serve", *words], "folder": str(tmp_path), "given": named, "obeys_modes": is_closed}
        assert forks.stdin is not None
        assert forks.stdout is not None
        print(json.dumps(asked), file=forks.stdin, flush=True)
        code = int(forks.stdout.readline())
        return Ended(code, (tmp_path / "out").read_text(), (tmp_path / "err").read_text())

    return serve


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that the test itself listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_with_good_settings_it_gets_as_far_as_the_port(serve: Serve, taken: int) -> None:
    seen = serve("--port", str(taken))
    assert seen == Ended(1, "", f"Port {taken} is in use by another program; choose another with --port.\n")


def test_there_are_more_than_forty() -> None:
    assert len({(each.said, *each.given.items(), *each.files) for each in ALL}) == len(ALL) > 80


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.said)
def test_a_bad_setting_is_named_before_the_port_opens(serve: Serve, taken: int, tmp_path: Path, fault: Bad) -> None:
    for name, content in fault.files.items():
        if content is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_bytes(content)
        if fault.is_closed:
            (tmp_path / name).chmod(0)
    seen = serve("--port", str(taken), is_closed=fault.is_closed, **fault.given)
    assert (seen.code, seen.out) == (fault.code, ""), seen.err
    (line,) = seen.err.splitlines()  # this and nothing else: no traceback, and no word of the port
    assert line.startswith(fault.said)
    assert "GATEFOLD_" in line or ".env" in line
    for secret in (HUSH, SECRET):
        assert secret not in line


def test_the_operators_port_is_another_and_free(serve: Serve, taken: int) -> None:
    free = free_port()
    seen = serve("--port", str(free), OPERATOR_PORT=str(free))
    assert seen.err == f"GATEFOLD_OPERATOR_PORT is {free}, where the portal itself is served; choose another.\n"
    assert seen.code == 1
    seen = serve("--port", str(free), OPERATOR_PORT=str(taken))
    assert seen.err == f"Port {taken} is in use by another program; set GATEFOLD_OPERATOR_PORT to another.\n"
    assert seen.code == 1


def test_an_address_that_this_machine_has_not(serve: Serve) -> None:
    seen = serve("--host", "192.0.2.1")
    assert (seen.code, seen.err) == (1, "Can't listen on 192.0.2.1, port 8000: Cannot assign requested address.\n")


def test_a_wrong_setting_is_told_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    script = (
        "import sys, api.commands\n"
        "try:\n    api.commands.gatefold(['serve'], prog_name='gatefold')\n"
        "finally:\n    heavy = {'alembic', 'fastapi', 'sqlalchemy', 'sqlmodel', 'starlette', 'uvicorn', 'httpx2'}\n"
        "    print(sorted(heavy & set(sys.modules)))"
    )
    given = {"PYTHONPATH": str(ROOT), "GATEFOLD_SECRET_KEY": "short"}
    seen = subprocess.run([sys.executable, "-c", script], env=given, cwd=tmp_path, capture_output=True, text=True)
    assert (seen.returncode, seen.stdout) == (2, "[]\n")
    assert seen.stderr == "GATEFOLD_SECRET_KEY is shorter than 32 characters\n"
