"""A real disk that is tiny, so that it can be full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PIECE = 4096  # bytes


class NoDisk(Exception):
    """This machine lets nobody mount a disk; the message says why."""


@contextmanager
def tiny_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of `size` bytes, mounted on `folder`."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "") or str(error)
        raise NoDisk(f"no tiny disk can be mounted here ({why.strip()})") from error
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room on the disk of `folder`; the file that takes it."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(PIECE))
        except OSError:
            return filler
