"""The store on a folder of this machine: `ab/cd/<sha256>`, written under a temporary name, then renamed.

`.staging/<id>` is a staged file, `.staging/<any name>.part` one that is still being written.
"""

import errno
import os
import stat as modes
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO
from uuid import uuid4

from storage.arrival import Measured, copy_checked
from storage.keys import place, staged_name
from storage.local_parts import LocalParts
from storage.room import full_is_said
from storage.store import Listed, Missing, Staged, Stat, WrongSize

STAGING = ".staging"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NOTHING_OF_OURS = (errno.ENOENT, errno.ELOOP, errno.ENOTDIR)  # a link or a stray file was never put here
_HEX = frozenset("0123456789abcdef")
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalStore(LocalParts):
    """A store below `root`, which is made on the first put. No step of a key's path follows a symbolic link."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @full_is_said()
    def put(self, source: BinaryIO, sha256: str, size: int) -> None:
        *folders, name = place(sha256)
        with (
            self._arriving(lambda target: copy_checked(source, target, sha256, size)) as (staging, arrived),
            _folder(self._root, folders, make=True) as home,
        ):
            if not _is_there(home, name, size):
                _move(arrived, staging, name, home)

    def stat(self, key: str) -> Stat:
        with self._descriptor(place(key)) as descriptor:
            found = os.fstat(descriptor)
        return Stat(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    @contextmanager
    def open(self, key: str) -> Iterator["LocalFile"]:
        with self._descriptor(place(key)) as descriptor:
            yield LocalFile(descriptor)

    def listing(self) -> Iterator[Listed]:
        for outer in self._names([], 2):
            for inner in self._names([outer], 2):
                for key in self._names([outer, inner], 64):
                    with suppress(Missing):  # it went meanwhile, or lies where no key puts it
                        if place(key)[:2] == (outer, inner):
                            found = self.stat(key)
                            yield Listed(found.size, found.modified, key)

    def delete(self, key: str) -> None:
        *folders, name = place(key)
        with suppress(FileNotFoundError), _folder(self._root, folders) as home:
            os.unlink(name, dir_fd=home)
            os.fsync(home)

    @full_is_said()
    def stage(self, staged_id: str, source: BinaryIO, told: Callable[[int], object] | None = None) -> Staged:
        name, measured = staged_name(staged_id), Measured(source, told)
        with self._arriving(lambda target: target.writelines(measured.pieces())) as (staging, arrived):
            _move(arrived, staging, name, staging)
        return measured.staged

    @contextmanager
    def open_staged(self, staged_id: str) -> Iterator["LocalFile"]:
        with self._descriptor((STAGING, staged_name(staged_id))) as descriptor:
            yield LocalFile(descriptor)

    def staged_size(self, staged_id: str) -> int:
        with self.open_staged(staged_id) as file:
            return file.size

    def keep(self, staged_id: str, sha256: str, size: int) -> None:
        *folders, name = place(sha256)
        staged = staged_name(staged_id)
        self._root.mkdir(parents=True, exist_ok=True)
        with _folder(self._root, folders, make=True) as home, _folder(self._root, [STAGING], make=True) as staging:
            if _is_there(home, name, size):
                _forget(staged, staging)
                return
            if (found := self.staged_size(staged_id)) != size:
                raise WrongSize(f"announced {size} bytes, staged {found}")
            os.utime(staged, dir_fd=staging, follow_symlinks=False)  # it comes into the store now
            _move(staged, staging, name, home)

    def discard(self, staged_id: str) -> None:
        name = staged_name(staged_id)
        with suppress(FileNotFoundError), _folder(self._root, [STAGING]) as staging:
            _forget(name, staging)

    def sweep(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        oldest, swept = time.time() - older_than.total_seconds(), 0
        with suppress(FileNotFoundError), _folder(self._root, [STAGING]) as staging:
            for name in set(os.listdir(staging)).difference(spared):
                with suppress(FileNotFoundError):  # its put has ended meanwhile
                    if os.stat(name, dir_fd=staging, follow_symlinks=False).st_mtime < oldest:
                        os.unlink(name, dir_fd=staging)
                        swept += 1
        return swept

    def _names(self, folders: list[str], length: int) -> list[str]:
        """What lies there under a name of so many hexadecimal digits; nothing where it is no folder of ours."""
        try:
            with _folder(self._root, folders) as handle:
                return sorted(name for name in os.listdir(handle) if len(name) == length and _HEX.issuperset(name))
        except OSError as error:
            if error.errno in _NOTHING_OF_OURS:
                return []
            raise

    @contextmanager
    def _arriving(self, write: Callable[[IO[bytes]], object]) -> Iterator[tuple[int, str]]:
        """What `write` writes, safe on the disk, as a folder and a name to be moved from; nothing of it stays there."""
        name = f"{uuid4().hex}.part"
        with self._staging() as staging:
            try:
                with open(os.open(name, _CREATE, 0o640, dir_fd=staging), "wb") as target:
                    write(target)
                    target.flush()
                    os.fsync(target.fileno())
                yield staging, name
            finally:
                _forget(name, staging)

    @contextmanager
    def _staging(self) -> Iterator[int]:
        self._root.mkdir(parents=True, exist_ok=True)
        with _folder(self._root, [STAGING], make=True) as staging:
            yield staging

    @contextmanager
    def _descriptor(self, path: Sequence[str]) -> Iterator[int]:
        *folders, name = path
        try:
            with _folder(self._root, folders) as home:
                descriptor = os.open(name, _READ, dir_fd=home)
        except OSError as error:
            if error.errno in _NOTHING_OF_OURS:
                raise Missing(name) from error
            raise
        try:
            if not modes.S_ISREG(os.fstat(descriptor).st_mode):
                raise Missing(name)
            yield descriptor
        finally:
            os.close(descriptor)


class LocalFile:
    """An open file; reads carry their own position, so several may go on at once."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def fileno(self) -> int:
        return self._descriptor

    def read_at(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, offset)


def _move(name: str, folder: int, new_name: str, home: int) -> None:
    os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=home)
    os.fsync(home)


def _forget(name: str, folder: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _is_there(folder: int, name: str, size: int) -> bool:
    with suppress(FileNotFoundError):
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        return modes.S_ISREG(found.st_mode) and found.st_size == size
    return False


@contextmanager
def _folder(root: Path, names: list[str], *, make: bool = False) -> Iterator[int]:
    """A handle on the folder `names` below `root`, each step made where wanted and never a link."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, 0o750, dir_fd=handle)
                    os.fsync(handle)
            inner = os.open(name, _FOLDER, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)
