"""RIS, as reference managers have exchanged records since the eighties: one tag and one value on each line."""

from collections.abc import Iterator, Sequence

from api.formats.record import Person
from api.formats.works import Work, title_of
from api.tables import Kind

MEDIA_TYPE = "application/x-research-info-systems"
TYPES = {
    Kind.EDITED_VOLUME: "EDBOOK",
    Kind.MONOGRAPH: "BOOK",
    Kind.REPORT: "RPRT",
    Kind.PAPER: "RPRT",
}
LINE_END = "\r\n"


def written(works: Sequence[Work]) -> bytes:
    lines = (f"{tag}  - {' '.join(value.split())}" for work in works for tag, value in _lines(work))
    return (LINE_END.join(lines) + LINE_END).encode()


def _lines(work: Work) -> Iterator[tuple[str, str]]:
    yield "TY", "CHAP" if work.chapter else TYPES[work.record.kind]
    for tag, value in [*_people(work), *_facts(work)]:
        if value:
            yield tag, value
    for keyword in work.record.keywords:
        yield "KW", keyword
    yield "ER", ""


def _people(work: Work) -> list[tuple[str, str]]:
    """Editors are the authors of an edited volume, A2 of a chapter; elsewhere A2 would make them series editors."""
    if work.chapter is None and work.record.kind is Kind.EDITED_VOLUME:
        tagged = [("AU", work.editors or work.authors)]
    else:
        tagged = [("AU", work.authors), ("A2" if work.chapter else "ED", work.editors)]
    return [(tag, _name(person)) for tag, people in [*tagged, ("A4", work.translators)] for person in people]


def _facts(work: Work) -> list[tuple[str, str | None]]:
    record, chapter = work.record, work.chapter
    is_report = not chapter and record.kind in (Kind.REPORT, Kind.PAPER)
    version = record.edition.number if record.edition else 1
    isbn = record.isbn or next((each.value for each in record.isbns), None)
    return [
        ("TI", work.name),
        ("T2", title_of(record) if chapter else record.series),
        ("T3", record.series if chapter else None),
        ("M1", None if chapter or is_report else record.series_number),
        ("VL", record.volume),
        ("ET", record.edition_statement or (str(record.edition_number) if record.edition_number else None)),
        ("M3", record.genre if is_report else None),
        ("PY", work.date[:4] if work.date else None),
        ("DA", _date(work.date)),
        ("PB", work.issuer),
        ("CY", record.place),
        ("SE", chapter.number if chapter else None),
        ("SP", chapter.first_page if chapter else str(record.pages) if record.pages else None),
        ("EP", chapter.last_page if chapter else None),
        ("SN", record.report_number if is_report else isbn),  # one value only: readers keep the last
        ("DO", work.doi),
        ("UR", work.link),
        ("LA", work.language),
        ("N1", f"Version {version}" if version > 1 else None),
        ("AB", work.abstract),
    ]


def _date(date: str | None) -> str | None:
    """2024/05/17/, with nothing between the strokes for what is not known."""
    if not date:
        return None
    year, month, day = [*date.split("-"), "", ""][:3]
    return f"{year}/{month}/{day}/"


def _name(person: Person) -> str:
    if not person.family:
        return person.display
    family = f"{person.particle} {person.family}" if person.particle else person.family
    return ", ".join(part for part in (family, person.given, person.suffix) if part)
