"""How a file is sent under a name of its own (RFC 6266), in any script (RFC 8187)."""

import re
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_AS_IT_IS = "!#$&+-.^_`|~"  # attr-char of RFC 8187 besides letters and digits


def attachment(name: str, fallback: str) -> str:
    """A download as `name`, and for those who can't read it as `fallback`, which has to be plain ASCII."""
    return _disposition("attachment", name, fallback)


def inline(name: str, fallback: str) -> str:
    """The same for what is shown in the browser, and has the name only where it is saved from there."""
    return _disposition("inline", name, fallback)


def _disposition(how: str, name: str, fallback: str) -> str:
    if not _PLAIN.fullmatch(fallback):
        raise ValueError(f"{fallback!r} is no plain name")
    return f"{how}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe=_AS_IT_IS)}"
