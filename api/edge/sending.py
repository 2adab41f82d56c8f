"""A stored file as a raw ASGI answer: large chunks, one part, and no more read than the caller takes.

Every call on the store is made in threads of its own, so a store that hangs takes none from pages and sign-in.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import clock
from api.edge.portal import portal_of
from storage.store import StorageError, Store, StoredFile, Unreachable

log = logging.getLogger("gatefold.sending")
CHUNK = 512 * 1024  # bytes read and sent at a time
PATIENCE = 8.0  # seconds that a reader waits for the store's first word
Result = TypeVar("Result")


class OnceThere(Response):
    """The answer that `make` gives, as soon as the store says that it has the object `key`."""

    def __init__(self, store: Store, key: str, make: Callable[[], Response]) -> None:
        super().__init__()
        self.store, self.key, self.make = store, key, make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await first_word(scope, partial(self.store.stat, self.key))
        await self.make()(scope, receive, send)


@dataclass(frozen=True)
class Flow:
    """How bytes may leave.

    `pace` is how many may in a second, None for as many as are taken. `count` is told at the end of a transfer, be it a
    good one or not, how many have left.
    """

    pace: int | None = None
    count: Callable[[int], None] | None = None


AT_WILL = Flow()


class FilePart(Response):
    """`length` bytes of the object `key` from `start`. For HEAD, or a length of 0, only the headers."""

    def __init__(
        self,
        store: Store,
        key: str,
        start: int,
        length: int,
        *,
        status: int,
        headers: dict[str, str],
        flow: Flow = AT_WILL,
    ) -> None:
        super().__init__(status_code=status, headers=headers)
        self.store, self.key, self.start, self.length = store, key, start, length
        self.flow = flow
        self.chunk = min(CHUNK, flow.pace or CHUNK)  # a slowed reader hears of us each second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        if scope["method"] == "HEAD" or self.length == 0:
            await send(head)
            await send({"type": "http.response.body", "body": b""})
            return
        file = OpenedFile(self.store, self.key)
        try:
            # A store that is away or has nothing of that key says so before the answer begins.
            chunk = await first_word(scope, partial(self._read, file, self.start))
            await send(head)
            try:
                await self._send_bytes(file, chunk, scope, receive, send)
            except StorageError as error:  # the answer stays short of its length, so the reader's side notices
                log.error("a transfer broke off: %s", error)
                portal_of(HTTPConnection(scope)).figures.store_faults.labels("broken-off").inc()
        finally:
            file.let_go()

    def _read(self, file: "OpenedFile", position: int) -> bytes:
        end = self.start + self.length
        chunk = file.read_at(position, min(self.chunk, end - position))
        if not chunk:
            raise StorageError(f"object {self.key} ends at byte {position}, before byte {end}")
        return chunk

    async def _send_bytes(self, file: "OpenedFile", chunk: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        threads = portal_of(HTTPConnection(scope)).store_threads
        gone = asyncio.create_task(_until_gone(receive))
        began, sent, end = clock.ticks(), 0, self.start + self.length
        try:
            position = self.start + len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": position < end})
            sent = position - self.start
            while position < end:
                if self.flow.pace is not None:
                    await asyncio.wait({gone}, timeout=max(0.0, sent / self.flow.pace - (clock.ticks() - began)))
                if gone.done():
                    break
                chunk = await threads.run(partial(self._read, file, position), None)
                position += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": position < end})
                sent = position - self.start
        finally:
            gone.cancel()
            if self.flow.count is not None:
                self.flow.count(sent)


class OpenedFile:
    """A stored file, opened by the thread that first reads it.

    It is closed when its answer lets go of it, or, where a thread hangs in it then, by that thread in the end.
    """

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key = store, key
        self._file: StoredFile | None = None
        self._opened = ExitStack()
        self._turn, self._is_over = threading.Lock(), threading.Event()

    def read_at(self, position: int, length: int) -> bytes:
        try:
            with self._turn:
                if self._file is None:
                    self._file = self._opened.enter_context(self._store.open(self._key))
                return self._file.read_at(position, length)
        finally:
            if self._is_over.is_set():
                self._close()

    def let_go(self) -> None:
        self._is_over.set()
        self._close()

    def _close(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self._opened.close()
            finally:
                self._turn.release()


async def first_word(scope: Scope, call: Callable[[], Result]) -> Result:
    """What a call on the store gives. Raises Unreachable where that takes longer than a reader waits."""
    threads = portal_of(HTTPConnection(scope)).store_threads
    try:
        return await threads.run(call, PATIENCE)
    except TimeoutError as error:
        raise Unreachable(f"it has said nothing for {PATIENCE:g} seconds") from error


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
