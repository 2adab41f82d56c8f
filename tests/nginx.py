"""The shipped configuration in the real nginx: with its own certificate, on free ports, before portals of a test."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.mailserver import make_certificates
from tests.patience import PATIENCE
from tests.site import BROWSER, Site, free_port

SHIPPED = Path(__file__).parents[1] / "docs" / "nginx.conf"
AROUND = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {servers}
}}
"""


def shipped(port: int, workers: Sequence[int], folder: Path, files: Path) -> str:
    """The configuration as shipped, with TLS on this port, before workers on these, for these folders."""
    text = SHIPPED.read_text()
    certificate = folder / "server.pem"
    for pattern, words in (
        (r" +listen \[::\]:.*\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (r"server_name books\.example\.org;", "server_name localhost;"),
        (r"/etc/ssl/gatefold/portal\.(pem|key)", str(certificate)),
        (
            r"    server 127\.0\.0\.1:8001(.*;)\n    server 127\.0\.0\.1:8002.*;\n",
            "".join(rf"    server 127.0.0.1:{worker}\1" + "\n" for worker in workers),
        ),
        (r"/var/cache/nginx/gatefold", str(folder / "cache")),
        (r"/var/lib/gatefold/files/", f"{files}/"),
    ):
        text, count = re.subn(pattern, words, text)
        assert count, pattern
    return text


@contextmanager
def before(site: Site, folder: Path, bent: Sequence[tuple[str, str]] = ()) -> Iterator[httpx2.Client]:
    """nginx as shipped before a portal, or with some words of its configuration `bent`."""
    port = int(site.url.rpartition(":")[2])
    text = shipped(port, [int(site.inner.rpartition(":")[2])], folder, site.portal.settings.storage.root)
    for old, new in bent:
        assert old in text
        text = text.replace(old, new)
    with running(folder, port, text) as client:
        yield client


@contextmanager
def running(folder: Path, port: int, servers: str, around: str = AROUND) -> Iterator[httpx2.Client]:
    """nginx with this configuration `around` these servers; a browser that asks it and believes its certificate."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip("no nginx on this machine (apt-get install nginx)")
    authority = folder / "ca.pem"
    if not authority.exists():
        make_certificates(folder)
    configuration = folder / "nginx.conf"
    configuration.write_text(around.format(folder=folder, servers=servers))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)])
    trust = ssl.create_default_context(cafile=authority)
    try:
        _until_it_listens(process, port)
        with httpx2.Client(
            base_url=f"https://localhost:{port}", headers=BROWSER, verify=trust, timeout=PATIENCE
        ) as client:
            yield client
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _until_it_listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "nginx does not take its configuration"
        time.sleep(0.02)
    raise TimeoutError("nginx did not start")
