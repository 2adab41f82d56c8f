"""The front door, by raw sockets: one host, the right one, a head that ends, and a number on every answer."""

import re
import socket
from contextlib import suppress

import pytest

from api.commands import wire
from api.edge.front import LARGEST_HEAD
from api.edge.hosts import allowed_hosts
from api.edge.network import FORWARDED
from api.shelf import queries
from tests.cast import sign_in
from tests.make import shelve
from tests.patience import PATIENCE
from tests.site import Site

NUMBER = re.compile(rb"\r\nx-request-id: ([0-9a-f]{16})\r\n")


def answer(site: Site, request: bytes) -> bytes:
    """Everything that comes back for these bytes. What is refused may be cut off before all of it is sent."""
    port = int(site.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        found = b""
        with suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(request)
        with suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                found += piece
    return found


def get(site: Site, target: str, *hosts: str, version: str = "1.1") -> bytes:
    lines = [f"GET {target} HTTP/{version}", *(f"Host: {host}" for host in hosts), "Connection: close"]
    return answer(site, "\r\n".join([*lines, "", ""]).encode())


def status(found: bytes) -> int:
    return int(found.split(b" ", 2)[1])


def own(site: Site) -> str:
    return site.url.removeprefix("http://")


def test_the_public_host_is_answered_and_so_are_other_names_of_loopback(site: Site) -> None:
    port = own(site).rpartition(":")[2]
    for host in (own(site), own(site).upper(), f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert status(get(site, "/", host)) == 200, host


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost",
        "localhost:1",
        "localhost.:{port}",
        "x@localhost:{port}",
        "localhost:{port}@evil",
        "",
    ],
)
def test_another_host_is_refused_and_not_repeated(site: Site, host: str) -> None:
    shelve(site)
    assert status(get(site, "/reports/rivers-of-paper", own(site))) == 200  # from now on the page is in memory
    found = get(site, "/reports/rivers-of-paper", host.format(port=own(site).rpartition(":")[2]))
    assert status(found) == 421
    assert b"evil" not in found
    assert b"cache-control: no-store" in found
    assert b"nosniff" in found
    assert NUMBER.search(found)


def test_two_hosts_or_none_are_refused(site: Site) -> None:
    assert status(get(site, "/", own(site), "evil.example")) == 400
    assert status(get(site, "/", "evil.example", own(site))) == 400
    assert status(get(site, "/", own(site), own(site))) == 400
    assert status(get(site, "/")) == 400
    assert status(get(site, "/", version="1.0")) == 400


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/",
        "http://{own}/",
        "http://{own}@evil.example/",
        "http://evil.example@{own}/",
        "https://evil.example/sign-in",
        "@evil.example/",
        "*",
        "evil.example:443",
    ],
)
def test_a_target_that_names_a_host_is_refused(site: Site, target: str) -> None:
    assert status(get(site, target.format(own=own(site)), own(site))) == 400


@pytest.mark.parametrize("target", ["/@evil.example", "//evil.example/", "///evil.example/%2e%2e", "/\\evil.example"])
def test_a_path_that_looks_like_a_host_leads_nowhere(site: Site, target: str) -> None:
    found = get(site, target, own(site))
    assert status(found) == 404
    assert b"\r\nlocation:" not in found.lower()


@pytest.mark.parametrize("suffix", ["/x.css", ";x.js", ".css", "%2e", "%2fx.css", "%0a", "%00", "/", "/..%2f"])
def test_an_unknown_ending_leads_nowhere(site: Site, suffix: str) -> None:
    made, cleo = shelve(site), site.browser()
    sign_in(cleo, "cleo")
    for path in (made.path, "/account", "/sign-in"):
        found = cleo.get(path + suffix)
        assert found.status_code == 404, path
        assert found.text == cleo.get("/no-such-page").text


def test_probes_may_name_the_machine(site: Site) -> None:
    for path in ("/healthz", "/readyz"):
        assert status(get(site, path, "10.0.0.7:8000")) == 200
        assert status(get(site, path, version="1.0")) == 200
        assert status(get(site, path, own(site), own(site))) == 400


def test_absolute_addresses_come_from_the_public_url_alone(site: Site) -> None:
    made, client = shelve(site), site.browser()
    port = own(site).rpartition(":")[2]
    other = {"host": f"127.0.0.1:{port}", **{name.decode(): "evil.example" for name in FORWARDED}}
    sign_in(client, "cleo")
    issued = client.post(f"{made.path}/tickets", headers={"accept": "application/json", **other})
    assert issued.json()["url"].startswith(f"{site.url}/t/")
    for path in (made.path, "/", "/sign-in", "/no-such-page", made.pdf):
        seen = site.browser().get(path, headers=other)
        assert "evil.example" not in seen.text + str(seen.headers)
        assert f"//127.0.0.1:{port}" not in seen.text + str(seen.headers)


def test_a_head_that_is_too_long_is_refused(site: Site) -> None:
    for header in (f"X-Long: {'x' * LARGEST_HEAD}", "\r\n".join(f"X-{n}: {'x' * 90}" for n in range(400))):
        found = answer(site, f"GET / HTTP/1.1\r\nHost: {own(site)}\r\n{header}\r\n\r\n".encode())
        assert status(found) == 431
    assert status(get(site, f"/{'x' * LARGEST_HEAD}", own(site))) == 431


def test_a_head_without_end_is_cut_off(site: Site) -> None:
    for endless in (b"x" * 4096, b"X: y\r\n" * 700):
        with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), timeout=PATIENCE) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {own(site)}\r\nX-Endless: ".encode())
            connection.sendall(endless * (wire.LARGEST_HEAD // len(endless) + 1))
            assert status(connection.recv(65536)) == 400


def test_a_long_body_is_not_a_long_head(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), timeout=PATIENCE) as connection:
        for _ in range(3):  # on one connection, so that heads are counted one by one
            head = f"POST /sign-out HTTP/1.1\r\nHost: {own(site)}\r\nContent-Length: 60000\r\n\r\n"
            connection.sendall(head.encode() + b"x" * 60_000)
            found = b""
            while b"\r\n\r\n" not in found:
                found += connection.recv(65536)
            assert status(found) == 303


def test_what_is_too_large_is_refused_with_and_without_a_length(site: Site) -> None:
    head = f"POST /sign-in/demo HTTP/1.1\r\nHost: {own(site)}\r\nConnection: close\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    declared = f"{head}{form}Content-Length: 10000000\r\n\r\n".encode()
    assert status(answer(site, declared)) == 413
    piece = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    chunked = f"{head}{form}Transfer-Encoding: chunked\r\n\r\n".encode() + piece * 5 + b"0\r\n\r\n"
    assert status(answer(site, chunked)) == 413
    assert status(answer(site, f"{head}{form}Content-Length: 6\r\n\r\nnext=/".encode())) == 303


def test_two_views_of_one_length_are_refused(site: Site) -> None:
    head = f"POST /sign-out HTTP/1.1\r\nHost: {own(site)}\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    assert status(answer(site, head.encode() + b"0\r\n\r\n")) == 400


def test_every_answer_has_a_number_of_its_own_that_we_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shelve(site)
    theirs = {"x-request-id": "0123456789abcdef"}
    seen = [
        site.browser().get(path, headers=theirs)
        for path in (made.path, made.path, made.pdf, "/no-such-page", "/static/mark.svg", "/sign-in", "/account")
    ]
    monkeypatch.setattr(queries, "catalogue", lambda *_: 1 / 0)
    broken = site.browser().get("/", headers=theirs)
    assert broken.status_code == 500
    numbers = [answer.headers["x-request-id"] for answer in (*seen, broken)]
    assert len(set(numbers)) == len(numbers)
    assert theirs["x-request-id"] not in numbers
    assert f"<dt>Request</dt><dd>{numbers[-1]}</dd>" in broken.text
    assert broken.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("public_url", "operator_port", "allowed", "refused"),
    [
        (
            "https://books.example.org",
            None,
            {b"books.example.org", b"books.example.org:443"},
            {b"books.example.org:80", b"localhost"},
        ),
        ("https://books.example.org:8443", None, {b"books.example.org:8443"}, {b"books.example.org"}),
        ("https://books.example.org", 9100, {b"books.example.org", b"127.0.0.1:9100"}, {b"127.0.0.1"}),
        ("http://[::1]:8000", None, {b"[::1]:8000", b"localhost:8000"}, {b"[::1]"}),
        ("http://localhost", None, {b"localhost", b"localhost:80", b"127.0.0.1"}, {b"localhost:8000"}),
    ],
)
def test_the_hosts_of_a_public_url(
    public_url: str, operator_port: int | None, allowed: set[bytes], refused: set[bytes]
) -> None:
    hosts = allowed_hosts(public_url, operator_port)
    assert allowed <= hosts
    assert not refused & hosts
