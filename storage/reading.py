"""A stored file read from its start to its end, piece by piece: as a source for another store, or for its digest."""

import hashlib
import io
import time
from collections.abc import Callable

from storage.store import StorageError, StoredFile

CHUNK = 1 << 20  # bytes
Told = Callable[[int], object]  # hears how many bytes more were read


class Pace:
    """Lets bytes pass at `rate` bytes a second on the average, counted from the first of them; None: as they come."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._begun: float | None = None
        self._passed = 0

    def __call__(self, count: int) -> None:
        if self._rate is None:
            return
        if self._begun is None:
            self._begun = time.monotonic()
        self._passed += count
        ahead = self._passed / self._rate - (time.monotonic() - self._begun)
        if ahead > 0:
            time.sleep(ahead)


class Reading(io.RawIOBase):
    """A stored file as a stream, for whoever takes one."""

    def __init__(self, file: StoredFile, told: Told) -> None:
        self._file, self._told, self._position = file, told, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read_at(self._position, size if size >= 0 else self._file.size - self._position)
        self._position += len(chunk)
        self._told(len(chunk))
        return chunk


def sha256_of(file: StoredFile, told: Told) -> str:
    """The SHA-256 of what the file holds now. Raises StorageError where it ends before its size."""
    digest, position = hashlib.sha256(), 0
    while position < file.size:
        chunk = file.read_at(position, min(CHUNK, file.size - position))
        if not chunk:
            raise StorageError(f"it ends at byte {position}, before byte {file.size}")
        digest.update(chunk)
        position += len(chunk)
        told(len(chunk))
    return digest.hexdigest()
