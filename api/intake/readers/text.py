"""The text of a file in whatever encoding it has, or in words why it is none."""

import codecs

from api.errors import Invalid
from api.spoken import N_

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LONGEST_VALUE = 100_000  # characters of one field; no field of a record takes a fourth of that
AS_LATIN = N_("The file is not UTF-8; it was read as Windows-1252 (Latin-1). Look whether accented letters are right.")


def text_of(content: bytes) -> tuple[str, str | None]:
    """The text, its lines ended by line feeds, and a note where the encoding was guessed. Raises Invalid."""
    text, note = _decoded(content)
    if "\0" in text:
        raise Invalid(N_("This is not a text file: it has NUL characters in it. Export it again as text."))
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _decoded(content: bytes) -> tuple[str, str | None]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), None
            except UnicodeDecodeError as error:
                words = N_(
                    "The file begins as {encoding} text and then is not. Save it again.", encoding=encoding.upper()
                )
                raise Invalid(words) from error
    if (wide := _wide(content[:200])) is not None:
        try:
            return content.decode(wide), None
        except UnicodeDecodeError:
            pass
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    if b"\0" in content:
        return "\0", None
    return content.decode("cp1252", "replace"), AS_LATIN


def _wide(start: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of plain letters is nought."""
    if len(start) < 8:
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > len(start) // 3 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(start) // 3 and not odd else None
