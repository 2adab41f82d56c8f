"""A file store: put, stat, open and delete under content-addressed keys, and a staging where files wait until then.

`tests/storage` holds each store to that.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol, runtime_checkable


class StorageError(Exception):
    """Something the store won't or can't do."""


class BadKey(StorageError):
    """Not a SHA-256 in lower-case hexadecimal, or not the id of a staged file."""


class Missing(StorageError):
    """The store has no file of that key, or none is staged under that id."""


class WrongSize(StorageError):
    """What was read had another length than announced."""


class WrongDigest(StorageError):
    """What was read had another SHA-256 than announced."""


class PartsMissing(StorageError):
    """Of a file that arrives in parts, these `numbers` are not there, or not in the size they should have."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"{len(numbers)} parts are missing")
        self.numbers = tuple(numbers)


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


@dataclass(frozen=True)
class Staged:
    """What arrived in the staging: its size in bytes and its SHA-256."""

    size: int
    sha256: str


class PartDigest(StrEnum):
    """What a store checks the bytes of a part by."""

    SHA256 = "sha256"
    MD5 = "md5"


@dataclass(frozen=True)
class PartAddress:
    """Where one part is to be PUT, and the headers that go with it."""

    url: str
    headers: Mapping[str, str]


class ArrivingPart(Protocol):
    """A part that is being written; it is there when `finish` has returned, and `close` ends it either way."""

    def write(self, piece: bytes) -> None:
        """Raises WrongSize as soon as more came than was announced, and Full."""
        ...

    def finish(self) -> None:
        """Raises WrongSize or WrongDigest; then nothing of it stays."""
        ...

    def close(self) -> None: ...


class StoredFile(Protocol):
    """A file held open: it can be read even while it is deleted."""

    @property
    def size(self) -> int: ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file. Safe from several threads."""
        ...


@runtime_checkable
class OnDisk(StoredFile, Protocol):
    """A file of this machine's own disk, which another process may read as it is."""

    def fileno(self) -> int:
        """Its descriptor; closed with the file."""
        ...


class Store(Protocol):
    """A place for files, each under the SHA-256 of its bytes. Every method may raise BadKey, or Unreachable.

    Beside them lies the staging: files that nobody has checked yet, each under an opaque id (`storage.keys.staged_id`
    makes one). No reader is ever handed a staged file; `keep` makes it one of the store's own.
    """

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

    def stage(self, staged_id: str, source: BinaryIO, told: Callable[[int], object] | None = None) -> Staged:
        """Copy `source` from where it stands to its end into the staging, whole or not at all.

        `told` hears after each piece how many bytes it had. What was staged under that id is
        replaced. Raises Full.
        """
        ...

    def open_staged(self, staged_id: str) -> AbstractContextManager[StoredFile]:
        """Raises Missing."""
        ...

    def staged_size(self, staged_id: str) -> int:
        """Bytes. Raises Missing."""
        ...

    def keep(self, staged_id: str, sha256: str, size: int) -> None:
        """Make the staged file the file of the key `sha256`, visible whole or not at all; it is staged no more.

        The caller has read the staged file and vouches for its SHA-256. Where the key has its file already, the
        staged one is only discarded, so it may be done again. Raises Missing, or WrongSize for another length.
        """
        ...

    def discard(self, staged_id: str) -> None:
        """No error if nothing is staged under that id."""
        ...

    @property
    def part_digest(self) -> PartDigest: ...

    def begin_parts(self, staged_id: str) -> str:
        """Make ready for a file that comes to the staging in parts; the store's own word for it."""
        ...

    def parts(self, staged_id: str, in_store: str) -> dict[int, int]:
        """The parts that are there: their sizes in bytes by their numbers, the first being 1."""
        ...

    def join_parts(self, staged_id: str, in_store: str, sizes: Sequence[int]) -> None:
        """Let the parts of these sizes be one staged file. May be done again. Raises PartsMissing, Missing or Full."""
        ...

    def abandon_parts(self, staged_id: str, in_store: str) -> None:
        """Forget the parts; no error if there are none."""
        ...

    def sweep(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        """Remove what was staged, or left behind by a broken-off copy, longer ago than that; how many pieces.

        The staged ids in `spared` stay, and so does every file under a key.
        """
        ...


@runtime_checkable
class LinkingStore(Store, Protocol):
    """A store that can hand out its files itself."""

    def link(self, key: str, *, disposition: str, media_type: str, lifetime: int) -> str:
        """An address that anyone may download the file from for `lifetime` seconds, and for nothing else.

        `disposition` is the Content-Disposition it is sent with, ValueError for any without a name for the file.
        """
        ...

    @property
    def link_origin(self) -> str:
        """The origin that such addresses are on."""
        ...

    def bare_addresses(self, key: str) -> tuple[str, str]:
        """The addresses of a file and of the list of all files, with nothing signed; nobody may get anything there."""
        ...


@runtime_checkable
class AddressingStore(Store, Protocol):
    """A store that takes parts itself, at addresses signed for one part each."""

    def part_address(
        self, staged_id: str, in_store: str, number: int, size: int, digest: str, lifetime: int
    ) -> PartAddress:
        """Where the part of that number, size and digest (hexadecimal) may be PUT for `lifetime` seconds."""
        ...

    @property
    def part_origin(self) -> str:
        """The origin of such addresses."""
        ...


@runtime_checkable
class ReceivingStore(Store, Protocol):
    """A store that parts are handed to."""

    def receive_part(self, staged_id: str, number: int, size: int, digest: str) -> ArrivingPart:
        """Begin to write a part; one of the same number that is there already stays until this one is finished."""
        ...
