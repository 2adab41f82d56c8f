"""A file store: put, stat, open, delete and sweep over content-addressed keys. `tests/storage` holds each to that."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Protocol, runtime_checkable


class StorageError(Exception):
    """Something the store won't or can't do."""


class BadKey(StorageError):
    """Not a SHA-256 in lower-case hexadecimal."""


class Missing(StorageError):
    """The store has no file of that key."""


class WrongSize(StorageError):
    """What was read had another length than announced."""


class WrongDigest(StorageError):
    """What was read had another SHA-256 than announced."""


class Unreachable(StorageError):
    """The store doesn't answer, or not as a store would."""


class Full(StorageError):
    """There is no room for the file: a disk, a quota or a bucket is full. What was there before is untouched."""


@dataclass(frozen=True)
class Stat:
    """Size in bytes, and when the file came into the store (UTC)."""

    size: int
    modified: datetime


@dataclass(frozen=True)
class Listed(Stat):
    """A file as a listing of the store has it."""

    key: str


class StoredFile(Protocol):
    """A file held open: it can be read even while it is deleted."""

    @property
    def size(self) -> int: ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file. Safe from several threads."""
        ...


class Store(Protocol):
    """A place for files, each under the SHA-256 of its bytes. Every method may raise BadKey, or Unreachable."""

    def put(self, source: BinaryIO, sha256: str, size: int) -> None:
        """Copy `source` from where it stands to its end. The file is visible whole or not at all.

        Raises WrongSize or WrongDigest if what was read isn't what was announced, and Full; a file that is there stays.
        """
        ...

    def stat(self, key: str) -> Stat:
        """Raises Missing."""
        ...

    def open(self, key: str) -> AbstractContextManager[StoredFile]:
        """Raises Missing."""
        ...

    def listing(self) -> Iterator[Listed]:
        """Every file in the order of keys, asked for in pages. What comes or goes meanwhile may be in it or not."""
        ...

    def delete(self, key: str) -> None:
        """No error if there is nothing of that key."""
        ...

    def sweep(self, older_than: timedelta) -> int:
        """Remove what broken-off puts left behind longer ago than that; how many pieces. Files stay."""
        ...


@runtime_checkable
class LinkingStore(Store, Protocol):
    """A store that can hand out its files itself."""

    def link(self, key: str, *, filename: str, media_type: str, lifetime: int) -> str:
        """An address that anyone may download the file from for `lifetime` seconds, and for nothing else."""
        ...
