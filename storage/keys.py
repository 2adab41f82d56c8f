"""The key of a file: the SHA-256 of its bytes in lower-case hexadecimal, and the place that follows from it."""

import re

from storage.store import BadKey

_KEY = re.compile(r"[0-9a-f]{64}")


def place(key: str) -> tuple[str, str, str]:
    """Two folders and a name (`ab`, `cd`, the key), or BadKey for anything that isn't a key."""
    if not _KEY.fullmatch(key):
        raise BadKey(f"{key!r} is not a key of this store")
    return key[:2], key[2:4], key


def key_at(path: str) -> str | None:
    """The key whose place that is, as `ab/cd/<key>`; None for any other path."""
    key = path.rpartition("/")[2]
    return key if _KEY.fullmatch(key) and path == "/".join(place(key)) else None
