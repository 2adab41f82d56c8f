"""How a file is sent under a name of its own: always as a download (RFC 6266), in any script (RFC 8187)."""

import re
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_AS_IT_IS = "!#$&+-.^_`|~"  # attr-char of RFC 8187 besides letters and digits


def attachment(name: str, fallback: str) -> str:
    """The Content-Disposition for `name`, and for those who can't read it `fallback`, which has to be plain ASCII."""
    if not _PLAIN.fullmatch(fallback):
        raise ValueError(f"{fallback!r} is no plain name")
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe=_AS_IT_IS)}"
