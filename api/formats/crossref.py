"""A title with its chapters as Crossref takes it in, schema 5.5.0. Only our own DOIs are named, so nothing else can
be registered by it.

A file is about one title: books and reports can't stand in one body. What Crossref has no room for is cut, what it has
no name for (illustrators, forewords) stays away.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from api.formats.crossref_parts import ROLES, cut, funded, institution, named, publisher
from api.formats.languages import UNKNOWN, three_letters
from api.formats.library import host_of, local_id, people
from api.formats.works import Work
from api.formats.xml import NOTHING, Xml, clean, document, element, optional
from api.tables import Contribution, IdentifierKind, Kind

MEDIA_TYPE = "application/vnd.crossref.deposit+xml"
SCHEMA = "http://www.crossref.org/schema/5.5.0"
_JATS = "http://www.ncbi.nlm.nih.gov/JATS1"
_ACCESS = "http://www.crossref.org/AccessIndicators.xsd"
_FUNDING = "http://www.crossref.org/fundref.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ROOT = {
    "version": "5.5.0",
    "xmlns": SCHEMA,
    "xmlns:jats": _JATS,
    "xmlns:ai": _ACCESS,
    "xmlns:fr": _FUNDING,
    "xmlns:xsi": _XSI,
    "xsi:schemaLocation": f"{SCHEMA} https://www.crossref.org/schemas/crossref5.5.0.xsd",
}
_ISBN_MEDIA = {IdentifierKind.ISBN_PRINT: "print", IdentifierKind.ISBN_HARDBACK: "print"}
_BOOK_TYPES = {Kind.EDITED_VOLUME: "edited_book", Kind.MONOGRAPH: "monograph"}
ROOT_NAME = "doi_batch"


class Head(NamedTuple):
    """Who sends a file. `stamp` grows with each one about the same title: Crossref refuses an older."""

    batch: str
    stamp: int
    depositor: str
    mail: str


def written(works: Iterable[Work]) -> bytes:
    """The file as anyone may read it; what is sent has a head of its own."""
    [work] = works
    host = host_of(work.public_url)
    changed = work.record.modified_at or datetime(2026, 1, 1, tzinfo=UTC)
    mail = f"postmaster@{host if '.' in host else f'{host}.invalid'}"
    head = Head(f"{host}.{local_id(work)}.{work.record.version}", stamp_at(changed), work.issuer or host, mail)
    return deposit(body(work), head)


def stamp_at(moment: datetime) -> int:
    """A number that grows with time: year to millisecond."""
    return int(f"{moment.astimezone(UTC):%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}")


def deposit(content: Xml, head: Head) -> bytes:
    about = element(
        "head",
        element("doi_batch_id", cut(head.batch, 100)),
        element("timestamp", str(head.stamp)),
        element(
            "depositor",
            element("depositor_name", cut(head.depositor, 130)),
            element("email_address", head.mail),
        ),
        element("registrant", cut(head.depositor, 255)),
    )
    return document(element(ROOT_NAME, _ROOT, about, content))


def body(work: Work) -> Xml:
    """What is registered of a title: it is the same as long as nothing has changed that Crossref keeps."""
    items = [_item(chapter) for chapter in registered_chapters(work)]
    book_type = _BOOK_TYPES.get(work.record.kind)
    if book_type is None:
        return element("body", element("report-paper", _report(work), items))
    return element("body", element("book", {"book_type": book_type}, _book(work), items))


def registered_chapters(work: Work) -> list[Work]:
    """Those with a DOI of ours: Crossref's chapters can't be without."""
    return [chapter for chapter in work.chapters if chapter.our_doi]


def _book(work: Work) -> Xml:
    record, in_series = work.record, _series(work)
    isbns = list(_isbns(work))
    return element(
        "book_series_metadata" if in_series else "book_metadata",
        {"language": _language(work)},
        in_series,
        _contributors(work),
        _titles(work),
        _abstracts(work),
        _volume(work) if in_series else NOTHING,
        _edition(work),
        _date(work),
        isbns or element("noisbn", {"reason": "monograph"}),
        publisher(record.publisher or work.issuer or host_of(work.public_url), record.place),
        *_programs(work),
        _doi(work),
    )


def _report(work: Work) -> Xml:
    in_series = _series(work)
    abstracts, edition = _abstracts(work), _edition(work)
    record = work.record
    number = element("item_number", {"item_number_type": "report-number"}, cut(record.report_number or "", 32))
    return element(
        "report-paper_series_metadata" if in_series else "report-paper_metadata",
        {"language": _language(work)},
        in_series,
        _contributors(work),
        _titles(work),
        # The two differ in the order of what follows.
        [*abstracts, _volume(work), edition] if in_series else [edition, *abstracts],
        _date(work),
        _isbns(work),
        publisher(record.publisher, record.place) if record.publisher else NOTHING,
        institution(record.institution) if record.institution else NOTHING,
        element("publisher_item", number) if record.report_number else NOTHING,
        *_programs(work),
        _doi(work),
    )


def _item(work: Work) -> Xml:
    line = work.chapter
    assert line is not None
    pages = [element("first_page", cut(line.first_page or "", 32)), optional("last_page", line.last_page)]
    return element(
        "content_item",
        {"component_type": "chapter", "language": _language(work)},
        _contributors(work),
        _titles(work),
        _abstracts(work),
        optional("component_number", cut(line.number or "", 50)),
        _date(work),
        element("pages", pages) if line.first_page else NOTHING,
        _licence(work),
        _doi(work),
    )


def _series(work: Work) -> Xml:
    """A series is one to Crossref only with its ISSN."""
    record = work.record
    if not record.series or not record.series_issn:
        return NOTHING
    titles = element("titles", element("title", record.series))
    editors = record.of_role(Contribution.SERIES_EDITOR)
    signed = element("contributors", named(editors, "editor")) if editors else NOTHING
    return element("series_metadata", signed, titles, element("issn", record.series_issn))


def _volume(work: Work) -> Xml:
    return optional("volume", cut(work.record.series_number or work.record.volume or "", 32))


def _edition(work: Work) -> Xml:
    number = work.record.edition_number
    return element("edition_number", str(number)) if number else NOTHING


def _contributors(work: Work) -> Xml:
    """Whoever Crossref has a role for; a chapter that names nobody is by the authors of the book."""
    known = [person for person in people(work) if person.role in ROLES] or list(work.authors)
    if not known:
        return NOTHING
    return element("contributors", named(known))


def _titles(work: Work) -> Xml:
    record = work.record
    if work.chapter is not None:
        return element("titles", element("title", work.chapter.name))
    return element("titles", element("title", record.title), optional("subtitle", record.subtitle))


def _abstracts(work: Work) -> list[Xml]:
    texts = [(work.language, work.abstract)]
    if work.chapter is None:
        texts += [(each.language, each.prose.text) for each in work.record.wordings]
    return [
        element("jats:abstract", {"xml:lang": tag}, (element("jats:p", part) for part in _paragraphs(text)))
        for tag, text in texts
        if clean(text).strip()
    ]


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n\n") if clean(part).strip()]


def _date(work: Work) -> Xml:
    """The precision that is known; a work without any date has none, and can't be registered yet."""
    if not work.date:
        return NOTHING
    year, month, day = (*work.date.split("-"), "", "")[:3]
    said = [optional("month", month), optional("day", day), element("year", year)]
    return element("publication_date", {"media_type": "online"}, said)


def _isbns(work: Work) -> Iterator[Xml]:
    if work.record.isbn:
        yield element("isbn", {"media_type": "electronic"}, work.record.isbn)
    for each in work.record.isbns:
        yield element("isbn", {"media_type": _ISBN_MEDIA.get(each.kind, "electronic")}, each.value)


def _programs(work: Work) -> Iterator[Xml]:
    groups = [funded(each) for each in work.record.funding]
    if groups:
        yield element("fr:program", {"name": "fundref"}, groups)
    yield _licence(work)


def _licence(work: Work) -> Xml:
    """Free to read is said only of what is open to everyone without signing in."""
    licence = work.licence_uri
    if not licence and not work.is_open:
        return NOTHING
    return element(
        "ai:program",
        {"name": "AccessIndicators"},
        element("ai:free_to_read") if work.is_open else NOTHING,
        element("ai:license_ref", {"applies_to": "vor"}, licence) if licence else NOTHING,
    )


def _doi(work: Work) -> Xml:
    if not work.our_doi:
        return NOTHING
    return element("doi_data", element("doi", work.our_doi), element("resource", work.url))


def _language(work: Work) -> str | None:
    primary = work.language.partition("-")[0].lower()
    return primary if len(primary) == 2 and three_letters(primary) != UNKNOWN else None
