"""The time. Nothing else in the portal asks the machine for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_known: tuple[datetime, float] | None = None  # an instant, and the ticks at it
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant in UTC: since `set_offset` by ticks alone, so that no jump of the machine's clock matters."""
    if _frozen is not None:
        return _frozen
    if _known is None:
        return datetime.now(UTC)
    instant, then = _known
    return instant + timedelta(seconds=ticks() - then)


def ticks() -> float:
    """Seconds that only ever grow, for measuring how long ago something was."""
    return time.monotonic()


def of_the_machine() -> datetime:
    """What this machine's clock says, right or wrong."""
    return datetime.now(UTC)


def set_offset(offset: timedelta) -> None:
    """How far the database's clock is ahead of this machine's; `database.py` measures it."""
    global _known
    _known = datetime.now(UTC) + offset, ticks()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the time at `at` for the length of a `with` block (tests and samples)."""
    global _frozen
    before, _frozen = _frozen, at
    try:
        yield
    finally:
        _frozen = before
