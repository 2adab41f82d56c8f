"""Whether a store has every object that is owned, at its size and with its bytes, and which it has that nobody owns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from storage.owned import Fault, Owned, Trouble
from storage.reading import Pace, Told, sha256_of
from storage.store import Listed, Missing, StorageError, Store, Unreachable

IN_FLIGHT = timedelta(days=1)  # an object may wait so long for its row: as long as an upload may take

Objects = Callable[[], Iterator[Owned]]  # all objects that are owned now, in the order of their keys
IsOwned = Callable[[str], bool]  # whether an object is owned at this moment


@dataclass
class Verified:
    """What was found. `orphans` nobody owns; `in_flight` are too young for anybody to own yet."""

    objects: int = 0
    bytes: int = 0
    read: int = 0
    read_bytes: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    orphans: list[Listed] = field(default_factory=list)
    in_flight: int = 0

    @property
    def is_well(self) -> bool:
        return not self.troubles


def verify(
    store: Store,
    objects: Objects,
    is_owned: IsOwned,
    *,
    is_to_read: bool = True,
    rate: float | None = None,
    in_flight: timedelta = IN_FLIGHT,
    told: Told = lambda _count: None,
) -> Verified:
    """Compare what is owned with what is there; then read each object again, at `rate` bytes a second at most.

    `told` hears of each byte read. What comes and goes meanwhile is looked at again before it is called wrong.
    Raises Unreachable: a store that doesn't answer says nothing about its objects.
    """
    found = Verified()
    absent, unclaimed = _compare(store, objects, found)
    youngest = datetime.now(UTC) - in_flight
    for owned in absent:
        fault = _looked_at_again(store, owned) if is_owned(owned.key) else None
        if fault is not None:
            found.troubles.append(Trouble(owned, fault))
    for listed in unclaimed:
        if is_owned(listed.key):
            continue
        if listed.modified > youngest:
            found.in_flight += 1
        else:
            found.orphans.append(listed)
    if is_to_read:
        _read_all(store, objects, is_owned, found, Pace(rate), told)
    return found


def _compare(store: Store, objects: Objects, found: Verified) -> tuple[list[Owned], list[Listed]]:
    """The owned that are not there as they should be, and those there that nobody owns.

    Both sides come in the order of keys, so that neither has to be held whole.
    """
    absent: list[Owned] = []
    unclaimed: list[Listed] = []
    listing = _in_order(store)
    listed = next(listing, None)
    for owned in objects():
        found.objects += 1
        found.bytes += owned.size
        while listed is not None and listed.key < owned.key:
            unclaimed.append(listed)
            listed = next(listing, None)
        if listed is None or listed.key != owned.key:
            absent.append(owned)
            continue
        if listed.size != owned.size:
            absent.append(owned)
        listed = next(listing, None)
    if listed is not None:
        unclaimed += [listed, *listing]
    return absent, unclaimed


def _in_order(store: Store) -> Iterator[Listed]:
    last = ""
    for listed in store.listing():
        if listed.key <= last:
            raise StorageError("the store doesn't list its files in the order of their keys")
        last = listed.key
        yield listed


def _looked_at_again(store: Store, owned: Owned) -> Fault | None:
    try:
        return None if store.stat(owned.key).size == owned.size else Fault.WRONG_SIZE
    except Missing:
        return Fault.MISSING


def _read_all(store: Store, objects: Objects, is_owned: IsOwned, found: Verified, pace: Pace, told: Told) -> None:
    """Every object's bytes against its key, but for those that are in trouble already."""
    troubled = {trouble.owned.key for trouble in found.troubles}

    def count(size: int) -> None:
        found.read_bytes += size
        pace(size)
        told(size)

    for owned in objects():
        if owned.key in troubled:
            continue
        fault = _read(store, owned, count)
        if fault is None:
            found.read += 1
        elif is_owned(owned.key):
            found.troubles.append(Trouble(owned, fault))


def _read(store: Store, owned: Owned, told: Told) -> Fault | None:
    try:
        with store.open(owned.key) as file:
            return None if sha256_of(file, told) == owned.key else Fault.DAMAGED
    except Missing:
        return Fault.MISSING
    except Unreachable:
        raise
    except (StorageError, OSError):  # it ends early, or the disk can't read it any more
        return Fault.UNREADABLE
