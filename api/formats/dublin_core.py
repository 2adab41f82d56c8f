"""A title or a chapter in simple Dublin Core, as every harvester reads it (`oai_dc`)."""

from collections.abc import Iterator

from api.formats.gate import Gate
from api.formats.languages import three_letters
from api.formats.library import (
    PDF,
    doi_uri,
    family_first,
    gate_of,
    licence,
    main_title,
    page_range,
    people,
    ror_uri,
)
from api.formats.works import Work
from api.formats.xml import Xml, element, optional
from api.tables import Contribution, IdentifierKind, Kind

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_NAMESPACES = {
    "xmlns:oai_dc": NAMESPACE,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
_EU_REPO = "info:eu-repo/semantics/"
_COAR = "http://purl.org/coar/resource_type/"
_TYPES = {
    Kind.EDITED_VOLUME: ("book", "c_2f33"),
    Kind.MONOGRAPH: ("book", "c_2f33"),
    Kind.REPORT: ("report", "c_93fc"),
    Kind.PAPER: ("workingPaper", "c_8042"),
}
_CHAPTER = ("bookPart", "c_3248")
_RIGHTS = {
    Gate.OPEN: "openAccess",
    Gate.SIGN_IN: "restrictedAccess",
    Gate.RESTRICTED: "restrictedAccess",
    Gate.NOT_YET: "embargoedAccess",
    Gate.CLOSED: "closedAccess",
}


def oai_dc(work: Work) -> Xml:
    return element("oai_dc:dc", _NAMESPACES, _elements(work))


def _elements(work: Work) -> Iterator[Xml]:
    record, gate = work.record, gate_of(work)
    title, subtitle = main_title(work)
    yield _dc("title", f"{title}: {subtitle}" if subtitle else title, work.language)
    wordings = record.wordings if work.chapter is None else ()
    for worded in wordings:
        yield _dc("title", worded.full_title, worded.language)
    for person in people(work):
        yield _dc("creator" if person.role is Contribution.AUTHOR else "contributor", family_first(person))
    if work.chapter is not None:
        for editor in record.editors:
            yield _dc("contributor", family_first(editor))
    for subject in record.subjects:
        yield _dc("subject", subject.heading or subject.code)
    yield _dc("description", work.abstract, work.language)
    for worded in wordings:
        yield _dc("description", worded.prose.text, worded.language)
    yield _dc("publisher", record.publisher)
    yield _dc("date", work.date)
    if gate is Gate.NOT_YET and record.opens_at is not None:
        yield _dc("date", f"info:eu-repo/date/embargoEnd/{record.opens_at:%Y-%m-%d}")
    kind, coar = _TYPES[record.kind] if work.chapter is None else _CHAPTER
    yield _dc("type", f"{_EU_REPO}{kind}")
    yield _dc("type", f"{_COAR}{coar}")
    yield _dc("format", PDF if record.edition is not None else None)
    yield from _identifiers(work)
    yield from _relations(work)
    yield _dc("language", three_letters(work.language))
    yield _dc("rights", f"{_EU_REPO}{_RIGHTS[gate]}")
    name, uri = licence(work)
    yield _dc("rights", uri or name)


def _identifiers(work: Work) -> Iterator[Xml]:
    """The landing page first, because harvesters lead their readers there."""
    yield _dc("identifier", work.url)
    yield _dc("identifier", doi_uri(work.doi))
    if work.chapter is not None:
        return
    if work.record.isbn:
        yield _dc("identifier", f"urn:isbn:{work.record.isbn}")
    for each in work.record.identifiers:
        if each.kind.startswith("isbn-"):
            yield _dc("identifier", f"urn:isbn:{each.value}")
        elif each.kind in (IdentifierKind.URN, IdentifierKind.REPORT_NUMBER):
            yield _dc("identifier", each.value)
        elif each.kind is IdentifierKind.HANDLE:
            yield _dc("identifier", f"https://hdl.handle.net/{each.value}")


def _relations(work: Work) -> Iterator[Xml]:
    record, line = work.record, work.chapter
    if line is not None:
        pages = page_range(line)
        yield _dc("source", f"{record.full_title}, {pages}" if pages else record.full_title)
        yield _dc("relation", f"{work.public_url}{record.path}")
        yield _dc("relation", doi_uri(record.doi))
        return
    if record.series:
        number = f"; {record.series_number}" if record.series_number else ""
        yield _dc("relation", f"ispartofseries:{record.series}{number}")
    yield _dc("relation", f"urn:issn:{record.series_issn}" if record.series_issn else None)
    for funding in record.funding:
        yield _dc("relation", ror_uri(funding.ror) or doi_uri(funding.funder_doi))


def _dc(name: str, text: str | None, language: str | None = None) -> Xml:
    return optional(f"dc:{name}", text, {"xml:lang": language})
