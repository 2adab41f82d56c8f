"""The shipped nginx before slow clients and storms (F26), and before the store of the composition."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from boto3.session import Session
from botocore.config import Config

from api.ops import outside
from api.ops.findings import House, Verdict
from api.settings import Settings
from storage.s3 import S3Store
from tests import nginx
from tests.faults.workers import wait_for
from tests.make import shelve
from tests.patience import PATIENCE
from tests.s3 import KEY, KEY_ID, S3Server
from tests.site import Site, free_port, served

SLOW = 60
PAGES = "https://books.example.net"
STORE = Path(__file__).parents[2] / "docs" / "nginx-store.conf"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    given = settings.model_copy(update={"public_url": f"https://localhost:{free_port()}"})
    with served(given, port=free_port()) as site:
        yield site


def test_slow_clients_are_cut_off_and_keep_nobody_from_an_answer(site: Site, tmp_path: Path) -> None:
    made = shelve(site)
    bent = [("client_header_timeout 10s;", "client_header_timeout 2s;")]
    with nginx.before(site, tmp_path, bent) as client, ExitStack() as stack:
        lines = [stack.enter_context(begun(site, tmp_path)) for _ in range(SLOW)]
        assert {client.get(path).status_code for path in ("/healthz", made.path, "/readyz") for _ in range(5)} == {200}
        wait_for(lambda: sum(map(is_over, lines)) == SLOW)
        assert client.get(made.path).status_code == 200


def test_who_asks_too_often_is_told_so_and_the_portal_is_spared(site: Site, tmp_path: Path) -> None:
    bent = [("rate=50r/s", "rate=1r/m"), ("burst=300", "burst=9")]
    with nginx.before(site, tmp_path, bent) as client:
        heard = [client.get("/healthz").status_code for _ in range(15)]
    assert heard == [200] * 10 + [429] * 5


def test_the_store_is_reached_by_signed_addresses_and_nothing_else(
    s3_server: S3Server, s3_keys: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, port = s3_server.bucket(), free_port()
    text = STORE.read_text()
    for old, new in (
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("server_name files.books.example.org;", "server_name localhost;"),
        ("/etc/ssl/gatefold/portal.pem", str(tmp_path / "server.pem")),
        ("/etc/ssl/gatefold/portal.key", str(tmp_path / "server.pem")),
        ("http://store:9000", s3_server.url),
        ("https://books.example.org", PAGES),
    ):
        assert old in text
        text = text.replace(old, new)
    signing = Session(KEY_ID, KEY).client(
        "s3",
        region_name="us-east-1",
        endpoint_url=f"https://localhost:{port}",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    put, get, delete = (
        signing.generate_presigned_url(what, Params={"Bucket": bucket, "Key": "a.pdf"}, ExpiresIn=300)
        for what in ("put_object", "get_object", "delete_object")
    )
    signing.close()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    given = settings.model_copy(update={"public_url": PAGES})
    store = S3Store(bucket, endpoint_url=s3_server.url, public_endpoint_url=f"https://localhost:{port}")
    with nginx.running(tmp_path, port, text) as client:
        (line,) = outside.uploads(House(given, store, (), None))
        assert line.verdict is Verdict.OK, line.words
        client.headers["origin"] = PAGES
        assert client.put(put, content=b"%PDF-1.7 a").status_code == 200
        file = client.get(get, headers={"range": "bytes=1-3"})
        assert (file.content, file.headers.get_list("access-control-allow-origin")) == (b"PDF", [PAGES])
        assert "Content-Range" in file.headers["access-control-expose-headers"]
        assert client.get(get).content == b"%PDF-1.7 a"
        assert client.get(get.replace("X-Amz-Signature=", "X-Amz-Signature=0")).status_code == 403
        assert client.get(urlsplit(get).path).status_code in (400, 403)  # rclone says the former
        assert client.delete(delete).status_code == 403
    assert len(s3_server.files(bucket)) == 1


def begun(site: Site, folder: Path) -> ssl.SSLSocket:
    """A connection by TLS whose request never ends."""
    trust = ssl.create_default_context(cafile=folder / "ca.pem")
    port = int(site.url.rpartition(":")[2])
    line = trust.wrap_socket(
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE), server_hostname="localhost"
    )
    line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return line


def is_over(line: ssl.SSLSocket) -> bool:
    """Whether the other side has ended the connection, without an answer."""
    line.settimeout(0.01)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
