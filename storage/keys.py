"""The key of a file is the SHA-256 of its bytes, a staged file has an opaque id; the places that follow from them."""

import re
import secrets

from storage.store import BadKey

_KEY = re.compile(r"[0-9a-f]{64}")
_STAGED = re.compile(r"[0-9a-f]{32}")


def place(key: str) -> tuple[str, str, str]:
    """Two folders and a name (`ab`, `cd`, the key), or BadKey for anything that isn't a key."""
    if not _KEY.fullmatch(key):
        raise BadKey(f"{key!r} is not a key of this store")
    return key[:2], key[2:4], key


def key_at(path: str) -> str | None:
    """The key whose place that is, as `ab/cd/<key>`; None for any other path."""
    key = path.rpartition("/")[2]
    return key if _KEY.fullmatch(key) and path == "/".join(place(key)) else None


def staged_id() -> str:
    """A new id for a file that is to wait in the staging."""
    return secrets.token_hex(16)


def staged_name(staged_id: str) -> str:
    """The id itself, or BadKey for anything that isn't one."""
    if not _STAGED.fullmatch(staged_id):
        raise BadKey(f"{staged_id!r} is not the id of a staged file")
    return staged_id
