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
import yaml

from api.ops.settings_file import settings_listed
from api.settings_given import PREFIX
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
            end = time.monotonic() + 120
            while (status := health_check(port)) != 0 and time.monotonic() < end:
                time.sleep(0.1)
            assert status == 0
        finally:
            portal.send_signal(signal.SIGTERM)
            portal.wait(timeout=300)
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


COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]


def test_the_composition_has_all_that_it_names() -> None:
    assert set(SERVICES) == {"migrate", "portal", "database", "store", "web"}
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", ())) <= set(SERVICES), name
        assert set(service.get("networks", ())) <= set(COMPOSE["networks"]), name
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or source == "./secrets/tls" or (ROOT / source).is_file(), volume
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"], "nothing else is open"


def test_its_workers_cannot_write_and_have_no_rights() -> None:
    for service in (SERVICES["portal"], SERVICES["migrate"]):
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    assert SERVICES["portal"]["deploy"]["replicas"] >= 2
    assert SERVICES["portal"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_its_settings_are_settings_and_its_addresses_agree() -> None:
    known = {setting.name for setting in settings_listed()}
    given = {name: value for name, value in SERVICES["portal"]["environment"].items() if name.startswith(PREFIX)}
    assert {name.removesuffix("_FILE") for name in given} <= known
    assert given["GATEFOLD_TRUSTED_PROXIES"] == SERVICES["web"]["networks"]["inside"]["ipv4_address"]
    assert given["GATEFOLD_STORAGE__ENDPOINT_URL"] == "http://store:9000"
    assert "proxy_pass http://store:9000;" in (ROOT / "docs/nginx-store.conf").read_text()


def test_secrets_are_told_to_whom_they_concern_and_to_no_other() -> None:
    readers = {name for name, service in SERVICES.items() if "env_file" in service}
    assert readers == {"portal", "migrate"}, "the secret key is theirs alone"
    inner = re.search(r"chown 10001 (.+?) +#", (ROOT / "docs/operating.md").read_text())
    assert inner is not None
    assert {Path(name).name for name in inner[1].split()} == set(SERVICES["portal"]["secrets"])
    set_in_image = {pair.partition("=")[0] for line in instructions("ENV") for pair in line.split()}
    given = SERVICES["portal"]["environment"]
    twice = {name.removesuffix("_FILE") for name in given} & set_in_image
    assert {name for name in twice if f"{name}_FILE" in given} == {name for name in twice if given[name] == ""}


def test_the_database_counts_as_there_only_once_workers_can_reach_it() -> None:
    test = SERVICES["database"]["healthcheck"]["test"]
    assert test[test.index("-h") + 1] == "127.0.0.1", "a first start answers by its socket, and then begins anew"
    assert SERVICES["migrate"]["depends_on"]["database"] == {"condition": "service_healthy"}


def test_no_log_fills_the_disk() -> None:
    for name, service in SERVICES.items():
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name
    assert "access_log off;" in (ROOT / "docs/nginx-store.conf").read_text(), "links that work would stand in it"


@pytest.fixture
def around_nginx(tmp_path: Path) -> Path:
    """What nginx's container runs, with a name server of our own and an nginx that writes down what it is told."""
    (script,) = SERVICES["web"]["command"]
    for old, new in (
        ("/srv/nginx.conf", str(ROOT / "docs/nginx.conf")),
        ("/etc/nginx/conf.d/default.conf", str(tmp_path / "out")),
        ("/etc/ssl/gatefold/portal.pem", str(tmp_path / "portal.pem")),
        ("sleep 2", "sleep 0.02"),
        ("$$", "$"),
    ):
        assert old in script
        script = script.replace(old, new)
    (tmp_path / "addresses").write_text("172.30.7.131")
    (tmp_path / "portal.pem").write_text("a certificate")
    tell = f'[ "$1" = -s ] && echo "$2" >> {tmp_path}/told || {{ touch {tmp_path}/begun; exec sleep 600; }}'
    for name, words in (("nslookup", f'echo "$1" && cat {tmp_path}/addresses'), ("nginx", tell)):
        (tmp_path / name).write_text(f"#!/bin/sh\n{words}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "script").write_text(script)
    return tmp_path


def test_nginx_is_told_when_workers_move_or_the_certificate_is_renewed(around_nginx: Path) -> None:
    def told(times: int) -> bool:
        end, file = time.monotonic() + 60, around_nginx / "told"
        while time.monotonic() < end and not (file.exists() and len(file.read_text().split()) >= times):
            time.sleep(0.02)
        return file.exists() and file.read_text().split() == ["reload"] * times

    def put(name: str, words: str) -> None:
        """At one stroke, so that nobody reads half of it and is told of two changes."""
        (around_nginx / "next").write_text(words)
        (around_nginx / "next").rename(around_nginx / name)

    path = f"{around_nginx}:{os.environ['PATH']}"
    words = ["sh", str(around_nginx / "script")]
    with subprocess.Popen(words, env=os.environ | {"PATH": path}, start_new_session=True) as shell:
        try:
            while not (around_nginx / "begun").exists() and shell.poll() is None:
                time.sleep(0.02)
            upstream = (around_nginx / "out").read_text().partition("upstream gatefold {")[2].partition("}")[0]
            assert re.findall(r"server (\S+?);? ", upstream) == ["portal:8000"]
            time.sleep(0.2)
            assert not (around_nginx / "told").exists(), "nothing has changed"
            put("addresses", "172.30.7.133")
            assert told(1)
            put("portal.pem", "the next certificate")
            assert told(2)
        finally:
            os.killpg(shell.pid, signal.SIGKILL)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_the_service_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = (ROOT / "docs/gatefold@.service").read_text()
    assert "ExecStart=/srv/gatefold/.venv/bin/gatefold serve --port %i" in unit
    file = tmp_path / "gatefold@8001.service"
    file.write_text(unit.replace("/srv/gatefold/.venv/bin/gatefold", sys.executable))
    seen = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert [line for line in seen.stderr.splitlines() if file.name in line] == []
