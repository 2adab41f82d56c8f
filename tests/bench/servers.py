"""Servers as processes of their own, each held to the server's core: the portal, the bare routes, nginx."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from api.settings import Settings
from tests.bench.load import ROOT
from tests.bench.measure import SERVER_CORE
from tests.site import free_port

NGINX = """
worker_processes 1;
daemon off;
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location /files/ {{ alias {files}/; default_type application/pdf; }}
{more}
  }}
}}
"""
PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class Server:
    """A server that answers: its address, and the processes whose CPU is its cost."""

    url: str
    pids: tuple[int, ...]


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a process these settings."""
    return {
        "GATEFOLD_PUBLIC_URL": settings.public_url,
        "GATEFOLD_SECRET_KEY": settings.secret_key.get_secret_value(),
        "GATEFOLD_DATABASE_URL": settings.database_url,
        "GATEFOLD_STORAGE__ROOT": str(settings.storage.root),
        "GATEFOLD_STORAGE__DELIVERY": str(settings.storage.delivery),
        "GATEFOLD_PROVIDERS__BENCH__KIND": "oidc",
        "GATEFOLD_PROVIDERS__BENCH__ISSUER": "https://id.example.org",  # never asked: readers are signed in already
        "GATEFOLD_PROVIDERS__BENCH__CLIENT_ID": "portal",
        "GATEFOLD_PROVIDERS__BENCH__CLIENT_SECRET": "never-asked",
    }


@contextmanager
def portal(settings: Settings, program: str = "tests.bench.portal") -> Iterator[Server]:
    """`gatefold serve` with these settings, without an end to download links unless `program` is `api` itself."""
    port = settings.public_url.rpartition(":")[2]
    with _running([sys.executable, "-m", program, "serve", "--port", port], environment(settings)) as pid:
        yield Server(_when_it_answers(settings.public_url), (pid,))


@contextmanager
def bare(kind: str, *arguments: str, settings: Settings | None = None) -> Iterator[Server]:
    port = str(free_port())
    command = [sys.executable, "-m", "tests.bench.bare", port, kind, *arguments]
    with _running(command, environment(settings) if settings else {}) as pid:
        yield Server(_when_it_answers(f"http://localhost:{port}/bare"), (pid,))


@contextmanager
def nginx(folder: Path, files: Path, more: str = "", port: int | None = None) -> Iterator[Server]:
    """nginx with one worker over the folder of files, `sendfile` on."""
    program = shutil.which("nginx")
    assert program is not None
    port = port or free_port()
    folder.mkdir(exist_ok=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, files=files, port=port, more=more))
    with _running([program, "-p", str(folder), "-c", str(configuration)], {}) as pid:
        url = _when_it_answers(f"http://localhost:{port}")
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        yield Server(url, (pid, *map(int, workers)))


@contextmanager
def _running(command: list[str], settings: Mapping[str, str]) -> Iterator[int]:
    with ExitStack() as ending:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # the log of every request
            preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
        )
        ending.callback(_end, process)
        yield process.pid


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it finish what it does, but not for ever: another row waits."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _when_it_answers(url: str, patience: float = PATIENCE) -> str:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with urlopen(url):
                return url
        except HTTPError:
            return url
        except URLError:
            time.sleep(0.01)
    raise TimeoutError(f"{url} did not answer")
