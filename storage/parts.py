"""A file that arrives in parts: each measured as it comes, and all of them there before they become one."""

import hashlib
from collections.abc import Mapping, Sequence

from storage.keys import staged_name
from storage.store import PartsMissing, WrongDigest, WrongSize

MOST = 10_000  # parts of one file; S3 takes no more
SUFFIX = ".part"


def part_name(staged_id: str, number: int) -> str:
    """What the part of that number is called in a staging on disk; ValueError where no file has such a part."""
    if not 1 <= number <= MOST:
        raise ValueError(f"a file has no part {number}")
    return f"{staged_name(staged_id)}-{number:05}{SUFFIX}"


def part_number(name: str, staged_id: str) -> int | None:
    """The number of the part of that name, or None where it is no part of this file."""
    head, _, tail = name.removesuffix(SUFFIX).partition("-")
    return int(tail) if head == staged_id and tail.isdecimal() else None


def must_be_all(found: Mapping[int, int], sizes: Sequence[int]) -> None:
    """PartsMissing where what was found, as sizes by number, is not each part in its size."""
    lacking = tuple(number for number, size in enumerate(sizes, 1) if found.get(number) != size)
    if lacking:
        raise PartsMissing(lacking)


class Measure:
    """Takes the pieces of one part, and knows at once when they are too many."""

    def __init__(self, size: int, sha256: str) -> None:
        self._left, self._size, self._sha256 = size, size, sha256
        self._digest = hashlib.sha256()

    def take(self, piece: bytes) -> None:
        """Raises WrongSize where the part has become larger than announced."""
        self._left -= len(piece)
        if self._left < 0:
            raise WrongSize(f"announced {self._size} bytes, and more came")
        self._digest.update(piece)

    def end(self) -> None:
        """Raises WrongSize or WrongDigest where the part is not what was announced."""
        if self._left:
            raise WrongSize(f"announced {self._size} bytes, {self._size - self._left} came")
        if self._digest.hexdigest() != self._sha256:
            raise WrongDigest(f"announced {self._sha256}, got {self._digest.hexdigest()}")
