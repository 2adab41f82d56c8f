"""The time. Nothing else in the portal asks the machine for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant in UTC: the process clock, set right by the database's."""
    return _frozen if _frozen is not None else datetime.now(UTC) + _offset


def ticks() -> float:
    """Seconds that only ever grow, for measuring how long ago something was."""
    return time.monotonic()


def set_offset(offset: timedelta) -> None:
    """How far the database's clock is ahead of this process's; `database.py` measures it."""
    global _offset
    _offset = offset


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the time at `at` for the length of a `with` block (tests and samples)."""
    global _frozen
    before, _frozen = _frozen, at
    try:
        yield
    finally:
        _frozen = before
