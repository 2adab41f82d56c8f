"""A stored file as a raw ASGI answer: large chunks, one part, and no more read than the caller takes."""

import asyncio
from collections.abc import Callable

from anyio import to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from storage.store import Store

CHUNK = 512 * 1024  # bytes read and sent at a time


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
        with self.store.open(self.key) as file:
            await send(head)
            await self._send_bytes(file.read_at, receive, send)

    async def _send_bytes(self, read_at: Callable[[int, int], bytes], receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            position, end = self.start, self.start + self.length
            while position < end and not gone.done():
                chunk = await to_thread.run_sync(read_at, position, min(CHUNK, end - position))
                if not chunk:
                    raise OSError(f"object {self.key} ends at byte {position}, before byte {end}")
                position += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": position < end})
        finally:
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
