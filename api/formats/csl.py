"""CSL-JSON, the citation processors' own form: always a list, as its schema has it."""

import json
from collections.abc import Sequence
from typing import Any

from api.formats.record import Person
from api.formats.works import Work, title_of
from api.tables import Kind

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"
TYPES = {
    Kind.EDITED_VOLUME: "book",
    Kind.MONOGRAPH: "book",
    Kind.REPORT: "report",
    Kind.PAPER: "report",
}


def written(works: Sequence[Work]) -> bytes:
    return (json.dumps([item(work) for work in works], ensure_ascii=False, indent=1) + "\n").encode()


def item(work: Work) -> dict[str, Any]:
    """One work; what has nothing in it is left out."""
    record, chapter = work.record, work.chapter
    is_report = record.kind in (Kind.REPORT, Kind.PAPER)
    version = record.edition.number if record.edition and record.edition.number > 1 else None
    facts: dict[str, Any] = {
        "id": work.url,
        "type": "chapter" if chapter else TYPES[record.kind],
        "title": work.name,
        "container-title": title_of(record) if chapter else None,
        "author": _names(work.authors),
        "editor": _names(work.editors),
        "translator": _names(work.translators),
        "issued": {"date-parts": [[int(part) for part in work.date.split("-")]]} if work.date else None,
        "publisher": work.issuer,
        "publisher-place": record.place,
        "collection-title": record.series,
        "collection-number": record.series_number,
        "volume": record.volume,
        "edition": record.edition_statement or (str(record.edition_number) if record.edition_number else None),
        "version": str(version) if version else None,
        "genre": record.genre if is_report and not chapter else None,
        "number": record.report_number if is_report and not chapter else None,
        "number-of-pages": str(record.pages) if record.pages and not chapter else None,
        "chapter-number": chapter.number if chapter else None,
        "page": _pages(work),
        "ISBN": record.isbn or next((each.value for each in record.isbns), None),
        "ISSN": record.series_issn,
        "DOI": work.doi,
        "URL": work.link,
        "language": work.language,
        "abstract": work.abstract,
        "keyword": ", ".join(record.keywords),
    }
    return {name: fact for name, fact in facts.items() if fact}


def _pages(work: Work) -> str | None:
    chapter = work.chapter
    if chapter is None or not chapter.first_page:
        return None
    if chapter.last_page and chapter.last_page != chapter.first_page:
        return f"{chapter.first_page}-{chapter.last_page}"
    return chapter.first_page


def _names(people: Sequence[Person]) -> list[dict[str, str]]:
    return [_name(person) for person in people]


def _name(person: Person) -> dict[str, str]:
    if not person.family:
        return {"literal": person.display}
    parts = {
        "family": person.family,
        "given": person.given,
        "non-dropping-particle": person.particle,
        "suffix": person.suffix,
    }
    return {name: part for name, part in parts.items() if part}
