"""What pikepdf sees: protection and active content, which are refused; what the PDF says of itself; accessibility."""

import re
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Name

from api.intake.child import xmp
from api.intake.child.active import walk
from api.intake.child.words import plain

MOST_KEYWORDS = 50
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def look(source: BinaryIO) -> dict[str, Any]:
    try:
        pdf = pikepdf.open(source, suppress_warnings=True, access_mode=pikepdf.AccessMode.stream)
    except pikepdf.PasswordError:
        return {"refused": "locked"}
    except pikepdf.PdfError:
        return {"refused": "damaged"}
    with pdf:
        if pdf.is_encrypted:
            return {"refused": "encrypted"}
        figures = _Figures(pdf)
        if found := walk(pdf, figures.names, figures.see):
            return {"refused": "active", "found": sorted(found)}
        packet = _xmp(pdf)
        return {"metadata": _metadata(pdf, packet), "accessibility": _accessibility(pdf, packet, figures)}


class _Figures:
    """Counts the figures of the structure tree, and those that have words in their place."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.count, self.described = 0, 0
        tree = _dictionary(pdf.Root.get("/StructTreeRoot"))
        self.names = {"/Figure"}
        for own, standard in _dictionary(tree.get("/RoleMap")).items():
            if standard == Name.Figure:
                self.names.add(own)

    def see(self, dictionary: pikepdf.Dictionary) -> None:
        role = dictionary.get("/S")
        if isinstance(role, Name) and str(role) in self.names and "/P" in dictionary:
            self.count += 1
            self.described += any(plain(_text(dictionary.get(key))) != "" for key in ("/Alt", "/ActualText"))


def _metadata(pdf: pikepdf.Pdf, packet: dict[str, list[str]]) -> dict[str, Any]:
    """The document's own metadata: the XMP packet's first, then the older dictionary's."""
    info = _dictionary(pdf.trailer.get("/Info"))

    def first(name: str, key: str) -> str:
        return plain((packet.get(name) or [""])[0]) or plain(_text(info.get(key)))

    keywords = packet.get("keywords") or re.split(r"[;,]", _text(info.get("/Keywords")))
    return {
        "title": first("title", "/Title"),
        "author": plain("; ".join(packet.get("author", ()))) or first("", "/Author"),
        "subject": first("subject", "/Subject"),
        "keywords": [word for word in map(plain, keywords[:MOST_KEYWORDS]) if word],
        "language": _language(_text(pdf.Root.get("/Lang"))) or _language((packet.get("language") or [""])[0]),
        "created": _date(_text(info.get("/CreationDate"))),
        "modified": _date(_text(info.get("/ModDate"))),
    }


def _accessibility(pdf: pikepdf.Pdf, packet: dict[str, list[str]], figures: _Figures) -> dict[str, Any]:
    marks = _dictionary(pdf.Root.get("/MarkInfo"))
    view = _dictionary(pdf.Root.get("/ViewerPreferences"))
    part = (packet.get("pdf_ua") or [""])[0]
    return {
        "tagged": _is_true(marks.get("/Marked")) and isinstance(pdf.Root.get("/StructTreeRoot"), pikepdf.Dictionary),
        "language": _language(_text(pdf.Root.get("/Lang"))),
        "title_shown": _is_true(view.get("/DisplayDocTitle")),
        "figures": figures.count,
        "figures_described": figures.described,
        "pdf_ua": int(part) if part in ("1", "2") else None,
    }


def _xmp(pdf: pikepdf.Pdf) -> dict[str, list[str]]:
    packet = pdf.Root.get("/Metadata")
    if not isinstance(packet, pikepdf.Stream):
        return {}
    try:
        return xmp.read(packet.read_bytes())
    except pikepdf.PdfError:
        return {}


def _dictionary(value: object) -> pikepdf.Dictionary:
    return value if isinstance(value, pikepdf.Dictionary) else pikepdf.Dictionary()


def _is_true(value: object) -> bool:
    return value is True


def _text(value: object) -> str:
    """A text string of the PDF; anything else is none."""
    return str(value) if isinstance(value, pikepdf.String) else ""


def _language(text: str) -> str:
    return text if _LANGUAGE.fullmatch(text) and len(text) <= 35 else ""


def _date(text: str) -> str:
    """`2022`, `2022-05` or `2022-05-17`, as far as it is said."""
    found = _DATE.match(text)
    return "-".join(part for part in found.groups() if part) if found else ""
