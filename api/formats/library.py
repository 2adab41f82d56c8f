"""What the formats of libraries ask of a work besides: its lasting name, how people are filed, links of identifiers."""

from urllib.parse import urlsplit

from api.formats import gate
from api.formats.gate import Gate
from api.formats.record import ContentsLine, Person, TitleRecord
from api.formats.works import Work
from api.tables import Contribution, Kind

PDF = "application/pdf"
CHAPTER = "chapter"
KIND_WORDS = {
    Kind.EDITED_VOLUME: "edited volume",
    Kind.MONOGRAPH: "monograph",
    Kind.REPORT: "report",
    Kind.PAPER: "working paper",
}


def host_of(public_url: str) -> str:
    return urlsplit(public_url).hostname or "localhost"


def local_id(work: Work) -> str:
    """What it is known by for good, whatever its address: `title-7`, `chapter-12`."""
    return f"chapter-{work.chapter.id}" if work.chapter is not None else f"title-{work.record.id}"


def main_title(work: Work) -> tuple[str, str | None]:
    """The title and, of a whole, its subtitle."""
    return (work.chapter.name, None) if work.chapter is not None else (work.record.title, work.record.subtitle)


def people(work: Work) -> tuple[Person, ...]:
    """Everyone who is named for it, in order; a contact is no contributor."""
    everyone = (work.chapter or work.record).contributors
    return tuple(person for person in everyone if person.role is not Contribution.CONTACT)


def licence(work: Work) -> tuple[str | None, str | None]:
    """Its name and its address."""
    line = work.chapter
    if line is not None and (line.licence or line.licence_uri):
        return line.licence, line.licence_uri
    return work.record.licence, work.record.licence_uri


def gate_of(work: Work) -> Gate:
    return Gate.OPEN if work.is_open else work.gate


def access_note(work: Work) -> str:
    return gate.note(gate_of(work), work.record.opens_at)


def family_first(person: Person) -> str:
    """Sample, Ada; van der Muster, Ludwig, Jr.; a name that has no parts as it is printed."""
    if not person.family:
        return person.display
    return ", ".join(part for part in (family_name(person), person.given, person.suffix) if part)


def family_name(person: Person) -> str:
    return f"{person.particle} {person.family}" if person.particle and person.family else person.family or ""


def orcid_uri(person: Person) -> str | None:
    return f"https://orcid.org/{person.orcid}" if person.orcid else None


def ror_uri(ror: str | None) -> str | None:
    return f"https://ror.org/{ror}" if ror else None


def doi_uri(doi: str | None) -> str | None:
    return f"https://doi.org/{doi}" if doi else None


def year_of(work: Work) -> str | None:
    return work.date[:4] if work.date else None


def page_range(line: ContentsLine) -> str | None:
    """39-71, or the one page known."""
    if line.first_page and line.last_page and line.last_page != line.first_page:
        return f"{line.first_page}-{line.last_page}"
    return line.first_page


def extent(record: TitleRecord) -> str:
    """xii, 312 pages: as the imprint says, else what the file has."""
    pages = record.pages or (record.edition.page_count if record.edition is not None else None)
    counted = ", ".join(part for part in (record.front_pages, str(pages) if pages else None) if part)
    return f"{counted} pages" if counted else ""
