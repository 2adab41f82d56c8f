"""OPDS 2.0: a feed for e-readers as JSON, after the Readium manifest."""

import json
from typing import Any

from api.formats.accessibility import accessibility_of, in_readium
from api.formats.library import extent, family_first, orcid_uri, ror_uri
from api.formats.opds_feed import (
    AUTHENTICATION,
    AUTHENTICATION_TYPE,
    DOCUMENT_REL,
    SEARCH,
    SEARCH_WORDS,
    START,
    Feed,
    acquisition_rel,
    cover,
    description,
    is_to_be_had,
)
from api.formats.record import Person
from api.formats.works import Work, doi_address
from api.spoken import N_, told
from api.tables import Kind

MEDIA_TYPE = "application/opds+json"
_TYPES = {Kind.EDITED_VOLUME: "Book", Kind.MONOGRAPH: "Book", Kind.REPORT: "Report", Kind.PAPER: "Report"}


def written(feed: Feed) -> bytes:
    found: dict[str, Any] = {
        "metadata": {"title": told(feed.title), "modified": feed.changed_at.isoformat(timespec="seconds")},
        "links": _links(feed),
    }
    if feed.works:
        found["publications"] = [publication(work) for work in feed.works]
    else:  # a list must not be empty, so an empty one leads back
        ways = [(way.title, way.path, way.rel) for way in feed.ways] or [(N_("To the beginning"), START, "start")]
        found["navigation"] = [
            {"title": told(title), "href": feed.address(path), "type": MEDIA_TYPE, "rel": rel}
            for title, path, rel in ways
        ]
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def publication(work: Work) -> dict[str, Any]:
    """One title, with the way to its file."""
    return {"metadata": _metadata(work), "links": _work_links(work), "images": _images(work)}


def _links(feed: Feed) -> list[dict[str, Any]]:
    search = f"{feed.address(SEARCH)}{{?{SEARCH_WORDS}}}"
    links: list[dict[str, Any]] = [
        {"rel": "self", "href": feed.address(feed.path), "type": MEDIA_TYPE},
        {"rel": "start", "href": feed.address(START), "type": MEDIA_TYPE},
        {"rel": "search", "href": search, "type": MEDIA_TYPE, "templated": True},
        {"rel": DOCUMENT_REL, "href": feed.address(AUTHENTICATION), "type": AUTHENTICATION_TYPE},
    ]
    if feed.next is not None:
        links.append({"rel": "next", "href": feed.address(feed.next), "type": MEDIA_TYPE})
    return links


def _metadata(work: Work) -> dict[str, Any]:
    record = work.record
    known = accessibility_of(record)
    pages = record.pages or (record.edition.page_count if record.edition is not None else None)
    facts: dict[str, Any] = {
        "@type": f"http://schema.org/{_TYPES[record.kind]}",
        "identifier": _identifier(work),
        "title": record.title,
        "subtitle": record.subtitle,
        "author": _people(record.authors),
        "editor": _people(record.editors),
        "translator": _people(work.translators),
        "publisher": work.issuer,
        "language": work.language,
        "published": work.date if work.date and len(work.date) == len("2026-11-22") else None,
        "modified": record.modified_at.isoformat(timespec="seconds") if record.modified_at else None,
        "description": description(work),
        "subject": list(record.keywords),
        "numberOfPages": pages if extent(record) else None,
        "accessibility": in_readium(known) if known is not None else None,
    }
    if record.series:
        facts["belongsTo"] = {"series": {"name": record.series}}
    return {name: fact for name, fact in facts.items() if fact not in (None, "", [])}


def _identifier(work: Work) -> str:
    if work.record.isbn:
        return f"urn:isbn:{work.record.isbn}"
    return doi_address(work.doi) if work.doi else work.url


def _people(people: tuple[Person, ...]) -> list[dict[str, str]]:
    found = [
        {
            "name": person.display,
            "sortAs": family_first(person),
            "identifier": ror_uri(person.ror) if person.is_organisation else orcid_uri(person),
        }
        for person in people
    ]
    return [{name: value for name, value in person.items() if value} for person in found]


def _work_links(work: Work) -> list[dict[str, Any]]:
    properties: dict[str, Any] = {"availability": {"state": "available" if is_to_be_had(work) else "unavailable"}}
    opens_at = work.record.opens_at
    if not is_to_be_had(work) and opens_at is not None:
        properties["availability"]["until"] = opens_at.isoformat(timespec="seconds")
    if not work.is_open:
        document = {"href": work.public_url + AUTHENTICATION, "type": AUTHENTICATION_TYPE}
        properties["authenticate"] = document
    file = {
        "rel": acquisition_rel(work),
        "href": f"{work.url}.pdf",
        "type": "application/pdf",
        "properties": properties,
    }
    return [file, {"rel": "alternate", "href": work.url, "type": "text/html"}]


def _images(work: Work) -> list[dict[str, Any]]:
    return [
        {"href": cover(work, "png"), "type": "image/png"},
        {"href": cover(work, "svg"), "type": "image/svg+xml"},
    ]
