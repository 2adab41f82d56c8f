"""What every store has to do with files that wait in its staging, whichever store it is."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from storage.keys import staged_id
from storage.store import BadKey, Missing, Staged, Store, WrongSize
from tests.storage.test_contract import BYTES, KEY, put, read


def stage(store: Store, data: bytes = BYTES) -> str:
    staged = staged_id()
    assert store.stage(staged, io.BytesIO(data)) == Staged(len(data), hashlib.sha256(data).hexdigest())
    return staged


def read_staged(store: Store, staged: str) -> bytes:
    with store.open_staged(staged) as file:
        return file.read_at(0, file.size)


def test_a_staged_file_is_no_file_of_the_store_yet(store: Store) -> None:
    staged = stage(store)
    assert read_staged(store, staged) == BYTES
    assert store.staged_size(staged) == len(BYTES)
    with pytest.raises(Missing):
        store.stat(KEY)


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 140_000], ids=["empty", "one byte", "in parts"])
def test_a_file_of_any_length_is_staged_and_kept(store: Store, data: bytes) -> None:
    key, staged = hashlib.sha256(data).hexdigest(), stage(store, data)
    store.keep(staged, key, len(data))
    assert read(store, key) == data
    assert abs(store.stat(key).modified - datetime.now(UTC)) < timedelta(minutes=1)


def test_staging_begins_where_the_source_stands_and_tells_how_far_it_is(store: Store) -> None:
    source, told = io.BytesIO(b"before" + BYTES), list[int]()
    source.seek(6)
    assert store.stage(staged_id(), source, told.append) == Staged(len(BYTES), KEY)
    assert sum(told) == len(BYTES)
    assert len(told) > 1


def test_staging_again_under_an_id_replaces_what_was_there(store: Store) -> None:
    staged = stage(store, b"first")
    store.stage(staged, io.BytesIO(b"second one"))
    assert read_staged(store, staged) == b"second one"


def test_a_source_that_breaks_stages_nothing(store: Store) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 20 << 20:
                raise OSError("the wire broke")
            return super().read(size)

    staged = staged_id()
    with pytest.raises(OSError, match="the wire broke"):
        store.stage(staged, Broken(bytes(30 << 20)))
    with pytest.raises(Missing):
        store.staged_size(staged)
    assert store.sweep(timedelta(0)) == 0


def test_what_is_kept_is_staged_no_more(store: Store) -> None:
    staged = stage(store)
    store.keep(staged, KEY, len(BYTES))
    with pytest.raises(Missing):
        store.staged_size(staged)
    with pytest.raises(Missing), store.open_staged(staged):
        pass
    assert store.sweep(timedelta(0)) == 0


def test_keeping_again_is_no_error(store: Store) -> None:
    staged = stage(store)
    for _ in range(3):
        store.keep(staged, KEY, len(BYTES))
    again = stage(store)
    first = store.stat(KEY)
    store.keep(again, KEY, len(BYTES))
    assert store.stat(KEY) == first
    with pytest.raises(Missing):
        store.staged_size(again)


def test_keeping_what_is_not_staged_or_of_another_length(store: Store) -> None:
    with pytest.raises(Missing):
        store.keep(staged_id(), KEY, len(BYTES))
    staged = stage(store)
    with pytest.raises(WrongSize):
        store.keep(staged, KEY, len(BYTES) - 1)
    assert read_staged(store, staged) == BYTES
    with pytest.raises(Missing):
        store.stat(KEY)


def test_discarding(store: Store) -> None:
    store.discard(staged_id())
    staged = stage(store)
    for _ in range(2):
        store.discard(staged)
    with pytest.raises(Missing):
        store.staged_size(staged)


def test_sweeping_removes_what_has_been_staged_too_long(store: Store) -> None:
    old, waiting = stage(store, b"old"), stage(store, b"waiting")
    put(store)
    assert store.sweep(timedelta(hours=1)) == 0
    assert store.sweep(timedelta(0), spared=[waiting]) == 1
    assert read_staged(store, waiting) == b"waiting"
    assert read(store, KEY) == BYTES
    with pytest.raises(Missing):
        store.staged_size(old)


@pytest.mark.parametrize(
    "use",
    [
        lambda store, staged: store.stage(staged, io.BytesIO(BYTES)),
        lambda store, staged: store.open_staged(staged).__enter__(),
        lambda store, staged: store.staged_size(staged),
        lambda store, staged: store.keep(staged, KEY, len(BYTES)),
        lambda store, staged: store.discard(staged),
    ],
    ids=["stage", "open_staged", "staged_size", "keep", "discard"],
)
def test_what_is_no_id_of_a_staged_file_is_refused(store: Store, use: Callable[[Store, str], object]) -> None:
    for staged in ("", "..", f"../{KEY[:2]}/{KEY[2:4]}/{KEY}", KEY, KEY[:31], KEY[:32].upper() + "A", f"{KEY[:31]}/"):
        with pytest.raises(BadKey, match=re.escape(repr(staged))):
            use(store, staged)
