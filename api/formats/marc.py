"""Records in MARC 21, however they come about: as the library systems' binary files (ISO 2709) and as MARCXML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.formats.marc_field import Field, Subfields
from api.formats.marc_fields import fields_of
from api.formats.works import Work
from api.formats.xml import Xml, clean, document, element

MEDIA_TYPE = "application/marc"
XML_MEDIA_TYPE = "application/marcxml+xml"
NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
_NAMESPACES = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
_LONGEST_FIELD = 9_999  # bytes: what four digits of the directory can say
_LONGEST_RECORD = 99_999
_DIRECTORY_ENTRY = 12
_LEADER = 24
_OF_FIELD, _OF_RECORD, _OF_SUBFIELD = "\x1e", "\x1d", "\x1f"
_FIRST_TO_GO = ("505", "520", "700", "710")  # where a record is too long for the binary form, from its end


@dataclass(frozen=True)
class _Put:
    """A field as bytes."""

    tag: str
    body: bytes


def written(works: Sequence[Work]) -> bytes:
    """The records one after another, in UTF-8."""
    return b"".join(_binary(work) for work in works)


def written_as_xml(works: Sequence[Work]) -> bytes:
    """One work as a record, many as a collection."""
    if len(works) == 1:
        return document(marcxml(works[0]))
    return document(element("collection", _NAMESPACES, (marcxml(work, alone=False) for work in works)))


def marcxml(work: Work, *, alone: bool = True) -> Xml:
    return element(
        "record",
        _NAMESPACES if alone else None,
        element("leader", _leader(work, 0, 0)),
        map(_as_xml, fields_of(work)),
    )


def _as_xml(field: Field) -> Xml:
    if isinstance(field.content, str):
        return element("controlfield", {"tag": field.tag}, field.content)
    subfields = [element("subfield", {"code": code}, value) for code, value in field.content]
    return element("datafield", {"tag": field.tag, "ind1": field.first, "ind2": field.second}, subfields)


def _leader(work: Work, length: int, base: int) -> str:
    level = "a" if work.chapter is not None else "m"
    return f"{length:05}na{level} a22{base:05} c 4500"


def _binary(work: Work) -> bytes:
    put = [_Put(field.tag, _as_bytes(field)) for field in fields_of(work)]
    while _length(put) > _LONGEST_RECORD:
        place = next(place for tag in _FIRST_TO_GO for place in reversed(range(len(put))) if put[place].tag == tag)
        del put[place]
    directory, start = "", 0
    for each in put:
        directory += f"{each.tag}{len(each.body):04}{start:05}"
        start += len(each.body)
    base = _LEADER + len(directory) + 1
    head = f"{_leader(work, _length(put), base)}{directory}{_OF_FIELD}".encode()
    return head + b"".join(each.body for each in put) + _OF_RECORD.encode()


def _length(put: Iterable[_Put]) -> int:
    return _LEADER + 2 + sum(_DIRECTORY_ENTRY + len(each.body) for each in put)


def _as_bytes(field: Field) -> bytes:
    if isinstance(field.content, str):
        return f"{field.content}{_OF_FIELD}".encode()
    whole = f"{field.first}{field.second}{_joined(field.content)}".encode()
    return _cut(whole, _LONGEST_FIELD - 1) + _OF_FIELD.encode()


def _joined(subfields: Subfields) -> str:
    return "".join(f"{_OF_SUBFIELD}{code}{_one_line(value)}" for code, value in subfields)


def _one_line(value: str) -> str:
    """Without control characters: those are the form's own marks."""
    return " ".join(clean(value).split())


def _cut(text: bytes, most: int) -> bytes:
    return text if len(text) <= most else text[:most].decode(errors="ignore").encode()
