"""The Dockerfile without an engine: what it copies is enough to serve, and its health check tells up from down."""

import fnmatch
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import SECRET
from tests.site import free_port

ROOT = Path(__file__).parents[1]
LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()


def instructions(name: str) -> list[str]:
    return [line.removeprefix(f"{name} ") for line in LINES if line.startswith(f"{name} ")]


def copied() -> list[str]:
    """What the build stage takes from the checkout."""
    return [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """The checkout as the image has it, and nothing else of it."""
    tree = tmp_path / "srv"
    tree.mkdir()
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / name)
    return tree


def health_check(port: int) -> int:
    line = next(line for line in LINES if line.strip().startswith("HEALTHCHECK"))
    command = json.loads(line[line.index("[") :].replace(":8000", f":{port}"))
    assert command[0] == "python"
    return subprocess.run([sys.executable, *command[1:]], capture_output=True, check=False).returncode


def test_what_is_copied_serves_and_is_seen_to_be_healthy(layers: Path, tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    data.mkdir()
    given = dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split() if "GATEFOLD" in pair)
    settings = {name: value.replace("/var/lib/gatefold", str(data)) for name, value in given.items()}
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(layers),
        "GATEFOLD_SECRET_KEY": SECRET,
        "GATEFOLD_PUBLIC_URL": f"http://localhost:{port}",
        **settings,
    }
    gatefold = [sys.executable, "-m", "api"]
    subprocess.run([*gatefold, "migrate"], cwd=data, env=environment, capture_output=True, check=True)
    words = json.loads(instructions("CMD")[-1])
    assert health_check(port) != 0
    with subprocess.Popen(
        [*gatefold, *words, "--port", str(port)], cwd=data, env=environment, stdout=subprocess.PIPE, text=True
    ) as portal:
        assert portal.stdout is not None
        try:
            assert portal.stdout.readline().startswith("Gatefold is ready")
            end = time.monotonic() + 10
            while (status := health_check(port)) != 0 and time.monotonic() < end:
                time.sleep(0.1)
            assert status == 0
        finally:
            portal.send_signal(signal.SIGTERM)
            portal.wait(timeout=20)
    assert (data / "gatefold.db").exists()
    assert not list(layers.rglob("*.db"))


def test_it_takes_only_what_the_ignore_file_lets_through() -> None:
    patterns = (ROOT / ".dockerignore").read_text().split("\n")
    let_through = [line.removeprefix("!") for line in patterns if line.startswith("!")]
    assert "*" in patterns
    assert sorted(let_through) == sorted(copied())
    for secret in (".env", "var", ".git", "tests"):
        assert not any(fnmatch.fnmatch(secret, name) for name in let_through)


def test_it_is_not_root_and_installs_only_what_the_lock_pins() -> None:
    assert int(instructions("USER")[-1]) > 0
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation" in line for line in installs)
    assert [line for line in LINES if line.startswith("FROM")][-1].split() == ["FROM", "python:3.11-slim"]
