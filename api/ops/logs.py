"""The log of `gatefold serve`: JSON lines on one descriptor, set up here and nowhere else.

A line has only fields that are named here: no address, no query, no cookie, no name. Of an exception it keeps
the kind and the places, of a foreign library's warning the text before anything was filled in, because the rest
can hold what a reader or a provider sent. Lines are written by a thread of their own from a bounded store, so
a log that can't be written costs lines and never a request.
"""

import json
import logging
import os
import threading
import traceback
from collections import deque
from functools import lru_cache
from typing import Any

from api import clock
from api.edge import request_id

OURS = "gatefold"
KEPT_AT_MOST = 10_000  # lines that wait to be written; further ones are dropped and counted
PAUSE = 0.1  # seconds in which lines gather before they are written together
LAST_WORDS = 1.0  # seconds that a stopping portal gives the last lines
escaped = lru_cache(maxsize=256)(json.dumps)


class Sink:
    """Lines on their way to a file descriptor. `put` never waits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: deque[str] = deque()
        self._dropped = 0
        self._waiting, self._over = threading.Event(), threading.Event()
        self._writer = threading.Thread(target=self._write_on, name="log", daemon=True)
        self._writer.start()

    def put(self, line: str) -> None:
        if len(self._lines) >= KEPT_AT_MOST:
            self._dropped += 1
            return
        self._lines.append(line)
        if not self._waiting.is_set():
            self._waiting.set()

    def close(self) -> None:
        """Write what waits, but no longer than a moment."""
        self._over.set()
        self._waiting.set()
        self._writer.join(LAST_WORDS)

    def _write_on(self) -> None:
        while not self._over.is_set():
            self._waiting.wait()
            self._over.wait(PAUSE)
            self._waiting.clear()
            self._write_waiting()
        self._write_waiting()  # what came while the last lines could not be written

    def _write_waiting(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        dropped, self._dropped = self._dropped, 0
        if dropped:
            lines.append(line_of("WARNING", "gatefold.logs", f"{dropped} lines could not be written"))
        data = "".join(f"{line}\n" for line in lines).encode()
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._dropped += dropped + data.count(b"\n") - bool(dropped)


class RequestLog:
    """One line for each request."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def line(
        self, *, number: str, method: str, route: str, status: int, milliseconds: float, size: int, role: str
    ) -> None:
        self._sink.put(
            f'{{"time": "{_now()}", "request": "{number}", "method": {escaped(method)}, "route": {escaped(route)}, '
            f'"status": {status}, "ms": {milliseconds:.1f}, "bytes": {size}, "role": {escaped(role)}}}'
        )


class Records(logging.Handler):
    """The records of Python's logging as lines: all of ours, and warnings of everybody else."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        is_ours = record.name == OURS or record.name.startswith(f"{OURS}.")
        if not is_ours and record.levelno < logging.WARNING:
            return
        try:
            message = record.getMessage() if is_ours else str(record.msg).partition("\n")[0]
        except (TypeError, ValueError):
            message = str(record.msg)
        more: dict[str, Any] = {}
        if request_id.current():
            more["request"] = request_id.current()
        if record.exc_info and record.exc_info[1] is not None:
            more |= _fault(record.exc_info[1])
        self._sink.put(line_of(record.levelname, record.name, message, **more))


def set_up(descriptor: int = 2) -> Sink:
    """Let everything that is logged from now on go to `descriptor` (standard error) as JSON lines."""
    sink = Sink(descriptor)
    logging.basicConfig(level=logging.INFO, handlers=[Records(sink)], force=True)
    return sink


def line_of(level: str, logger: str, message: str, **more: Any) -> str:
    """A line about something other than a request. Control characters and all beyond ASCII are escaped."""
    return json.dumps({"time": _now(), "level": level, "logger": logger, "message": message, **more})


def _now() -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fault(error: BaseException) -> dict[str, Any]:
    """The kinds of an exception and of what caused it, and the places it came through."""
    kinds, cause = [type(error).__name__], error.__cause__ or error.__context__
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)
    return {"fault": kinds, "places": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-15:]]}
