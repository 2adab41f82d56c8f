"""What stands before a bucket for browsers: the rules of docs/uploads.md for other origins, and a line to cut."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ALLOWED_HEADERS = {"content-md5"}


class Door(ThreadingHTTPServer):
    """Passes PUT on to the S3 server as it came. While `lets_through` is 0 the line is dead."""

    daemon_threads = True

    def __init__(self, store_url: str, origin: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store, self.origin = urlsplit(store_url).netloc, origin
        self.lets_through = 1_000_000
        self.parts = 0
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
        is_allowed = (
            self.headers.get("origin") == self.server.origin
            and self.headers.get("access-control-request-method") == "PUT"
            and set(filter(None, asked.replace(" ", "").split(","))) <= ALLOWED_HEADERS
        )
        self.send_response(200 if is_allowed else 403)
        if is_allowed:
            self.send_header("access-control-allow-origin", self.server.origin)
            self.send_header("access-control-allow-methods", "PUT")
            self.send_header("access-control-allow-headers", ", ".join(ALLOWED_HEADERS))
        self.send_header("content-length", "0")
        self.end_headers()

    def do_PUT(self) -> None:
        if not self.server.takes_one_more():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["content-length"]))
        store = HTTPConnection(self.server.store, timeout=10)
        store.request("PUT", self.path, body, dict(self.headers.items()))
        answer = store.getresponse()
        said = answer.read()
        store.close()
        self.server.parts += answer.status == 200
        self.send_response(answer.status)
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
        thread.join(5)
        door.server_close()
