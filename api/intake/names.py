"""The name a file was sent under, made harmless: it is only ever shown, never a path and never a key."""

import unicodedata

LONGEST = 200  # characters
NAMELESS = "unnamed.pdf"
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, turns of direction, halves, unassigned, line ends


def clean(given: str) -> str:
    """The last part of the name, on one line, without what can't be seen; its end stays where it is too long."""
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(
        " " if unicodedata.category(each) in _HIDDEN else each for each in unicodedata.normalize("NFC", last)
    )
    name = " ".join(seen.split()).lstrip(". ")
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 21]}…{name[-20:]}"
    return name or NAMELESS
