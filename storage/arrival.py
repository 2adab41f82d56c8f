"""What comes in is measured while it is copied: a store takes only what was announced, or says what it took."""

import hashlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO

from storage.store import Staged, WrongDigest, WrongSize

CHUNK = 1 << 20  # bytes


def copy_checked(source: BinaryIO, target: IO[bytes], sha256: str, size: int) -> None:
    """Copy `source` from where it stands to its end. WrongSize or WrongDigest if it isn't what was announced."""
    digest, copied = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        copied += len(chunk)
        if copied > size:
            break
        target.write(chunk)
    if copied != size:
        raise WrongSize(f"announced {size} bytes, read {'more' if copied > size else copied}")
    if digest.hexdigest() != sha256:
        raise WrongDigest(f"announced {sha256}, read {digest.hexdigest()}")


class Measured:
    """A source read once, in pieces, and what it turned out to be."""

    def __init__(self, source: BinaryIO, told: Callable[[int], object] | None) -> None:
        self._source, self._told = source, told
        self._digest, self._size = hashlib.sha256(), 0

    def pieces(self) -> Iterator[bytes]:
        while chunk := self._source.read(CHUNK):
            self._digest.update(chunk)
            self._size += len(chunk)
            yield chunk
            if self._told is not None:
                self._told(len(chunk))

    @property
    def staged(self) -> Staged:
        return Staged(self._size, self._digest.hexdigest())
