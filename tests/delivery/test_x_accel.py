"""Bytes left to nginx: the shipped configuration in the real nginx, before a portal that decides."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.settings import Settings
from api.tables import RuleKind
from tests.cast import CLEO, sign_in
from tests.make import NAMED, shelve
from tests.site import BROWSER, Site, free_port, served

SHIPPED = Path(__file__).parents[2] / "docs" / "nginx.conf"
AROUND = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {server}
}}
"""


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A portal that leaves its files to nginx."""
    storage = settings.storage.model_copy(update={"delivery": "x-accel"})
    with served(settings.model_copy(update={"storage": storage})) as running:
        yield running


@pytest.fixture
def front(site: Site, tmp_path: Path) -> Iterator[httpx2.Client]:
    """A browser before nginx, which stands before the portal."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("no nginx on this machine (apt-get install nginx)")
    port = free_port()
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(AROUND.format(folder=tmp_path, server=_shipped(site, port)))
    process = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(configuration)])
    try:
        _until_it_listens(port)
        with httpx2.Client(base_url=f"http://localhost:{port}", headers=BROWSER) as client:
            yield client
    finally:
        process.terminate()
        process.wait(10)


def _shipped(site: Site, port: int) -> str:
    """The configuration as shipped, on this port, without TLS, and for this portal's address and folder."""
    text = SHIPPED.read_text()
    for pattern, words in (
        (r"listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        (r"ssl_certificate\S* .*", ""),
        (r"http://127\.0\.0\.1:8000", site.url.replace("localhost", "127.0.0.1")),
        (r"\$http_host", site.url.removeprefix("http://")),
        (r"/var/lib/gatefold/files/", f"{site.portal.settings.storage.root}/"),
    ):
        text, count = re.subn(pattern, lambda _found, words=words: words, text)
        assert count, pattern
    return text


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("nginx did not start")


def test_nginx_sends_the_file_whole_and_in_parts(site: Site, front: httpx2.Client) -> None:
    made = shelve(site)
    assert made.file is not None
    sign_in(front, CLEO)
    link = front.get(made.pdf).headers["location"]
    whole = front.get(link)
    assert (whole.status_code, whole.content) == (200, made.file)
    assert whole.headers["server"].startswith("nginx")
    assert whole.headers["content-type"] == "application/pdf"
    assert whole.headers["content-disposition"] == NAMED
    assert whole.headers["cache-control"] == "private, no-store"
    assert whole.headers["referrer-policy"] == "no-referrer"
    assert "x-accel-redirect" not in whole.headers
    part = front.get(link, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, made.file[10:20])
    assert front.get(link, headers={"range": "bytes=9999999-"}).status_code == 416


def test_the_files_own_address_leads_nowhere(site: Site, front: httpx2.Client) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    inner = site.program().get(made.pdf).headers["x-accel-redirect"]
    assert front.get(made.pdf).content == made.file
    assert front.get(inner).status_code == 404


def test_a_used_up_link_and_a_missing_file_are_the_portals_to_answer(site: Site, front: httpx2.Client) -> None:
    made = shelve(site)
    sign_in(front, CLEO)
    link = front.get(made.pdf).headers["location"]
    assert [front.get(link).status_code for _ in range(6)] == [200] * 5 + [410]
    fresh = front.get(made.pdf).headers["location"]
    for file in Path(site.portal.settings.storage.root).rglob("*"):
        if file.is_file():
            file.unlink()
    answer = front.get(fresh)
    assert answer.status_code == 503
    assert "not where it should be" in answer.text
