"""Parts on a folder of this machine: `.staging/<id>-<number>.part` each, put together when all are there."""

import os
import shutil
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import IO
from uuid import uuid4

from storage.arrival import CHUNK
from storage.keys import staged_name
from storage.parts import SUFFIX, Measure, must_be_all, part_name, part_number
from storage.room import full_is_said
from storage.store import Missing, PartDigest, PartsMissing

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalParts:
    """What a local store does with parts; the folders are its own."""

    part_digest = PartDigest.SHA256

    def begin_parts(self, staged_id: str) -> str:
        """Nothing has to be begun; the first part makes what is needed."""
        return staged_name(staged_id)

    @full_is_said()
    def receive_part(self, staged_id: str, number: int, size: int, digest: str) -> "LocalPart":
        name = part_name(staged_id, number)
        with self._staging() as staging:
            return LocalPart(os.dup(staging), name, Measure(size, digest))

    def parts(self, staged_id: str, in_store: str) -> dict[int, int]:
        found: dict[int, int] = {}
        with self._staging() as staging:
            for name in os.listdir(staging):
                number = part_number(name, staged_id)
                if number is not None:
                    with suppress(FileNotFoundError):
                        found[number] = os.stat(name, dir_fd=staging, follow_symlinks=False).st_size
        return found

    @full_is_said()
    def join_parts(self, staged_id: str, in_store: str, sizes: Sequence[int]) -> None:
        try:
            must_be_all(self.parts(staged_id, in_store), sizes)
            with self._arriving(lambda target: self._append(target, staged_id, len(sizes))) as (staging, whole):
                os.rename(whole, staged_name(staged_id), src_dir_fd=staging, dst_dir_fd=staging)
                os.fsync(staging)
        except (PartsMissing, FileNotFoundError) as error:
            if not self._is_staged(staged_id, sum(sizes)):
                raise error if isinstance(error, PartsMissing) else Missing(staged_id) from error
        self.abandon_parts(staged_id, in_store)

    def abandon_parts(self, staged_id: str, in_store: str) -> None:
        with self._staging() as staging:
            for name in os.listdir(staging):
                if part_number(name, staged_id) is not None:
                    with suppress(FileNotFoundError):
                        os.unlink(name, dir_fd=staging)

    def _append(self, target: IO[bytes], staged_id: str, count: int) -> None:
        with self._staging() as staging:
            for number in range(1, count + 1):
                with open(os.open(part_name(staged_id, number), _READ, dir_fd=staging), "rb") as part:
                    shutil.copyfileobj(part, target, CHUNK)

    def _is_staged(self, staged_id: str, size: int) -> bool:
        try:
            return self.staged_size(staged_id) == size
        except Missing:
            return False

    @abstractmethod
    def staged_size(self, staged_id: str) -> int: ...

    @abstractmethod
    def _staging(self) -> AbstractContextManager[int]: ...

    @abstractmethod
    def _arriving(self, write: Callable[[IO[bytes]], object]) -> AbstractContextManager[tuple[int, str]]: ...


class LocalPart:
    """A part that is being written. `close` ends it either way; only after `finish` it is there."""

    def __init__(self, folder: int, name: str, measure: Measure) -> None:
        self._folder, self._name, self._measure = folder, name, measure
        self._draft = f"{uuid4().hex}{SUFFIX}"
        self._file = os.open(self._draft, _CREATE, 0o640, dir_fd=folder)

    @full_is_said()
    def write(self, piece: bytes) -> None:
        self._measure.take(piece)
        view = memoryview(piece)
        while view:
            view = view[os.write(self._file, view) :]

    @full_is_said()
    def finish(self) -> None:
        self._measure.end()
        os.fsync(self._file)
        os.rename(self._draft, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        os.fsync(self._folder)

    def close(self) -> None:
        os.close(self._file)
        with suppress(FileNotFoundError):
            os.unlink(self._draft, dir_fd=self._folder)
        os.close(self._folder)
