"""HTTP as it comes in from the wire: uvicorn's reading of it, and the two things that it lets pass."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024  # bytes before the body of a request begins; the portal itself takes half of it


class StrictHttp(HttpToolsProtocol):
    """One connection. A head without an end is cut off; a target that names its own host counts as another Host."""

    _heads = 0  # heads read so far
    _is_in_head = True
    _head = 0  # bytes of the one that is being read, as far as they came without another

    def data_received(self, data: bytes) -> None:
        heads, was_in_head = self._heads, self._is_in_head  # what ends a body is no part of a head
        super().data_received(data)
        if self._heads == heads and was_in_head and self._is_in_head and not self.transport.is_closing():
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self.send_400_response("The head of this request has no end.")

    def on_headers_complete(self) -> None:
        self._heads += 1
        self._is_in_head, self._head = False, 0
        if not self.url.startswith(b"/"):
            self.headers.append((b"host", self.url))
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        super().on_message_complete()


def options() -> dict[str, Any]:
    """How uvicorn serves the portal, whoever starts it."""
    return {
        "http": StrictHttp,
        "ws": "none",
        "proxy_headers": False,  # whose forwarded headers are believed is the portal's own setting
        "server_header": False,
        "access_log": False,
        "log_config": None,
        "log_level": "warning",
        "timeout_keep_alive": 15,  # seconds; more than docs/nginx.conf keeps a connection that nobody uses
    }
