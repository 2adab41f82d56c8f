"""What comes in is measured while it is copied: a store takes only what was announced."""

import hashlib
from typing import IO, BinaryIO

from storage.store import WrongDigest, WrongSize

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
