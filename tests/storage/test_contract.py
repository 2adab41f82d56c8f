"""What every store has to do, whichever it is."""

import hashlib
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from storage.store import BadKey, Missing, StorageError, Store, WrongDigest, WrongSize

BYTES = bytes(range(256)) * 9000  # more than two chunks of a copy
KEY = hashlib.sha256(BYTES).hexdigest()
NO_KEYS = (
    "",
    "../../etc/passwd",
    f"../{KEY[3:]}",
    f"/{KEY[1:]}",
    f"{KEY}\n",
    f"{KEY}\0",
    f"{KEY[:-2]}%2f",
    KEY.upper(),
    KEY[:-1],
    KEY + "0",
    "é" * 64,
)


def put(store: Store, data: bytes = BYTES) -> str:
    key = hashlib.sha256(data).hexdigest()
    store.put(io.BytesIO(data), key, len(data))
    return key


def read(store: Store, key: str) -> bytes:
    with store.open(key) as file:
        return file.read_at(0, file.size)


def test_what_is_put_is_what_is_read(store: Store) -> None:
    key = put(store)
    assert read(store, key) == BYTES
    found = store.stat(key)
    assert found.size == len(BYTES)
    assert abs(found.modified - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_empty_file_is_a_file(store: Store) -> None:
    key = put(store, b"")
    assert store.stat(key).size == 0
    assert read(store, key) == b""


@pytest.mark.parametrize(
    ("offset", "length"), [(0, 1), (0, 10), (255, 2), (1 << 20, 1 << 20), (len(BYTES) - 1, 1), (5, 0)]
)
def test_a_range_is_those_bytes(store: Store, offset: int, length: int) -> None:
    put(store)
    with store.open(KEY) as file:
        assert file.size == len(BYTES)
        assert file.read_at(offset, length) == BYTES[offset : offset + length]


def test_a_range_past_the_end_stops_there(store: Store) -> None:
    put(store)
    with store.open(KEY) as file:
        assert file.read_at(len(BYTES) - 3, 100) == BYTES[-3:]
        assert file.read_at(len(BYTES), 100) == b""


def test_ranges_can_be_read_side_by_side(store: Store) -> None:
    put(store)
    with store.open(KEY) as file, ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda offset: file.read_at(offset, 9999), range(0, len(BYTES), 9999)))
    assert b"".join(parts) == BYTES


def test_put_begins_where_the_source_stands(store: Store) -> None:
    source = io.BytesIO(b"before" + BYTES)
    source.seek(6)
    store.put(source, KEY, len(BYTES))
    assert read(store, KEY) == BYTES


def test_putting_twice_keeps_one_and_its_age(store: Store) -> None:
    put(store)
    first = store.stat(KEY)
    put(store)
    assert store.stat(KEY) == first


def test_parallel_puts_of_the_same_bytes_end_in_one_whole_file(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: put(store), range(16)))
    assert read(store, KEY) == BYTES


def test_an_open_file_outlives_its_deletion(store: Store) -> None:
    put(store)
    with store.open(KEY) as file:
        store.delete(KEY)
        assert file.read_at(0, len(BYTES)) == BYTES
    with pytest.raises(Missing):
        store.stat(KEY)


def test_what_is_deleted_can_be_put_again(store: Store) -> None:
    put(store)
    store.delete(KEY)
    put(store)
    assert read(store, KEY) == BYTES


def test_deleting_nothing_is_no_error(store: Store) -> None:
    store.delete(KEY)
    put(store)
    store.delete(KEY)
    store.delete(KEY)


def test_what_is_not_there_is_missing(store: Store) -> None:
    with pytest.raises(Missing):
        store.stat(KEY)
    with pytest.raises(Missing), store.open(KEY):
        pass


@pytest.mark.parametrize(
    ("announced_key", "announced_size", "refusal"),
    [
        ("0" * 64, len(BYTES), WrongDigest),
        (KEY, len(BYTES) - 1, WrongSize),
        (KEY, len(BYTES) + 1, WrongSize),
        (KEY, 0, WrongSize),
    ],
)
def test_what_is_not_as_announced_leaves_nothing(
    store: Store, announced_key: str, announced_size: int, refusal: type[StorageError]
) -> None:
    with pytest.raises(refusal):
        store.put(io.BytesIO(BYTES), announced_key, announced_size)
    with pytest.raises(Missing):
        store.stat(announced_key)


def test_a_wrong_copy_does_not_touch_the_right_one(store: Store) -> None:
    put(store)
    with pytest.raises(WrongDigest):
        store.put(io.BytesIO(bytes(len(BYTES))), KEY, len(BYTES))
    assert read(store, KEY) == BYTES


def test_a_source_that_breaks_leaves_nothing(store: Store) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise OSError("the wire broke")
            return super().read(size)

    with pytest.raises(OSError, match="the wire broke"):
        store.put(Broken(BYTES), KEY, len(BYTES))
    with pytest.raises(Missing):
        store.stat(KEY)


def test_a_listing_has_every_file_in_the_order_of_keys(store: Store) -> None:
    assert list(store.listing()) == []
    keys = sorted(put(store, b"%d" % number) for number in range(40))
    listed = list(store.listing())
    assert [found.key for found in listed] == keys
    assert {found.key: found.size for found in listed} == {key: store.stat(key).size for key in keys}
    assert all(abs(found.modified - datetime.now(UTC)) < timedelta(minutes=1) for found in listed)


def test_a_listing_goes_on_while_files_come_and_go(store: Store) -> None:
    keys = sorted(put(store, b"%d" % number) for number in range(10))
    seen = []
    for found in store.listing():
        seen.append(found.key)
        store.delete(keys[-1])
        put(store, b"another")
    assert set(keys[:-1]) <= set(seen)


def test_a_listing_has_what_a_file_really_is_now(store: Store) -> None:
    put(store)
    store.delete(KEY)
    assert list(store.listing()) == []


def test_sweeping_leaves_files_alone(store: Store) -> None:
    assert store.sweep(timedelta(0)) == 0
    put(store)
    assert store.sweep(timedelta(0)) == 0
    assert read(store, KEY) == BYTES


@pytest.mark.parametrize(
    "use",
    [
        lambda store, key: store.stat(key),
        lambda store, key: store.open(key).__enter__(),
        lambda store, key: store.delete(key),
        lambda store, key: store.put(io.BytesIO(BYTES), key, len(BYTES)),
    ],
    ids=["stat", "open", "delete", "put"],
)
def test_what_is_no_key_is_refused(store: Store, use: Callable[[Store, str], object]) -> None:
    for key in NO_KEYS:
        with pytest.raises(BadKey, match=re.escape(repr(key))):
            use(store, key)
