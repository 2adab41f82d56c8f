"""Titles in a KBART list (NISO RP-9-2014), from which libraries' knowledge bases learn what there is."""

from collections.abc import Sequence

from api.formats.gate import Gate
from api.formats.library import family_name, gate_of, local_id
from api.formats.record import Person
from api.formats.works import Work
from api.formats.xml import clean
from api.tables import IdentifierKind

MEDIA_TYPE = "text/tab-separated-values"
COLUMNS = (
    *("publication_title", "print_identifier", "online_identifier", "date_first_issue_online"),
    *("num_first_vol_online", "num_first_issue_online", "date_last_issue_online", "num_last_vol_online"),
    *("num_last_issue_online", "title_url", "first_author", "title_id", "embargo_info", "coverage_depth", "notes"),
    *("publisher_name", "publication_type", "date_monograph_published_print"),
    *("date_monograph_published_online", "monograph_volume", "monograph_edition", "first_editor"),
    *("parent_publication_title_id", "preceding_publication_title_id", "access_type"),
)
HEADER = "\t".join(COLUMNS) + "\n"


def kbart_row(work: Work) -> str:
    """The line of a title. Chapters have none."""
    record = work.record
    prints = [each.value for each in record.isbns if each.kind is not IdentifierKind.ISBN_EPUB]
    edition = record.edition_statement or record.edition_number
    row = {
        "publication_title": work.name,
        "print_identifier": next(iter(prints), None),
        "online_identifier": record.isbn,
        "title_url": work.url,
        "first_author": _family(record.authors),
        "title_id": local_id(work),
        "coverage_depth": "fulltext",
        "publisher_name": work.issuer,
        "publication_type": "monograph",
        "date_monograph_published_online": work.date,
        "monograph_volume": record.volume or record.series_number,
        "monograph_edition": str(edition) if edition else None,
        "first_editor": _family(record.editors),
        "access_type": "F" if gate_of(work) is Gate.OPEN else "P",
    }
    return "\t".join(_cell(row.get(column)) for column in COLUMNS) + "\n"


def file_name(provider: str, day: str) -> str:
    """As the recommendation has it: who provides it, for where, which package, of what day."""
    return (
        f"{''.join(sign for sign in provider.title() if sign.isascii() and sign.isalnum())}_Global_AllTitles_{day}.txt"
    )


def _family(people: Sequence[Person]) -> str | None:
    return (family_name(people[0]) or people[0].display) if people else None


def _cell(value: str | None) -> str:
    """Without tabs and line breaks; nothing is quoted in this format."""
    return " ".join(clean(value).split()) if value else ""
