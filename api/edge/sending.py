"""A stored file as a raw ASGI answer: large chunks, one part, and no more read than the caller takes."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack

from anyio import to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from storage.store import StorageError, Store

log = logging.getLogger("gatefold.sending")
CHUNK = 512 * 1024  # bytes read and sent at a time
ReadAt = Callable[[int, int], bytes]


class FilePart(Response):
    """`length` bytes of the object `key` from `start`. For HEAD, or a length of 0, only the headers."""

    def __init__(
        self, store: Store, key: str, start: int, length: int, *, status: int, headers: dict[str, str]
    ) -> None:
        super().__init__(status_code=status, headers=headers)
        self.store, self.key, self.start, self.length = store, key, start, length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        if scope["method"] == "HEAD" or self.length == 0:
            await send(head)
            await send({"type": "http.response.body", "body": b""})
            return
        with ExitStack() as opened:
            # A store that is away or has nothing of that key says so before the answer begins.
            read_at, chunk = await to_thread.run_sync(self._open, opened)
            await send(head)
            try:
                await self._send_bytes(read_at, chunk, receive, send)
            except StorageError as error:  # the answer stays short of its length, so the reader's side notices
                log.error("a transfer broke off: %s", error)

    def _open(self, opened: ExitStack) -> tuple[ReadAt, bytes]:
        read_at = opened.enter_context(self.store.open(self.key)).read_at
        return read_at, self._read(read_at, self.start)

    def _read(self, read_at: ReadAt, position: int) -> bytes:
        end = self.start + self.length
        chunk = read_at(position, min(CHUNK, end - position))
        if not chunk:
            raise StorageError(f"object {self.key} ends at byte {position}, before byte {end}")
        return chunk

    async def _send_bytes(self, read_at: ReadAt, chunk: bytes, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            position, end = self.start + len(chunk), self.start + self.length
            await send({"type": "http.response.body", "body": chunk, "more_body": position < end})
            while position < end and not gone.done():
                chunk = await to_thread.run_sync(self._read, read_at, position)
                position += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": position < end})
        finally:
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
