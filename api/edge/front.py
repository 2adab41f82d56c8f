"""The front door: each request passes it first and each answer last, so it is a few plain steps and no more.

It gives the request its number, refuses what names another host or is far too long, settles where the request
comes from, and tells what came of it. Nothing behind it sees a forwarded header.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import clock
from api.edge import request_id
from api.edge.network import FORWARDED, Proxies
from api.edge.problem_words import BAD_HOST, HEADERS_TOO_LARGE, WRONG_HOST, Words

ROUTE = "gatefold.route"  # in a scope: the template of an address that was answered before any route was looked for
LARGEST_HEAD = 32 * 1024  # bytes of address and headers together
NOWHERE = "//"  # a path that no route has
ASKED_BY_ANY_NAME = frozenset({"/healthz", "/readyz"})  # probes name the machine, not the portal


class Visit:
    """One request and what came of it, for the log and the figures."""

    __slots__ = ("_send", "answered_at", "began_at", "bytes_sent", "is_complete", "number", "scope", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self._send = send
        self.number = request_id.new()
        self.began_at = self.answered_at = clock.ticks()
        self.status = 500  # until an answer begins
        self.bytes_sent = 0
        self.is_complete = False

    @property
    def route(self) -> str:
        """The template of the address, never the address itself."""
        scope = self.scope
        if ROUTE in scope:
            return str(scope[ROUTE])
        if "route" in scope:
            return str(scope["route"].path)
        if scope["root_path"]:
            return f"{scope['root_path']}/…"
        is_fixed = "endpoint" in scope and not scope["path_params"]
        return str(scope["path"]) if is_fixed else "none"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answered_at = clock.ticks()
            message["headers"] = [*message.get("headers", ()), (request_id.HEADER, self.number.encode())]
        elif message["type"] == "http.response.body":
            self.bytes_sent += len(message.get("body", b""))
            self.is_complete = not message.get("more_body", False)
        await self._send(message)


@dataclass(frozen=True)
class FrontDoor:
    """Pure ASGI middleware around everything. `headers` go with its own plain refusals; `note` may not raise."""

    app: ASGIApp
    hosts: frozenset[bytes]
    proxies: Proxies
    headers: Mapping[str, str]
    note: Callable[[Visit], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        visit = Visit(scope, send)
        try:
            refusal = self._look_at(scope)
            if refusal is None:
                await self.app(scope, receive, visit.send)
            else:
                await self._refuse(refusal, scope, receive, visit.send)
        except Exception:
            if not (visit.is_complete and visit.status == 500):  # a fault whose page was sent is in the log already
                raise
        finally:
            self.note(visit)

    def _look_at(self, scope: Scope) -> Words | None:
        """One pass over the headers: what to refuse the request with, if anything."""
        host, hosts, is_forwarded = b"", 0, False
        size = len(scope["raw_path"]) + len(scope["query_string"])
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            if name == b"host":
                host, hosts = value, hosts + 1
            elif name in FORWARDED:
                is_forwarded = True
        if is_forwarded:
            self.proxies.settle(scope)
        if size > LARGEST_HEAD:
            return HEADERS_TOO_LARGE
        if not scope["path"].isprintable():  # the pattern of a route lets a line feed at the end pass
            scope["path"] = NOWHERE
        if host in self.hosts and hosts == 1:
            return None
        return self._other_name(scope["path"], host, hosts)

    def _other_name(self, path: str, host: bytes, hosts: int) -> Words | None:
        if path in ASKED_BY_ANY_NAME and hosts < 2:
            return None
        if hosts != 1:
            return BAD_HOST
        return None if host.lower() in self.hosts else WRONG_HOST

    async def _refuse(self, words: Words, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(self.headers) | {"cache-control": "no-store", "connection": "close"}
        answer = PlainTextResponse(f"{words.heading}. {words.body}\n", words.status, headers)
        await answer(scope, receive, send)
