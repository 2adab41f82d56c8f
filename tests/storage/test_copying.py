"""Files brought from one store to another, each way between the two kinds."""

import hashlib
import io
from pathlib import Path

import pytest

from storage.copying import Copied, copy
from storage.local import LocalStore
from storage.owned import Fault, Owned
from storage.reading import Reading
from storage.store import Full, Store, Unreachable
from storage.stores import store_of
from tests.s3 import S3Server
from tests.site import free_port
from tests.storage.full import full_store

FILES = [bytes([number]) * size for number, size in enumerate((0, 1, 1000, 3 << 20))]


def put(store: Store, data: bytes) -> Owned:
    key = hashlib.sha256(data).hexdigest()
    store.put(io.BytesIO(data), key, len(data))
    return Owned(key, len(data), "a file")


def read(store: Store, key: str) -> bytes:
    with store.open(key) as file:
        return file.read_at(0, file.size)


def run(source: Store, target: Store, objects: list[Owned]) -> tuple[Copied, int]:
    """What became of it, and how many bytes the progress bar heard of."""
    copied, heard = Copied(), []
    copy(source, target, objects, copied, heard.append)
    return copied, sum(heard)


@pytest.fixture
def here(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "here")


def test_every_file_comes_whole_into_either_store_and_back(store: Store, here: LocalStore, tmp_path: Path) -> None:
    objects = [put(here, data) for data in FILES]
    whole = sum(map(len, FILES))
    copied, heard = run(here, store, objects)
    assert (copied.copied, copied.copied_bytes, copied.skipped, copied.failed) == (4, whole, 0, [])
    assert heard == whole
    back = LocalStore(tmp_path / "back")
    assert run(store, back, objects)[0].copied == 4
    assert [read(back, owned.key) for owned in objects] == FILES


def test_what_is_there_is_passed_over_and_what_is_cut_short_comes_again(store: Store, here: LocalStore) -> None:
    objects = [put(here, data) for data in FILES]
    put(store, FILES[2])
    copied, heard = run(here, store, objects)
    assert (copied.copied, copied.skipped) == (3, 1)
    assert heard == sum(map(len, FILES))
    assert run(here, store, objects)[0].skipped == 4


def test_a_run_that_is_broken_off_goes_on(store: Store, here: LocalStore) -> None:
    objects = [put(here, data) for data in FILES]
    copied = Copied()

    def stop(_count: int) -> None:
        if copied.copied == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(here, store, objects, copied, stop)
    copied, _ = run(here, store, objects)
    assert (copied.copied, copied.skipped) == (2, 2)
    assert [read(store, owned.key) for owned in objects] == FILES


def test_a_file_that_is_damaged_missing_or_cut_is_named_and_the_others_come(
    store: Store, here: LocalStore, tmp_path: Path
) -> None:
    sound, damaged, missing, cut = (put(here, data * 10) for data in (b"sound", b"damaged", b"missing", b"cut"))
    place = {owned: tmp_path / "here" / owned.key[:2] / owned.key[2:4] / owned.key for owned in (damaged, missing, cut)}
    place[damaged].write_bytes(b"DAMAGED" * 10)
    place[missing].unlink()
    place[cut].write_bytes(b"cut")
    copied, heard = run(here, store, [damaged, missing, cut, sound])
    assert [(each.owned, each.fault) for each in copied.failed] == [
        (damaged, Fault.DAMAGED),
        (missing, Fault.MISSING),
        (cut, Fault.WRONG_SIZE),
    ]
    assert not copied.is_whole
    assert heard == sum(owned.size for owned in (damaged, missing, cut, sound))
    assert [found.key for found in store.listing()] == [sound.key]


def test_without_the_other_store_nothing_goes_on(here: LocalStore, s3_keys: None, tmp_path: Path) -> None:
    objects = [put(here, data) for data in FILES]
    away = store_of("s3", root=tmp_path, bucket="titles", endpoint_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable):
        run(here, away, objects)
    with pytest.raises(Unreachable):
        run(away, LocalStore(tmp_path / "empty"), objects)


def test_a_stream_of_a_file_reads_to_its_end_and_stays_there(here: LocalStore) -> None:
    owned = put(here, b"0123456789")
    with here.open(owned.key) as file:
        stream = Reading(file, lambda _count: None)
        assert stream.readable()
        assert [stream.read(4), stream.read(), stream.read(4), stream.read()] == [b"0123", b"456789", b"", b""]


def test_a_bucket_that_is_full_ends_the_run(here: LocalStore, s3_server: S3Server, s3_keys: None) -> None:
    """The server of the other tests has no quota; this one answers as a full store does, and nothing else."""
    objects = [put(here, data) for data in FILES]
    with full_store() as url, pytest.raises(Full, match="XMinioStorageFull"):
        run(here, store_of("s3", root=Path(), bucket="titles", endpoint_url=url), objects)
