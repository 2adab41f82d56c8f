"""Text out of a PDF as it may be kept: on one line, without what can't be seen or stored, and not too long."""

import unicodedata

LINE = 300  # characters
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def plain(text: object, longest: int = LINE) -> str:
    """At most `longest` characters; the empty string for what is no text."""
    if not isinstance(text, str):
        return ""
    begin = unicodedata.normalize("NFC", text[: 4 * longest])
    seen = "".join(" " if unicodedata.category(each) in _UNSEEN else each for each in begin)
    return " ".join(seen.split())[:longest].rstrip()
