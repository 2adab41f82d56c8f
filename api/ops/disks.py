"""The disks of this machine that the portal writes to, and how full they are."""

import os
import shutil
from pathlib import Path

from api.settings import Settings

NEARLY_FULL = 0.05  # of the disk that is still free


def sqlite_file(url: str) -> Path | None:
    from sqlalchemy.engine import make_url

    given = make_url(url)
    return Path(given.database) if given.get_backend_name() == "sqlite" and given.database else None


def places(settings: Settings) -> dict[str, Path]:
    """What is kept on this machine, and in which folder."""
    file = sqlite_file(settings.database_url)
    found = {"the database": file.parent} if file is not None else {}
    if settings.storage.kind == "local":
        found["the files"] = settings.storage.root
    return found


def free_at(place: Path) -> int:
    """Bytes that are free on the disk of a folder."""
    return shutil.disk_usage(_nearest(place)).free


def what_is_nearly_full(settings: Settings) -> list[str]:
    """A sentence for each disk that has less than a twentieth of its room left."""
    found = []
    for what, place in places(settings).items():
        disk = shutil.disk_usage(_nearest(place))
        if disk.free < NEARLY_FULL * disk.total:
            found.append(f"The disk for {what} is nearly full: {disk.free / disk.total:.1%} of it are free.")
    return found


def why_unusable(place: Path) -> str | None:
    """What keeps this user from keeping files in a folder, which need not be there yet; None if nothing does."""
    try:
        nearest = _nearest(place)
        if not nearest.is_dir():
            return f"{nearest} is no folder"
    except OSError as error:
        return f"{place} can't be reached ({error.strerror})"
    if not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
        return f"{nearest} can't be read and written by the user who serves the portal"
    return None


def _nearest(place: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    return next(each for each in (place, *place.resolve().parents) if each.exists())
