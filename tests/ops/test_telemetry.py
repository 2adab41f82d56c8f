"""Spans for a collector: what they say of a request, and that nothing of it is there unless it is set."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from click.testing import CliRunner

from api.commands import gatefold
from api.ops.telemetry import can_be_had
from api.settings import Settings
from tests.make import shelve
from tests.site import served

HAS_SDK = can_be_had()


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector's address, and what it was sent."""
    taken: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


@pytest.mark.skipif(not HAS_SDK, reason="the extra `telemetry` is not installed (pip install gatefold[telemetry])")
def test_a_request_is_a_span_that_names_its_route_and_nobody(settings: Settings) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    with collector() as (url, taken):
        with served(settings.model_copy(update={"telemetry_url": url})) as site:
            made = shelve(site)
            given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "cookie": "gatefold=canary"}
            site.program().get(f"{made.path}?word=canary", headers=given)
        sent = b"".join(taken)
    assert f"GET {made.path.rpartition('/')[0]}/{{slug}}".encode() in sent
    assert bytes.fromhex(trace) in sent
    assert b"canary" not in sent
    assert b"rivers-of-paper" not in sent


@pytest.mark.skipif(HAS_SDK, reason="the extra `telemetry` is installed")
def test_without_the_extra_serve_says_so_before_the_port_opens(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("SECRET_KEY", settings.secret_key.get_secret_value()),
        ("DATABASE_URL", settings.database_url),
        ("TELEMETRY_URL", "http://127.0.0.1:4318"),
    ):
        monkeypatch.setenv(f"GATEFOLD_{name}", value)
    result = CliRunner().invoke(gatefold, ["serve"], prog_name="gatefold")
    assert result.exit_code == 1
    assert "pip install gatefold[telemetry]" in result.stderr


def test_the_address_is_an_origin(settings: Settings) -> None:
    with pytest.raises(ValueError, match="more than an origin"):
        Settings(_env_file=None, **settings.model_dump() | {"telemetry_url": "http://127.0.0.1:4318/v1/traces"})
