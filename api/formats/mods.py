"""A title or a chapter in MODS 3.8, the description that libraries and repositories exchange."""

from collections.abc import Iterator, Sequence

from api.formats.languages import three_letters
from api.formats.library import (
    CHAPTER,
    KIND_WORDS,
    PDF,
    access_note,
    extent,
    family_name,
    host_of,
    licence,
    local_id,
    main_title,
    orcid_uri,
    people,
    ror_uri,
)
from api.formats.record import About, ContentsLine, Person, TitleRecord
from api.formats.relators import RELATORS
from api.formats.works import Work
from api.formats.xml import NOTHING, Xml, document, element, optional
from api.tables import IdentifierKind, SubjectScheme

MEDIA_TYPE = "application/mods+xml"
NAMESPACE = "http://www.loc.gov/mods/v3"
SCHEMA = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
_NAMESPACES = {
    "xmlns": NAMESPACE,
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
_CODE = {"type": "code", "authority": "iso639-2b"}
_ISSN = {"type": "issn"}
_IDENTIFIER_TYPES = {
    IdentifierKind.REPORT_NUMBER: "local",
    IdentifierKind.URN: "uri",
    IdentifierKind.HANDLE: "hdl",
    IdentifierKind.LCCN: "lccn",
    IdentifierKind.OCLC: "oclc",
}
_CLASSIFICATIONS = {
    SubjectScheme.LCC: "lcc",
    SubjectScheme.DDC: "ddc",
    SubjectScheme.THEMA: "thema",
    SubjectScheme.BISAC: "bisacsh",
    SubjectScheme.JEL: "jelc",
}


def written(works: Sequence[Work]) -> bytes:
    """One work as a record, many as a collection."""
    if len(works) == 1:
        return document(mods(works[0]))
    return document(element("modsCollection", _NAMESPACES, (mods(work, alone=False) for work in works)))


def mods(work: Work, *, alone: bool = True) -> Xml:
    return element("mods", {**(_NAMESPACES if alone else {}), "version": "3.8"}, _elements(work))


def _elements(work: Work) -> Iterator[Xml]:
    record = work.record
    title, subtitle = main_title(work)
    yield _title_info(title, subtitle, {"lang": three_letters(work.language)})
    if work.chapter is None:
        for worded in record.wordings:
            if worded.title:
                said = {"type": "translated", "lang": three_letters(worded.language)}
                yield _title_info(worded.title, worded.subtitle, said)
    yield from map(_name, people(work))
    yield element("typeOfResource", "text")
    yield element("genre", {"authority": "local"}, CHAPTER if work.chapter else KIND_WORDS[record.kind])
    if work.chapter is None:
        yield optional("genre", record.genre)
        yield _origin(work)
    yield element("language", element("languageTerm", _CODE, three_letters(work.language)))
    if work.chapter is None:
        yield _physical(record)
        yield optional("abstract", work.abstract, {"lang": three_letters(work.language)})
        for worded in record.wordings:
            yield optional("abstract", worded.prose.text, {"lang": three_letters(worded.language)})
    else:
        yield optional("abstract", work.abstract)
    yield from map(_subject, record.subjects)
    yield from _related(work)
    yield from _identifiers(work)
    yield element("location", element("url", {"usage": "primary display", "access": "object in context"}, work.url))
    yield element("accessCondition", {"type": "restriction on access"}, access_note(work))
    name, uri = licence(work)
    if name or uri:
        yield element("accessCondition", {"type": "use and reproduction", "xlink:href": uri}, name or uri)
    for funding in record.funding if work.chapter is None else ():
        award = f", award {funding.award}" if funding.award else ""
        yield element("note", {"type": "funding"}, f"{funding.funder}{award}")
    yield _record_info(work)


def _title_info(title: str, subtitle: str | None, attributes: dict[str, str]) -> Xml:
    return element("titleInfo", attributes, element("title", title), optional("subTitle", subtitle))


def _name(person: Person) -> Xml:
    code, words = RELATORS[person.role]
    role = element(
        "role",
        element("roleTerm", {"type": "text"}, words),
        element("roleTerm", {"type": "code", "authority": "marcrelator"}, code),
    )
    if person.is_organisation:
        link = {"type": "corporate", "valueURI": ror_uri(person.ror)}
        return element("name", link, element("namePart", person.display), role)
    if person.family:
        parts = [
            element("namePart", {"type": "family"}, family_name(person)),
            optional("namePart", person.given, {"type": "given"}),
            optional("namePart", person.suffix, {"type": "termsOfAddress"}),
        ]
    else:
        parts = [element("namePart", person.display)]
    orcid = orcid_uri(person)
    return element(
        "name",
        {"type": "personal"},
        parts,
        role,
        (element("affiliation", each.name) for each in person.affiliations),
        optional("nameIdentifier", orcid, {"type": "orcid"}),
    )


def _origin(work: Work) -> Xml:
    record = work.record
    edition = record.edition_statement or (str(record.edition_number) if record.edition_number else None)
    place = element("place", element("placeTerm", {"type": "text"}, record.place)) if record.place else NOTHING
    content = [
        place,
        optional("publisher", work.issuer),
        optional("dateIssued", work.date, {"encoding": "w3cdtf", "keyDate": "yes"}),
        optional("copyrightDate", str(record.copyright_year or ""), {"encoding": "w3cdtf"}),
        optional("edition", edition),
        element("issuance", "monographic"),
    ]
    return element("originInfo", {"eventType": "publication"}, content)


def _physical(record: TitleRecord) -> Xml:
    return element(
        "physicalDescription",
        element("form", {"authority": "marcform"}, "electronic"),
        optional("internetMediaType", PDF if record.edition is not None else None),
        optional("extent", extent(record)),
        element("digitalOrigin", "born digital"),
    )


def _subject(about: About) -> Xml:
    if about.scheme is SubjectScheme.KEYWORD:
        return element("subject", element("topic", about.heading))
    if about.scheme is SubjectScheme.LCSH:
        return element("subject", {"authority": "lcsh"}, element("topic", about.heading or about.code))
    attributes = {"authority": _CLASSIFICATIONS[about.scheme], "displayLabel": about.heading if about.code else None}
    return element("classification", attributes, about.code or about.heading)


def _related(work: Work) -> Iterator[Xml]:
    record, line = work.record, work.chapter
    if line is not None:
        host = Work(record, work.public_url, is_open=work.is_open, gate=work.gate)
        yield element(
            "relatedItem",
            {"type": "host"},
            _title_info(record.title, record.subtitle, {}),
            map(_name, people(host)),
            _origin(host),
            _identifiers(host),
            element("location", element("url", host.url)),
            _part(line),
        )
        return
    if record.series:
        info = element("titleInfo", element("title", record.series), optional("partNumber", record.series_number))
        yield element("relatedItem", {"type": "series"}, info, optional("identifier", record.series_issn, _ISSN))
    for chapter in work.chapters:
        if chapter.chapter is not None and chapter.chapter.address is not None:
            yield element(
                "relatedItem",
                {"type": "constituent", "xlink:href": chapter.url},
                _title_info(chapter.name, None, {}),
                map(_name, people(chapter)),
                optional("identifier", chapter.doi, {"type": "doi"}),
            )


def _part(line: ContentsLine) -> Xml:
    number = element("detail", {"type": "chapter"}, element("number", line.number)) if line.number else NOTHING
    ends = [optional("start", line.first_page), optional("end", line.last_page)]
    pages = element("extent", {"unit": "pages"}, ends) if line.first_page else NOTHING
    return element("part", number, pages) if number or pages else NOTHING


def _identifiers(work: Work) -> Iterator[Xml]:
    record = work.record
    yield optional("identifier", work.doi, {"type": "doi"})
    if work.chapter is not None:
        return
    yield optional("identifier", record.isbn, {"type": "isbn", "displayLabel": "PDF"})
    for each in record.identifiers:
        if each.kind.startswith("isbn-"):
            label = each.kind.removeprefix("isbn-")
            yield element("identifier", {"type": "isbn", "displayLabel": label}, each.value)
        else:
            shown = "report number" if each.kind is IdentifierKind.REPORT_NUMBER else None
            yield element("identifier", {"type": _IDENTIFIER_TYPES[each.kind], "displayLabel": shown}, each.value)


def _record_info(work: Work) -> Xml:
    record = work.record
    stamps = (("recordCreationDate", record.posted_at), ("recordChangeDate", record.modified_at))
    return element(
        "recordInfo",
        element("recordContentSource", host_of(work.public_url)),
        (optional(name, f"{at:%Y-%m-%dT%H:%M:%SZ}", {"encoding": "w3cdtf"}) for name, at in stamps if at),
        element("recordIdentifier", {"source": host_of(work.public_url)}, local_id(work)),
    )
