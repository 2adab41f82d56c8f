"""Names for files on a reader's own disk: readable in any script, and harmless on every system."""

import re
import unicodedata

LONGEST = 180  # bytes in UTF-8, extension included; file systems take 255, or 143 where they encrypt names
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)  # on Windows
_DASHED = re.compile(r"\s*[:|]+(?:\s+|$)|[/\\:|⁄∕⧸⧵／＼：｜∶]")  # a colon before a subtitle, and what parts a path
_LEFT_OUT = re.compile(r"[\"<>*?＂＜＞＊？]")
_NON_JOINER = "\u200c"  # parts words of Persian; Chromium would put an underscore there
_UNSEEN = ("C", "Zl", "Zp")  # controls, marks of direction, surrogates, unassigned; breaks of line and paragraph


def readable(text: str, *, after: str = "", otherwise: str) -> str:
    """`text` and `after` as the name of a PDF; `otherwise` where nothing of `text` can stand in a name.

    What is too long is cut between words if it can be, and never within a letter and its marks; `after` stays.
    """
    room = LONGEST - len(f"{after}.pdf".encode())
    stem = _cut(_plain(text), room) or otherwise
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}{after}.pdf"


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("'", "’")
    text = _LEFT_OUT.sub("", _DASHED.sub(_dash, text))
    text = "".join(_seen(text, place) for place in range(len(text)))
    return re.sub(r"\s+", " ", text).strip(" .-–")


def _dash(found: re.Match[str]) -> str:
    return " – " if found[0][-1].isspace() else "-"


def _seen(text: str, place: int) -> str:
    sign = text[place]
    if sign == _NON_JOINER and place and unicodedata.bidirectional(text[place - 1]) == "AL":
        return " "
    category = unicodedata.category(sign)
    if category == "Zs" or sign in "\t\n\r\v\f" or category in ("Zl", "Zp"):
        return " "
    return "" if category.startswith(_UNSEEN) else sign


def _cut(text: str, room: int) -> str:
    """The beginning of `text` that `room` bytes hold, with an ellipsis where something is missing."""
    if len(text.encode()) <= room:
        return text
    kept = text.encode()[: room - len("…".encode())].decode(errors="ignore")
    rest = text[len(kept) :]
    while kept and rest and (unicodedata.combining(rest[0]) or unicodedata.category(rest[0]) in ("Mn", "Mc", "Me")):
        kept, rest = kept[:-1], kept[-1] + rest
    words = kept.rpartition(" ")[0] if not rest.startswith(" ") else kept
    return (words if len(words) > len(kept) // 2 else kept).strip(" .-–") + "…"
