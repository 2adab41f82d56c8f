"""`gatefold serve` and `migrate` as real processes: ready when the port answers, ended before it opens when wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from api import clock
from api.commands import gatefold
from tests.commands.conftest import Run
from tests.effort import at_most, children
from tests.site import free_port

ROOT = Path(__file__).parents[2]
ALL_COUNTED = 'gatefold_requests_total{method="GET",route="/healthz",status="2xx"} 999.0'


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "api", *words]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def ended(*words: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), env=environment(**more), cwd=cwd, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.mark.timed
def test_help_is_there_and_quick() -> None:
    with at_most(3, children):
        seen = ended("--help")
    assert seen.returncode == 0
    assert all(name in seen.stdout for name in ("init", "migrate", "serve", "demo", "title", "user", "doctor"))


def test_what_is_heavy_is_not_imported_for_help() -> None:
    heavy = {"fastapi", "sqlmodel", "alembic", "authlib", "fpdf", "pypdfium2", "uvicorn", "pydantic"}
    assert imported("import api.commands", heavy) == []


def test_what_only_some_requests_need_is_not_in_the_memory_of_every_worker() -> None:
    heavy = {"PIL", "uharfbuzz", "boto3", "alembic", "pikepdf", "pypdfium2", "fpdf", "fontTools", "lxml"}
    assert imported("import api.app", heavy) == []
    assert imported("from api.migrations import newest; newest()", heavy) == []


def test_a_picture_is_drawn_without_the_database() -> None:
    assert imported("import api.feeds.picture_child", {"sqlalchemy", "fastapi", "PIL"}) == ["PIL"]


def imported(script: str, heavy: set[str]) -> list[str]:
    """Which of these are in memory after the script."""
    script += f"; import sys; print(*sorted({heavy} & sys.modules.keys()))"
    seen = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True)
    return seen.stdout.split()


def test_serve_says_when_it_is_ready_and_then_it_answers(press: Path) -> None:
    port = free_port()
    url = f"http://localhost:{port}"
    with subprocess.Popen(
        command("serve", "--port", str(port)),
        env=environment(GATEFOLD_PUBLIC_URL=url),
        stdout=subprocess.PIPE,
        text=True,
    ) as portal:
        assert portal.stdout is not None
        try:
            assert portal.stdout.readline() == f"Gatefold is ready at {url}\n"
            with urlopen(url) as page:
                assert page.status == 200
                assert "server" not in page.headers
        finally:
            portal.send_signal(signal.SIGTERM)
            portal.wait(timeout=300)


def test_systemd_hears_when_the_portal_is_ready_and_when_it_stops(press: Path) -> None:
    port = free_port()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(press / "notify"))
        systemd.settimeout(300)
        given = environment(GATEFOLD_PUBLIC_URL=f"http://localhost:{port}", NOTIFY_SOCKET=str(press / "notify"))
        with subprocess.Popen(command("serve", "--port", str(port)), env=given, stdout=subprocess.DEVNULL) as portal:
            try:
                assert systemd.recv(100) == b"READY=1"
                assert is_ready(port)
            finally:
                portal.send_signal(signal.SIGTERM)
                assert systemd.recv(100) == b"STOPPING=1"
                portal.wait(timeout=300)


def is_ready(port: int) -> bool:
    """Asked again where a machine was too busy to look at the database and the store in time."""
    give_up = clock.ticks() + 120
    while True:
        try:
            with urlopen(f"http://localhost:{port}/readyz") as page:
                return bool(page.status == 200)
        except HTTPError as refusal:
            refusal.close()
            if refusal.code != 503 or clock.ticks() > give_up:
                return False


def test_serve_logs_lines_shows_figures_on_the_operators_port_and_waits_for_no_log(press: Path) -> None:
    port, operator = free_port(), free_port()
    url = f"http://localhost:{port}"
    with subprocess.Popen(
        command("serve", "--port", str(port)),
        env=environment(GATEFOLD_PUBLIC_URL=url, GATEFOLD_OPERATOR_PORT=str(operator)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # read only when all requests are answered: it fills up and blocks
    ) as portal:
        assert portal.stdout is not None
        assert portal.stderr is not None
        try:
            assert portal.stdout.readline() == f"Gatefold is ready at {url}\n".encode()
            connection = HTTPConnection("localhost", port, timeout=120)
            for number in range(1_000):
                connection.request("GET", f"/canary-{number}?q=canary" if number == 0 else "/healthz")
                answer = connection.getresponse()
                answer.read()
                assert answer.status == (404 if number == 0 else 200)
            looks, told = 0, ""
            while ALL_COUNTED not in told:  # the last one perhaps a moment after its answer
                looks += 1
                assert looks < 100, told
                with urlopen(f"http://127.0.0.1:{operator}/metrics") as figures:
                    told = figures.read().decode()
            connection.request("GET", "/metrics")
            assert connection.getresponse().status == 404
            connection.close()
            log = [portal.stderr.readline() for _ in range(1_001 + looks)]
        finally:
            portal.send_signal(signal.SIGTERM)
            more = portal.stderr.read()
            portal.wait(timeout=300)
    assert more == b""
    assert len(b"".join(log)) > 1 << 16, "a pipe holds as much, so nothing was ever held up"
    lines = [json.loads(line) for line in log]
    assert lines[0]["route"] == "/{anything:path}"
    assert b"canary" not in b"".join(log)


def test_a_port_in_use_is_named(press: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        seen = ended("serve", "--port", str(port))
    assert seen.returncode == 1
    assert seen.stderr == f"Port {port} is in use by another program; choose another with --port.\n"


def test_each_wrong_setting_is_named_before_the_port_opens(press: Path) -> None:
    seen = ended(
        "serve",
        GATEFOLD_TICKET_LIFETIME="5",
        GATEFOLD_SECRET_KEY="short",
        GATEFOLD_PROVIDERS__CAMPUS__ISSUER="http://id.example.org",
    )
    assert seen.returncode == 2
    assert seen.stdout == ""
    named = [line.split()[0].rstrip(":") for line in seen.stderr.splitlines()]
    assert sorted(named) == [
        "GATEFOLD_PROVIDERS__CAMPUS__ISSUER",
        "GATEFOLD_SECRET_KEY",
        "GATEFOLD_TICKET_LIFETIME",
    ]


def test_a_missing_secret_is_named(press: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEFOLD_SECRET_KEY")
    seen = CliRunner().invoke(gatefold, ["serve"])
    assert (seen.exit_code, seen.stderr) == (2, "GATEFOLD_SECRET_KEY is not set\n")


def test_a_database_without_its_tables_is_sent_to_migrate(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEFOLD_DATABASE_URL", "sqlite:///fresh.db")
    for words in (("serve",), ("title", "list")):
        assert "run `gatefold migrate` first" in run(*words, code=1).stderr
    assert "newest tables now" in run("migrate").stdout
    assert "newest tables already" in run("migrate").stdout
    assert run("title", "list").stdout == "There are no titles yet.\n"


def test_a_database_that_cannot_be_used_is_one_sentence(run: Run, press: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (press / "folder.db").mkdir()
    monkeypatch.setenv("GATEFOLD_DATABASE_URL", "sqlite:///folder.db")
    assert run("title", "list", code=1).stderr.startswith("The database could not be used: ")
