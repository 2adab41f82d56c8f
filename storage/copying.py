"""Objects copied from one store to another: what is there is passed over, each is checked while it is copied."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from storage.owned import Fault, Owned, Trouble
from storage.reading import Reading, Told
from storage.store import Missing, Store, WrongDigest, WrongSize


@dataclass
class Copied:
    """What became of the objects so far. `failed` are those that the source itself doesn't have as they should be."""

    copied: int = 0
    copied_bytes: int = 0
    skipped: int = 0
    failed: list[Trouble] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.failed


def copy(source: Store, target: Store, objects: Iterable[Owned], copied: Copied, told: Told) -> None:
    """Bring every object into `target` and keep the count in `copied`; `told` hears of each byte that is done.

    An object of the right size there was checked when it came and is passed over, so a run that was broken off
    goes on where it stopped. One that is missing or damaged in `source` is noted and the others go on. Raises
    Unreachable and Full: without the stores, or room in one, nothing goes on.
    """
    for owned in objects:
        if _is_there(target, owned):
            copied.skipped += 1
            told(owned.size)
            continue
        fault = _copy_one(source, target, owned, told)
        if fault is None:
            copied.copied += 1
            copied.copied_bytes += owned.size
        else:
            copied.failed.append(Trouble(owned, fault))


def _is_there(target: Store, owned: Owned) -> bool:
    try:
        return target.stat(owned.key).size == owned.size
    except Missing:
        return False


def _copy_one(source: Store, target: Store, owned: Owned, told: Told) -> Fault | None:
    done = 0

    def counted(count: int) -> None:
        nonlocal done
        done += count
        told(count)

    try:
        with source.open(owned.key) as file:
            if file.size != owned.size:
                fault = Fault.WRONG_SIZE
            else:
                target.put(cast(BinaryIO, Reading(file, counted)), owned.key, owned.size)
                return None
    except Missing:
        fault = Fault.MISSING
    except WrongDigest:
        fault = Fault.DAMAGED
    except WrongSize:  # it ended before its size
        fault = Fault.UNREADABLE
    told(owned.size - done)
    return fault
