"""A title's record as an editor writes it: everything that is said of a work, and nothing that happens to it."""

from dataclasses import dataclass, fields

from api.formats.accessible import Said
from api.formats.record import About, ContentsLine, Credited, Funding, Identified, Person, TitleRecord, Worded
from api.tables import Kind


@dataclass(frozen=True)
class TitleFacts:
    """What is said of a title in single words and numbers; the names are those of its plain record."""

    slug: str
    kind: Kind
    title: str
    full_title: str
    kicker: str | None = None
    subtitle: str | None = None
    standfirst: str | None = None
    abstract: str = ""
    call_to_read: str | None = None
    language: str = "en"
    publisher: str | None = None
    publisher_ror: str | None = None
    imprint: str | None = None
    institution: str | None = None
    place: str | None = None
    published: str | None = None
    genre: str | None = None
    edition_number: int | None = None
    edition_statement: str | None = None
    volume: str | None = None
    series: str | None = None
    series_issn: str | None = None
    series_number: str | None = None
    pages: int | None = None
    front_pages: str | None = None
    doi: str | None = None
    doi_is_ours: bool = False
    isbn: str | None = None
    licence: str | None = None
    licence_uri: str | None = None
    rights_holder: str | None = None
    copyright_year: int | None = None


@dataclass(frozen=True)
class TitleDraft(Credited):
    """The whole record of a title: its facts, its people, its contents, and every list that belongs to it."""

    facts: TitleFacts
    contributors: tuple[Person, ...] = ()
    contents: tuple[ContentsLine, ...] = ()
    wordings: tuple[Worded, ...] = ()
    identifiers: tuple[Identified, ...] = ()
    subjects: tuple[About, ...] = ()
    funding: tuple[Funding, ...] = ()
    accessibility: tuple[Said, ...] = ()  # what the press says of it: nothing, or one


FACTS = tuple(field.name for field in fields(TitleFacts))
LISTS = ("contributors", "contents", "wordings", "identifiers", "subjects", "funding", "accessibility")


def draft_of(record: TitleRecord) -> TitleDraft:
    """What an editor would have written to get this record."""
    facts = TitleFacts(**{name: getattr(record, name) for name in FACTS})
    return TitleDraft(facts, **{name: getattr(record, name) for name in LISTS})
