"""Text out of LaTeX: accents, special letters, dashes and quotation marks; commands that only dress it are dropped."""

import re
import unicodedata

_ACCENTS = {
    **{"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307"},
    **{"u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323"},
    **{"b": "\u0331"},
}
_LETTERS = {
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł"},
    **{"L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ"},
    **{"textendash": "–", "textemdash": "—", "ldots": "…", "dots": "…", "textellipsis": "…", "slash": "/"},
    **{"textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”"},
    **{"guillemotleft": "«", "guillemotright": "»", "glqq": "„", "grqq": "“", "textbackslash": "\\"},
    **{"textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textbar": "|", "textless": "<"},
    **{"textgreater": ">", "copyright": "©", "S": "§", "pounds": "£", "euro": "€", "texteuro": "€", "P": "¶"},
    **{"textdegree": "°", "textregistered": "®", "texttrademark": "™", "newline": " ", "quad": " "},
}
_PIECE = re.compile(
    r"\\(?P<accent>[`'^~\"=.])\s*(?P<over>\{\s*\\?[A-Za-z]\s*\}|\\[ij](?![A-Za-z])|[^\W\d_])"
    r"|\\(?P<named>[uvHckrdb])(?:\s*\{\s*(?P<in>\\?[A-Za-z])\s*\}|\s+(?P<after>[A-Za-z])(?![A-Za-z])|(?P<dotless>\\[ij])(?![A-Za-z]))"
    r"|\\(?P<command>[A-Za-z]+)\*?\s*(?:\{\})?"
    r"|\\(?P<sign>.)"
    r"|(?P<dash>---?)|(?P<quote>``|'')|(?P<space>[~\s]+)|(?P<brace>[{}$])",
    re.DOTALL,
)


def plain(text: str) -> str:
    """The text as it is read, with single spaces."""
    if text.isalnum():
        return text
    return " ".join(_PIECE.sub(_piece, text).split())


def _piece(found: re.Match[str]) -> str:
    said = found.groupdict()
    accent = said["accent"] or said["named"]
    if accent:
        letter = (said["over"] or said["in"] or said["after"] or said["dotless"] or "").strip("{} \n\t\\")
        return unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    if said["command"]:
        return _LETTERS.get(said["command"], "")
    if said["dash"]:
        return "—" if said["dash"] == "---" else "–"
    if said["quote"]:
        return "“" if said["quote"] == "``" else "”"
    if said["sign"]:
        return " " if said["sign"] in "\\,; /" else "" if said["sign"] in "-@()[]" else said["sign"]
    return " " if said["space"] else ""
