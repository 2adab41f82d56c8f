"""A staged or a kept file where the child can open it, on this machine's disk; a staged one is read through once."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from storage.store import OnDisk, Store, StoredFile

CHUNK = 4 << 20  # bytes


@contextmanager
def at_hand(store: Store, staged_id: str) -> Iterator[tuple[BinaryIO, str]]:
    """The open file and its SHA-256. Raises Missing."""
    with store.open_staged(staged_id) as file:
        if isinstance(file, OnDisk):
            with open(os.dup(file.fileno()), "rb") as source:
                yield source, _read_through(file, None)
        else:
            with TemporaryFile() as copy:
                sha256 = _read_through(file, copy)
                copy.flush()
                yield copy, sha256


@contextmanager
def kept_at_hand(store: Store, sha256: str) -> Iterator[IO[bytes]]:
    """A copy of a kept file, whichever store it is in. Raises Missing."""
    with TemporaryFile() as copy:
        with store.open(sha256) as stored:
            place = 0
            while piece := stored.read_at(place, CHUNK):
                copy.write(piece)
                place += len(piece)
        copy.flush()
        yield copy


def _read_through(file: StoredFile, copy: IO[bytes] | None) -> str:
    digest, offset = hashlib.sha256(), 0
    while offset < file.size and (piece := file.read_at(offset, CHUNK)):
        digest.update(piece)
        if copy is not None:
            copy.write(piece)
        offset += len(piece)
    return digest.hexdigest()
