"""JSON-LD in the words of schema.org: one graph of the page, what stands between it and the text, and the work."""

import json
from collections.abc import Sequence
from typing import Any

from api.formats.accessibility import accessibility_of, in_schema_org
from api.formats.record import Person
from api.formats.works import Work, cover_address, doi_address
from api.tables import Kind, State

MEDIA_TYPE = "application/ld+json"
TYPES: dict[Kind, str] = {
    Kind.EDITED_VOLUME: "Book",
    Kind.MONOGRAPH: "Book",
    Kind.REPORT: "Report",
    Kind.PAPER: "Report",
}
GATED = "gated"  # the class of the one element of a page that stands for the text behind the sign-in
MOST_ON_PAGE = 20  # people and chapters each; the file names all
_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def written(works: Sequence[Work]) -> bytes:
    graph = [node for work in works for node in _nodes(work)]
    return (json.dumps(_graph(graph), ensure_ascii=False, indent=1) + "\n").encode()


def in_page(work: Work) -> str:
    """The same for the page itself: short, and without anything that could end a script element."""
    text = json.dumps(_graph(_nodes(work, MOST_ON_PAGE)), ensure_ascii=False, separators=(",", ":"))
    return text.translate(_UNSAFE)


def is_gated(work: Work) -> bool:
    """Whether there is a text that not everyone may read."""
    return not work.is_open and work.record.edition is not None and work.record.state is not State.WITHDRAWN


def type_of(work: Work) -> str:
    """Its type in schema.org."""
    return "Chapter" if work.chapter else TYPES[work.record.kind]


def _graph(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@graph": nodes}


def _nodes(work: Work, most: int | None = None) -> list[dict[str, Any]]:
    return [_page(work), _work(work, most)]


def _page(work: Work) -> dict[str, Any]:
    page: dict[str, Any] = {
        "@type": "WebPage",
        "@id": work.url,
        "url": work.url,
        "name": work.name,
        "inLanguage": "en",
        "breadcrumb": _breadcrumb(work),
        "mainEntity": {"@id": f"{work.url}#work"},
    }
    if is_gated(work):
        gate = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": f".{GATED}"}
        page |= {"isAccessibleForFree": False, "hasPart": gate}
    return page


def _breadcrumb(work: Work) -> dict[str, Any]:
    steps = [("Catalogue", f"{work.public_url}/"), (work.record.full_title, work.public_url + work.record.path)]
    if work.chapter:
        steps.append((work.name, work.url))
    rows = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": rows}


def _work(work: Work, most: int | None) -> dict[str, Any]:
    record, chapter = work.record, work.chapter
    known = accessibility_of(record, chapter)
    facts: dict[str, Any] = {
        "@type": ["Chapter", "ScholarlyArticle"] if chapter else TYPES[record.kind],
        "@id": f"{work.url}#work",
        "url": work.url,
        "name": work.name,
        "headline": work.name if chapter else None,
        "author": [_person(person) for person in work.authors[:most]],
        "editor": [] if chapter else [_person(person) for person in work.editors[:most]],
        "translator": [_person(person) for person in work.translators[:most]],
        "publisher": _publisher(work),
        "datePublished": work.date,
        "dateModified": record.modified_at.isoformat(timespec="seconds") if record.modified_at else None,
        "inLanguage": work.language,
        "abstract": work.abstract,
        "keywords": list(record.keywords),
        "license": work.licence_uri,
        "image": cover_address(work, "png"),
        "sameAs": doi_address(work.doi) if work.doi else None,
        "identifier": {"@type": "PropertyValue", "propertyID": "doi", "value": work.doi} if work.doi else None,
        "creativeWorkStatus": "Withdrawn" if record.state is State.WITHDRAWN else None,
        "conditionsOfAccess": "Sign-in required" if is_gated(work) else None,
        **(in_schema_org(known) if known is not None else {}),
        **(_of_chapter(work) if chapter else _of_title(work, most)),
    }
    if record.edition is not None and record.state is not State.WITHDRAWN:
        facts["isAccessibleForFree"] = work.is_open
    return {name: fact for name, fact in facts.items() if fact not in (None, "", [])}


def _of_title(work: Work, most: int | None) -> dict[str, Any]:
    record = work.record
    facts: dict[str, Any] = {
        "alternativeHeadline": [wording.full_title for wording in record.wordings if wording.full_title],
        "about": _subjects(work),
        "version": str(record.edition.number) if record.edition and record.edition.number > 1 else None,
        "hasPart": [
            {
                "@type": "Chapter",
                "@id": f"{chapter.url}#work",
                "name": chapter.name,
                "isPartOf": {"@id": f"{work.url}#work"},
            }
            for chapter in work.chapters[:most]
        ],
    }
    if record.series:
        series = {"@type": "BookSeries", "name": record.series, "issn": record.series_issn}
        facts["isPartOf"] = {name: fact for name, fact in series.items() if fact}
        facts["position"] = record.series_number
    if TYPES[record.kind] == "Report":
        issuer = {"@type": "Organization", "name": record.institution} if record.institution else None
        return facts | {"reportNumber": record.report_number, "sourceOrganization": issuer}
    edition = record.edition_statement or (str(record.edition_number) if record.edition_number else None)
    return facts | {
        "isbn": [each for each in (record.isbn, *(each.value for each in record.isbns)) if each],
        "bookFormat": "https://schema.org/EBook",
        "numberOfPages": record.pages,
        "bookEdition": edition,
    }


def _of_chapter(work: Work) -> dict[str, Any]:
    record, chapter = work.record, work.chapter
    assert chapter is not None
    whole: dict[str, Any] = {
        "@type": TYPES[record.kind],
        "@id": f"{work.public_url}{record.path}#work",
        "name": record.full_title,
        "url": work.public_url + record.path,
        "editor": [_person(person) for person in record.editors[:MOST_ON_PAGE]],
        "isbn": record.isbn if TYPES[record.kind] == "Book" else None,
    }
    return {
        "pageStart": chapter.first_page,
        "pageEnd": chapter.last_page,
        "position": chapter.address,
        "isPartOf": {name: fact for name, fact in whole.items() if fact},
    }


def _subjects(work: Work) -> list[dict[str, str]]:
    terms = (
        {"@type": "DefinedTerm", "name": each.heading, "termCode": each.code, "inDefinedTermSet": str(each.scheme)}
        for each in work.record.subjects
        if each.scheme != "keyword"
    )
    return [{name: fact for name, fact in term.items() if fact} for term in terms]


def _publisher(work: Work) -> dict[str, str] | None:
    record = work.record
    if not record.publisher:
        return None
    known = {"@id": f"https://ror.org/{record.publisher_ror}"} if record.publisher_ror else {}
    return {"@type": "Organization", **known, "name": record.publisher}


def _person(person: Person) -> dict[str, str]:
    if person.is_organisation:
        known = {"@id": f"https://ror.org/{person.ror}"} if person.ror else {}
        return {"@type": "Organization", **known, "name": person.display}
    family = f"{person.particle} {person.family}" if person.particle and person.family else person.family
    parts = {
        "@type": "Person",
        "@id": f"https://orcid.org/{person.orcid}" if person.orcid else None,
        "name": person.display,
        "givenName": person.given,
        "familyName": family,
        "honorificSuffix": person.suffix,
    }
    return {name: part for name, part in parts.items() if part}
