"""What stands before a bucket for browsers: the rules of docs/storage.md for other origins, and a line to cut."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.patience import PATIENCE

ALLOWED_HEADERS = {"PUT": {"content-md5"}, "GET": {"range", "if-range"}}


class Door(ThreadingHTTPServer):
    """Passes PUT and GET on to the S3 server as they came. While `lets_through` is 0 the line is dead."""

    daemon_threads = True

    def __init__(self, store_url: str, origin: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store, self.origin = urlsplit(store_url).netloc, origin
        self.lets_through = 1_000_000
        self.parts = 0
        self.ranges: list[str] = []
        self.turn = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def takes_one_more(self) -> bool:
        with self.turn:
            self.lets_through -= 1
            return self.lets_through >= 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no fault of the test."""


class Handler(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"

    def do_OPTIONS(self) -> None:
        asked = self.headers.get("access-control-request-headers", "")
        method = self.headers.get("access-control-request-method", "")
        allowed = ALLOWED_HEADERS.get(method, set())
        is_allowed = (
            self.headers.get("origin") == self.server.origin
            and method in ALLOWED_HEADERS
            and set(filter(None, asked.replace(" ", "").split(","))) <= allowed
        )
        self.send_response(200 if is_allowed else 403)
        if is_allowed:
            self.send_header("access-control-allow-origin", self.server.origin)
            self.send_header("access-control-allow-methods", method)
            self.send_header("access-control-allow-headers", ", ".join(allowed))
        self.send_header("content-length", "0")
        self.end_headers()

    def do_PUT(self) -> None:
        if self.server.takes_one_more():
            self._pass_on(self.rfile.read(int(self.headers["content-length"])))
        else:
            self.close_connection = True

    def do_GET(self) -> None:
        if self.server.takes_one_more():
            self.server.ranges.append(self.headers.get("range", ""))
            self._pass_on(None)
        else:
            self.close_connection = True

    def _pass_on(self, body: bytes | None) -> None:
        store = HTTPConnection(self.server.store, timeout=PATIENCE)
        store.request(self.command, self.path, body, dict(self.headers.items()))
        answer = store.getresponse()
        said = answer.read()
        store.close()
        self.server.parts += self.command == "PUT" and answer.status == 200
        self.send_response(answer.status)
        if self.headers.get("origin") == self.server.origin:
            self.send_header("access-control-allow-origin", self.server.origin)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def door_to(store_url: str, origin: str) -> Iterator[Door]:
    door = Door(store_url, origin)
    thread = threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.shutdown()
        thread.join(PATIENCE)
        door.server_close()
