"""A reader's browser over one TLS connection: its cookies, a network of its own, and each answer with its time."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlencode, urlsplit

from tests.faults.load import CHROME, PATIENCE, BrokenOff

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PROGRAM = {"accept": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    took: float  # seconds, with those for the connection where one was made

    @property
    def location(self) -> str:
        """Where it leads, as an address on the same host if it is one."""
        parts = urlsplit(self.headers["location"])
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass
class Browser:
    """`number` gives it an address out of 127.0.0.0/8, which to the portal is a network.

    With a `port` it asks that worker itself, and not what stands in front.
    """

    origin: str
    trust: ssl.SSLContext | None
    number: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    port: int | None = None
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, headers: Mapping[str, str] = PAGE) -> Answer:
        return await self._ask("GET", path, headers, b"")

    async def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] = PAGE) -> Answer:
        body = urlencode(form).encode()
        more = {"content-type": "application/x-www-form-urlencoded", "origin": self.origin}
        return await self._ask("POST", path, {**headers, **more}, body)

    def close(self) -> None:
        if self._line is not None:
            self._line[1].transport.abort()
            self._line = None

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        began = monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = self._line = self._line or await self._connect()
                writer.write(self._head(method, path, headers, len(body)) + body)
                status, told = self._read(await reader.readuntil(b"\r\n\r\n"))
                content = await _content(reader, told) if status not in (204, 304) else b""
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            raise BrokenOff(f"{method} {path}: {error!r}") from error
        if told.get("connection") == "close":
            self.close()
        return Answer(status, told, content, monotonic() - began)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.origin)
        own = f"127.{1 + (self.number >> 16) % 250}.{self.number >> 8 & 255}.{self.number & 255}"
        trust = self.trust if self.port is None else None
        name = parts.hostname if trust is not None else None
        return await asyncio.open_connection(
            "127.0.0.1", self.port or parts.port, ssl=trust, server_hostname=name, local_addr=(own, 0), limit=1 << 20
        )

    def turn_to(self, port: int) -> None:
        """Ask that worker from now on."""
        self.close()
        self.port = port

    def _head(self, method: str, path: str, headers: Mapping[str, str], length: int) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"host: {urlsplit(self.origin).netloc}", f"user-agent: {CHROME}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self.cookies:
            lines.append("cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines.append(f"content-length: {length}")
        return "\r\n".join([*lines, "", ""]).encode()

    def _read(self, head: bytes) -> tuple[int, dict[str, str]]:
        status, *lines = head.decode("latin-1").rstrip().split("\r\n")
        told: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            told[name.lower()] = value.strip()
            if name.lower() == "set-cookie":
                cookie, _, given = value.strip().partition(";")[0].partition("=")
                self.cookies[cookie] = given
        return int(status.split()[1]), told


async def _content(reader: asyncio.StreamReader, told: Mapping[str, str]) -> bytes:
    if "content-length" in told:
        return await reader.readexactly(int(told["content-length"]))
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(pieces)
