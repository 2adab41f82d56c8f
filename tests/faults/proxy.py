"""A TCP proxy that can be told to fail: it refuses, falls silent, delays, throttles or breaks off, and counts each.

It stands between the portal and what it needs. A test that has not seen its counter grow has proven nothing.
"""

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.patience import PATIENCE

PIECE = 64 * 1024  # bytes passed on at a time
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, as a process does that was killed


@dataclass(frozen=True)
class Fault:
    """What is wrong with the line. `reset_after` counts what the server sends on one connection, in bytes."""

    refuses: bool = False
    is_silent: bool = False
    delay: float = 0.0  # seconds before each piece
    rate: int | None = None  # bytes a second
    reset_after: int | None = None


WELL = Fault()


class FaultProxy:
    """Listens on a port of its own and passes on to `target`: a host and a port, or the path of a socket."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self.fault = WELL
        self.counts: Counter[str] = Counter()
        self._target = target
        self._lines: set[asyncio.StreamWriter] = set()
        self._told = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._told.wait(PATIENCE)

    def set(self, fault: Fault) -> None:
        """From now on. A line that is open already gets the fault with its next piece; refusing also cuts it."""
        self.fault = fault
        if fault.refuses:
            self.cut()

    def cut(self) -> None:
        """Reset every line that is open."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(self._cut, done)
        assert done.wait(PATIENCE)

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, backlog=1024)
        self.port = int(server.sockets[0].getsockname()[1])
        self._told.set()
        await self._over.wait()
        server.close()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _pass_on(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        if self.fault.refuses:
            self.counts["refused"] += 1
            return _reset(to_client)
        if isinstance(self._target, str):
            from_server, to_server = await asyncio.open_unix_connection(self._target)
        else:
            from_server, to_server = await asyncio.open_connection(*self._target)
        self._lines |= {to_client, to_server}
        there = asyncio.create_task(self._pump(from_client, to_server, None))
        back = asyncio.create_task(self._pump(from_server, to_client, to_server))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (there, back):
                task.cancel()
            self._lines -= {to_client, to_server}
            for line in (to_client, to_server):
                line.close()

    async def _pump(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, server: asyncio.StreamWriter | None
    ) -> None:
        """One direction; `server` is given for the one that comes from there."""
        sent = 0
        with suppress(OSError):
            while data := await source.read(PIECE):
                while self.fault.is_silent:
                    self.counts["held"] += 1
                    await asyncio.sleep(0.05)
                fault = self.fault
                if fault.delay:
                    self.counts["delayed"] += 1
                    await asyncio.sleep(fault.delay)
                if fault.rate is not None:
                    self.counts["throttled"] += 1
                    await asyncio.sleep(len(data) / fault.rate)
                if server is not None and fault.reset_after is not None and sent + len(data) > fault.reset_after:
                    self.counts["reset"] += 1
                    to.write(data[: fault.reset_after - sent])
                    await to.drain()
                    return _reset(to)
                to.write(data)
                await to.drain()
                sent += len(data)
                self.counts["bytes"] += len(data)

    def _cut(self, done: threading.Event) -> None:
        self.counts["cut"] += len(self._lines) // 2
        for line in self._lines:
            _reset(line)
        done.set()


def _reset(line: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        line.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    line.transport.abort()


@contextmanager
def faulty(target: tuple[str, int] | str) -> Iterator[FaultProxy]:
    proxy = FaultProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
