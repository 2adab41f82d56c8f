"""How a title or a chapter is cited, in words: after APA 7, with the version where there is more than one.

A file that replaces another under the same address is a version of it (CSL and DataCite have a field of that
name). An edition in the bibliographic sense ("2nd ed.") is what the press says of the work, in its record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from api.formats.record import ContentsLine, Person, TitleRecord


@dataclass(frozen=True)
class Citation:
    """The words before the title, the title itself (set in italics), the words after it, and the address."""

    lead: str
    title: str
    rest: str
    address: str


def cite(record: TitleRecord, public_url: str, chapter: ContentsLine | None = None) -> Citation:
    """The citation of a title, or of a chapter in it; `public_url` is the portal's own."""
    if chapter is None:
        people = _makers(record)
        lead = f"{people} ({_year(record)}). " if people else ""  # else the title comes first
        year = "" if people else f" ({_year(record)})"
        rest = f"{_in_brackets(*_edition(record))}{year}."
        address = _address(record.doi if record.doi_is_ours else None, public_url + record.path)
        return Citation(lead, record.full_title, _with_publisher(record, rest), address)
    authors = _listed(chapter.authors or record.authors)
    editors = f"{_in_order(record.editors)} ({_eds(record.editors)}), " if record.editors else ""
    opening = f"{_ended(authors)} ({_year(record)}). {_ended(chapter.name)}"
    if not authors:
        opening = f"{chapter.name} ({_year(record)})."
    pages = _pages(chapter)
    address = _address(
        chapter.doi if chapter.doi_is_ours else None, f"{public_url}{record.path}/chapters/{chapter.address}"
    )
    rest = f"{_in_brackets(*_edition(record), pages)}."
    return Citation(f"{opening} In {editors}", record.full_title, _with_publisher(record, rest), address)


def _makers(record: TitleRecord) -> str:
    if record.authors:
        return _ended(_listed(record.authors))
    return f"{_listed(record.editors)} ({_eds(record.editors)})." if record.editors else ""


def _year(record: TitleRecord) -> str:
    if record.published is not None:
        return record.published[:4]
    return str(record.posted_at.year) if record.posted_at is not None else "n.d."


def _edition(record: TitleRecord) -> tuple[str, ...]:
    """What the press calls the edition, if anything, and the version of the file, if it is not the first."""
    statement = record.edition_statement or ""
    if not statement and record.edition_number is not None and record.edition_number > 1:
        statement = f"{_ordinal(record.edition_number)} ed."
    file = record.edition
    return statement, f"Version {file.number}" if file is not None and file.number > 1 else ""


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _pages(chapter: ContentsLine) -> str:
    if not chapter.first_page:
        return ""
    if chapter.last_page and chapter.last_page != chapter.first_page:
        return f"pp. {chapter.first_page}–{chapter.last_page}"
    return f"p. {chapter.first_page}"


def _in_brackets(*words: str) -> str:
    said = ", ".join(word for word in words if word)
    return f" ({said})" if said else ""


def _with_publisher(record: TitleRecord, rest: str) -> str:
    return f"{rest} {_ended(record.publisher)}" if record.publisher else rest


def _ended(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."


def _address(doi: str | None, address: str) -> str:
    return f"https://doi.org/{doi}" if doi else address


def _eds(editors: Sequence[Person]) -> str:
    return "Ed." if len(editors) == 1 else "Eds."


def _listed(people: Sequence[Person]) -> str:
    """Sample, A., Example, L., & Specimen, C."""
    return _joined([_family_first(person) for person in people], ", & ")


def _in_order(people: Sequence[Person]) -> str:
    """A. Sample, L. Example, & C. Specimen."""
    return _joined([_given_first(person) for person in people], " & " if len(people) == 2 else ", & ")


def _joined(names: Sequence[str], last: str) -> str:
    return f"{', '.join(names[:-1])}{last}{names[-1]}" if len(names) > 1 else "".join(names)


def _family_first(person: Person) -> str:
    if not person.family:
        return person.display
    parts = [_family(person), _initials(person.given) if person.given else "", person.suffix or ""]
    return ", ".join(part for part in parts if part)


def _given_first(person: Person) -> str:
    if not person.family:
        return person.display
    parts = [_initials(person.given) if person.given else "", _family(person), person.suffix or ""]
    return " ".join(part for part in parts if part)


def _family(person: Person) -> str:
    return f"{person.particle} {person.family}" if person.particle else person.family or ""


def _initials(given: str) -> str:
    """A. M. for Ada Maria, J.-P. for Jean-Paul."""
    return " ".join("-".join(f"{part[0]}." for part in name.split("-") if part) for name in given.split())
