"""The few properties of an XMP packet that are of use. A packet with a document type, so with entities, is not read."""

from typing import Any
from xml.parsers import expat

LARGEST = 1 << 20  # bytes
_DC = "http://purl.org/dc/elements/1.1/ "
_UA = "http://www.aiim.org/pdfua/ns/id/ "
_RDF_LI = "http://www.w3.org/1999/02/22-rdf-syntax-ns# li"
_WANTED = {
    f"{_DC}title": "title",
    f"{_DC}creator": "author",
    f"{_DC}description": "subject",
    f"{_DC}subject": "keywords",
    f"{_DC}language": "language",
    f"{_UA}part": "pdf_ua",
}
MOST_VALUES = 100


class _Doctype(Exception):
    """The packet declares a document type."""


def read(packet: bytes) -> dict[str, list[str]]:
    """The values of each property in their order; nothing where the packet is too large or is no XML."""
    if len(packet) > LARGEST:
        return {}
    reader = _Reader()
    try:
        reader.parser.Parse(packet, True)
    except (expat.ExpatError, _Doctype, ValueError, LookupError):
        return {}
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self._property: str | None = None
        self._text: list[str] | None = None
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _refuse(self, *_: object) -> None:
        raise _Doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        for attribute, value in attributes.items():
            if attribute in _WANTED:
                self._keep(_WANTED[attribute], value)
        if name in _WANTED:
            self._property, self._text = _WANTED[name], []
        elif name == _RDF_LI and self._property is not None:
            self._text = []

    def _end(self, name: str) -> None:
        if self._property is not None and (name == _RDF_LI or _WANTED.get(name) == self._property):
            self._keep(self._property, "".join(self._text or []))
            self._text = []
            if name != _RDF_LI:
                self._property = None

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _keep(self, name: str, value: str) -> None:
        values = self.found.setdefault(name, [])
        if value.strip() and len(values) < MOST_VALUES:
            values.append(value.strip())
