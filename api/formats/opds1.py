"""OPDS 1.2: a feed for e-readers as Atom, and the description of its search."""

from datetime import UTC, datetime

from api.formats.library import access_note, host_of, local_id
from api.formats.opds_feed import (
    AUTHENTICATION,
    AUTHENTICATION_TYPE,
    DESCRIPTION,
    DESCRIPTION_TYPE,
    DOCUMENT_REL,
    SEARCH,
    SEARCH_WORDS,
    START,
    Feed,
    Way,
    acquisition_rel,
    cover,
    description,
)
from api.formats.works import Work
from api.formats.xml import NOTHING, Xml, document, element, optional
from api.spoken import gettext, language, told

MEDIA_TYPE = "application/atom+xml"
NAVIGATION = f"{MEDIA_TYPE};profile=opds-catalog;kind=navigation"
ACQUISITION = f"{MEDIA_TYPE};profile=opds-catalog;kind=acquisition"
IMAGE = "http://opds-spec.org/image"
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:opds": "http://opds-spec.org/2010/catalog",
}
_SINCE = "2026"  # the year from which the host of a tag is meant


def media_type(feed: Feed) -> str:
    return NAVIGATION if feed.ways else ACQUISITION


def written(feed: Feed) -> bytes:
    entries = [_way(feed, way) for way in feed.ways] or [_work(work) for work in feed.works]
    return document(
        element(
            "feed",
            {**_NAMESPACES, "xml:lang": language()},
            element("id", f"tag:{host_of(feed.public_url)},{_SINCE}:{feed.path}"),
            element("title", told(feed.title)),
            element("updated", _instant(feed.changed_at)),
            element("author", element("name", feed.house), element("uri", f"{feed.public_url}/")),
            _link("self", feed.address(feed.path), media_type(feed)),
            _link("start", feed.address(START), NAVIGATION),
            _link("search", feed.address(DESCRIPTION), DESCRIPTION_TYPE),
            _link(DOCUMENT_REL, feed.address(AUTHENTICATION), AUTHENTICATION_TYPE),
            _link("next", feed.address(feed.next), ACQUISITION) if feed.next is not None else NOTHING,
            entries,
        )
    )


def search_description(public_url: str, house: str) -> bytes:
    """What a program needs to ask for words (OpenSearch 1.1)."""
    template = f"{public_url}{SEARCH}?{SEARCH_WORDS}={{searchTerms}}"
    return document(
        element(
            "OpenSearchDescription",
            {"xmlns": "http://a9.com/-/spec/opensearch/1.1/"},
            element("ShortName", house[:16]),
            element("Description", gettext("Titles by the words in their names")),
            element("InputEncoding", "UTF-8"),
            element("OutputEncoding", "UTF-8"),
            element("Url", {"type": ACQUISITION, "template": template}),
        )
    )


def _way(feed: Feed, way: Way) -> Xml:
    address = feed.address(way.path)
    return element(
        "entry",
        element("id", address),
        element("title", told(way.title)),
        element("updated", _instant(feed.changed_at)),
        element("content", {"type": "text"}, told(way.words)),
        _link(way.rel, address, ACQUISITION),
    )


def _work(work: Work) -> Xml:
    record = work.record
    changed = record.modified_at or record.posted_at or datetime(2026, 1, 1, tzinfo=UTC)
    summary = description(work).partition("\n\n")[0]
    note = told(access_note(work))
    return element(
        "entry",
        {"xml:lang": work.language},
        element("id", f"tag:{host_of(work.public_url)},{_SINCE}:{local_id(work)}"),
        element("title", work.name),
        (_person("author", person.display) for person in record.authors or record.editors),
        (_person("contributor", person.display) for person in (record.editors if record.authors else ())),
        element("updated", _instant(changed)),
        element("published", _instant(record.posted_at)) if record.posted_at is not None else NOTHING,
        element("dcterms:language", work.language),
        optional("dcterms:publisher", work.issuer),
        optional("dcterms:issued", work.date),
        element("dcterms:identifier", f"urn:isbn:{record.isbn}") if record.isbn else NOTHING,
        (element("category", {"term": keyword, "label": keyword}) for keyword in record.keywords),
        optional("rights", record.licence),
        element("summary", {"type": "text"}, summary if summary.endswith(note) else f"{summary} {note}"),
        _link(IMAGE, cover(work, "png"), "image/png"),
        _link(f"{IMAGE}/thumbnail", cover(work, "png"), "image/png"),
        _link("alternate", work.url, "text/html"),
        _link(acquisition_rel(work), f"{work.url}.pdf", "application/pdf"),
    )


def _person(name: str, display: str) -> Xml:
    return element(name, element("name", display))


def _link(rel: str, address: str, kind: str) -> Xml:
    return element("link", {"rel": rel, "href": address, "type": kind})


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
