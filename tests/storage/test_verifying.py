"""A store looked over: what is as it should be, what is missing, wrong or nobody's, and how fast it is read."""

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from storage import reading
from storage.local import LocalStore
from storage.owned import Fault, Owned
from storage.store import StorageError, Store, Unreachable
from storage.stores import store_of
from storage.verifying import Verified, verify
from tests.site import free_port

FILES = [b"%d" % number * 1000 for number in range(12)]
NOW = timedelta(0)  # nothing counts as being in flight


def put(store: Store, data: bytes) -> Owned:
    key = hashlib.sha256(data).hexdigest()
    store.put(io.BytesIO(data), key, len(data))
    return Owned(key, len(data), "a file")


@pytest.fixture
def owned(store: Store) -> list[Owned]:
    return sorted((put(store, data) for data in FILES), key=lambda each: each.key)


def look(store: Store, owned: list[Owned], *, in_flight: timedelta = NOW, is_to_read: bool = True) -> Verified:
    ordered = sorted(owned, key=lambda each: each.key)
    keys = {each.key for each in owned}
    return verify(store, lambda: iter(ordered), keys.__contains__, in_flight=in_flight, is_to_read=is_to_read)


def faults(found: Verified) -> set[tuple[str, Fault]]:
    return {(each.owned.key, each.fault) for each in found.troubles}


def test_a_store_in_order_is_well(store: Store, owned: list[Owned]) -> None:
    found = look(store, owned)
    size = sum(map(len, FILES))
    assert found.is_well
    assert (found.objects, found.bytes, found.read, found.read_bytes) == (len(FILES), size, len(FILES), size)
    assert (found.orphans, found.in_flight) == ([], 0)


def test_without_reading_only_places_and_sizes_are_looked_at(store: Store, owned: list[Owned]) -> None:
    found = look(store, owned, is_to_read=False)
    assert (found.is_well, found.objects, found.read, found.read_bytes) == (True, len(FILES), 0, 0)


def test_nothing_owned_and_nothing_there_is_well(store: Store) -> None:
    assert look(store, []).is_well


@pytest.mark.parametrize("which", [0, 5, -1])
def test_a_file_that_is_gone_is_missing(store: Store, owned: list[Owned], which: int) -> None:
    store.delete(owned[which].key)
    for is_to_read in (True, False):
        found = look(store, owned, is_to_read=is_to_read)
        assert faults(found) == {(owned[which].key, Fault.MISSING)}
        assert not found.is_well


@pytest.mark.parametrize("which", [0, 5, -1])
def test_a_file_that_nobody_owns_is_an_orphan_and_no_trouble(store: Store, owned: list[Owned], which: int) -> None:
    orphan = owned[which]
    found = look(store, [each for each in owned if each != orphan])
    assert found.is_well
    assert [(each.key, each.size) for each in found.orphans] == [(orphan.key, orphan.size)]


def test_a_young_file_is_in_flight_and_no_orphan(store: Store, owned: list[Owned]) -> None:
    found = look(store, owned[1:], in_flight=timedelta(hours=1))
    assert (found.orphans, found.in_flight) == ([], 1)


def test_a_file_whose_row_comes_meanwhile_is_no_orphan(store: Store, owned: list[Owned]) -> None:
    found = verify(store, lambda: iter(owned[1:]), lambda _key: True, in_flight=NOW)
    assert (found.orphans, found.in_flight) == ([], 0)


def test_a_file_whose_row_goes_meanwhile_is_not_missing(store: Store, owned: list[Owned]) -> None:
    store.delete(owned[3].key)
    assert verify(store, lambda: iter(owned), lambda _key: False, in_flight=NOW).is_well


def test_a_file_that_comes_after_the_listing_is_not_missing(store: Store, owned: list[Owned]) -> None:
    store.delete(owned[-1].key)
    restored = False

    def is_owned(_key: str) -> bool:
        nonlocal restored
        if not restored:
            put(store, next(data for data in FILES if hashlib.sha256(data).hexdigest() == owned[-1].key))
            restored = True
        return True

    assert verify(store, lambda: iter(owned), is_owned, in_flight=NOW).is_well
    assert restored


def test_a_size_that_is_not_the_rows_is_wrong(store: Store, owned: list[Owned]) -> None:
    larger = Owned(owned[4].key, owned[4].size + 1, "a file")
    found = look(store, [*owned[:4], larger, *owned[5:]])
    assert faults(found) == {(larger.key, Fault.WRONG_SIZE)}
    assert found.read == len(FILES) - 1


def test_other_bytes_of_the_same_size_are_found_by_reading(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    owned = put(store, b"what was put")
    (tmp_path / owned.key[:2] / owned.key[2:4] / owned.key).write_bytes(b"what was PUT")
    assert look(store, [owned], is_to_read=False).is_well
    assert faults(look(store, [owned])) == {(owned.key, Fault.DAMAGED)}


def test_a_file_that_the_disk_cannot_read_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    owned = [put(store, data) for data in FILES]
    pread = os.pread

    def failing(descriptor: int, length: int, offset: int) -> bytes:
        data = pread(descriptor, length, offset)
        if data == FILES[3]:
            raise OSError(5, "Input/output error")
        return data

    monkeypatch.setattr(os, "pread", failing)
    found = look(store, owned)
    assert faults(found) == {(owned[3].key, Fault.UNREADABLE)}
    assert found.read == len(FILES) - 1


def test_reading_keeps_to_its_rate(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=lambda: sum(slept), sleep=slept.append))
    owned = [put(store, bytes([number]) * 100_000) for number in range(6)]
    keys = {each.key for each in owned}
    ordered = sorted(owned, key=lambda each: each.key)

    for rate, seconds in ((None, 0), (1_000_000, 0.6)):
        assert verify(store, lambda: iter(ordered), keys.__contains__, rate=rate).read_bytes == 600_000
        assert sum(slept) == pytest.approx(seconds)


def test_a_store_that_is_away_says_nothing_about_its_files(s3_keys: None, tmp_path: Path) -> None:
    away = store_of("s3", root=tmp_path, bucket="titles", endpoint_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable):
        look(away, [Owned("0" * 64, 1, "a file")])


def test_a_store_that_lists_out_of_order_is_not_believed(tmp_path: Path) -> None:
    class Shuffled(LocalStore):
        def listing(self) -> Iterator:  # type: ignore[type-arg]
            return reversed(list(super().listing()))  # type: ignore[return-value]

    store = Shuffled(tmp_path)
    owned = [put(store, data) for data in FILES]
    with pytest.raises(StorageError, match="order"):
        look(store, owned)
