"""What somebody says a store has to have, and what may be wrong with it there."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    MISSING = "missing"
    WRONG_SIZE = "wrong-size"
    DAMAGED = "damaged"  # the right size, but other bytes than its key says
    UNREADABLE = "unreadable"  # the disk can't read it


@dataclass(frozen=True)
class Owned:
    """An object that has to be there: its key, its size in bytes, and what it is, in words."""

    key: str
    size: int
    what: str


@dataclass(frozen=True)
class Trouble:
    """An object that isn't there as it should be."""

    owned: Owned
    fault: Fault
