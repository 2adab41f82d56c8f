"""A disk without room: nothing of the new file is left, nothing of the old ones is lost, and it says what it is."""

import hashlib
import io
import os
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.local import STAGING, LocalStore
from storage.s3 import S3Store
from storage.store import Full, Missing
from tests.disk import NoDisk, fill, tiny_disk
from tests.s3 import S3Server

ROOM = 1 << 20  # bytes
SMALL, LARGE = b"small" * 1000, os.urandom(2 * ROOM)


def key(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(store: LocalStore | S3Store, data: bytes) -> None:
    store.put(io.BytesIO(data), key(data), len(data))


def read(store: LocalStore | S3Store, data: bytes) -> bytes:
    with store.open(key(data)) as file:
        return file.read_at(0, file.size)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with tiny_disk(tmp_path / "disk", ROOM) as folder:
            yield folder
    except NoDisk as reason:
        pytest.skip(str(reason))


def test_a_full_disk_loses_nothing(disk: Path) -> None:
    store = LocalStore(disk / "files")
    put(store, SMALL)
    with pytest.raises(Full, match="No space left on device"):
        put(store, LARGE)
    assert [found.key for found in store.listing()] == [key(SMALL)]
    assert list((disk / "files" / STAGING).iterdir()) == []
    assert read(store, SMALL) == SMALL
    with pytest.raises(Missing):
        store.stat(key(LARGE))


def test_a_disk_without_room_for_a_folder_says_so_and_takes_files_again_later(disk: Path) -> None:
    store = LocalStore(disk / "files")
    put(store, SMALL)
    filler = fill(disk)
    with pytest.raises(Full):
        put(store, b"another" * 1000)
    assert read(store, SMALL) == SMALL
    filler.unlink()
    put(store, b"another" * 1000)
    assert read(store, b"another" * 1000) == b"another" * 1000


@pytest.fixture
def limited() -> Iterator[None]:
    """No file of this process may grow beyond this."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("limited")
def test_a_file_larger_than_the_disk_takes_is_refused_alike(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    put(store, SMALL)
    with pytest.raises(Full, match="File too large"):
        put(store, LARGE)
    assert [found.key for found in store.listing()] == [key(SMALL)]
    assert list((tmp_path / STAGING).iterdir()) == []


def test_no_room_for_what_goes_to_a_bucket_is_said_and_nothing_is_sent(
    disk: Path, s3_server: S3Server, s3_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3_server.bucket()
    store = S3Store(bucket, endpoint_url=s3_server.url)
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    with pytest.raises(Full, match="No space left on device"):
        put(store, LARGE)
    assert s3_server.files(bucket) == []
    put(store, SMALL)
    assert read(store, SMALL) == SMALL
