"""The one plain record of a title that pages and formats are made from."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from api.formats.accessible import NOTHING_SAID, Said, Seen
from api.formats.files import ChapterFileRecord
from api.formats.prose import Prose, prose
from api.tables import Contribution, IdentifierKind, Kind, State, SubjectScheme

WORK_PATHS = {
    Kind.EDITED_VOLUME: "/books/edited",
    Kind.MONOGRAPH: "/books/mono",
    Kind.REPORT: "/reports",
    Kind.PAPER: "/papers",
}


def joined_title(title: str, subtitle: str | None) -> str:
    return f"{title} – {subtitle}" if subtitle else title


def kind_of(path: str) -> Kind:
    """The kind of work that an address below one of `WORK_PATHS` is for."""
    return next(kind for kind, base in WORK_PATHS.items() if path.startswith(f"{base}/"))


@dataclass(frozen=True)
class Affiliation:
    """Where someone works, with its identifier in the Research Organization Registry where it is known."""

    name: str
    ror: str | None = None


@dataclass(frozen=True)
class Person:
    """A contributor. Organisations, and names known only as printed, have `name` and no parts.

    A person known by one name has `family` alone. ORCID iDs and RORs are bare, without `https://`.
    """

    given: str | None = None
    family: str | None = None
    name: str | None = None
    is_organisation: bool = False
    role: Contribution = Contribution.AUTHOR
    particle: str | None = None
    suffix: str | None = None
    orcid: str | None = None
    ror: str | None = None
    affiliations: tuple[Affiliation, ...] = ()
    note: str | None = None

    @property
    def display(self) -> str:
        return self.name or " ".join(part for part in (self.given, self.particle, self.family, self.suffix) if part)


@dataclass(frozen=True)
class Worded:
    """A title and an abstract (Markdown) in one more language than the work's own."""

    language: str
    title: str | None = None
    subtitle: str | None = None
    abstract: str = ""

    @property
    def full_title(self) -> str | None:
        return joined_title(self.title, self.subtitle) if self.title else None

    @cached_property
    def prose(self) -> Prose:
        return prose(self.abstract)


@dataclass(frozen=True)
class Identified:
    """One more name of a work: ISBNs in 13 digits, everything else as it is written."""

    kind: IdentifierKind
    value: str


@dataclass(frozen=True)
class About:
    """A subject: the code of a scheme, its heading, or both. A keyword has a heading only."""

    scheme: SubjectScheme
    code: str | None = None
    heading: str | None = None


@dataclass(frozen=True)
class Funding:
    """Who paid: a name, a ROR or the funder's DOI (10.13039/…) where known, and the number of the award."""

    funder: str
    ror: str | None = None
    funder_doi: str | None = None
    award: str | None = None


class Credited:
    """Whoever has contributors, in the order in which they are named."""

    contributors: tuple[Person, ...]

    def of_role(self, *roles: Contribution) -> tuple[Person, ...]:
        return tuple(person for person in self.contributors if person.role in roles)

    @property
    def authors(self) -> tuple[Person, ...]:
        return self.of_role(Contribution.AUTHOR)

    @property
    def editors(self) -> tuple[Person, ...]:
        return self.of_role(Contribution.EDITOR)


@dataclass(frozen=True)
class ContentsLine(Credited):
    """A part or a chapter, with its printed page labels. Language and licence are said where they are not the title's.

    Once on the shelf it has its row's `id`, a chapter the number of its `address`, and perhaps a file of its own;
    two lines that differ in nothing else are the same.
    """

    name: str
    is_part: bool = False
    number: str | None = None
    first_page: str | None = None
    last_page: str | None = None
    doi: str | None = None
    contributors: tuple[Person, ...] = ()
    doi_is_ours: bool = False
    language: str | None = None
    abstract: str = ""
    licence: str | None = None
    licence_uri: str | None = None
    id: int | None = field(default=None, compare=False)
    address: int | None = field(default=None, compare=False)
    file: ChapterFileRecord | None = field(default=None, compare=False)

    @cached_property
    def prose(self) -> Prose:
        """The abstract as it is shown."""
        return prose(self.abstract)


@dataclass(frozen=True)
class EditionRecord:
    """The file of a title at one time: size in bytes, SHA-256 in hexadecimal, what is new and what was seen in it."""

    id: int
    number: int
    made_at: datetime
    page_count: int
    size: int
    sha256: str
    media_type: str
    note: str | None = None
    seen: Seen | None = None


@dataclass(frozen=True)
class TitleRecord(Credited):
    """Everything public about a title. `published` has its precision: 2022, 2022-05 or 2022-05-17.

    `title`, `subtitle` and `abstract` (Markdown) are in the work's own `language`; `wordings` has the others.
    `isbn` is that of the PDF; `modified_at` is when anything said here last changed. `edition` is the newest one,
    `earlier` those before it, the newest of them first.
    """

    id: int
    slug: str
    kind: Kind
    state: State
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
    series_id: int | None = None
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
    opens_at: datetime | None = None
    posted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    version: int = 1
    contributors: tuple[Person, ...] = ()
    wordings: tuple[Worded, ...] = ()
    identifiers: tuple[Identified, ...] = ()
    subjects: tuple[About, ...] = ()
    funding: tuple[Funding, ...] = ()
    said: Said = NOTHING_SAID  # of the file's accessibility
    is_stamped: bool = False  # whether copies carry their reader's name
    cover_digest: str | None = None  # of the picture that an editor chose; without one the cover is drawn
    contents: tuple[ContentsLine, ...] = ()
    edition: EditionRecord | None = None
    earlier: tuple[EditionRecord, ...] = ()

    @property
    def path(self) -> str:
        """The title's own address, `{work}` in the contract."""
        return f"{WORK_PATHS[self.kind]}/{self.slug}"

    @cached_property
    def prose(self) -> Prose:
        """The abstract as it is shown."""
        return prose(self.abstract)

    @property
    def accessibility(self) -> tuple[Said, ...]:
        """What the press says of it, as a list of the record has it: nothing, or one."""
        return (self.said,) if self.said != NOTHING_SAID else ()

    @property
    def keywords(self) -> tuple[str, ...]:
        return tuple(each.heading for each in self.subjects if each.scheme is SubjectScheme.KEYWORD and each.heading)

    @property
    def isbns(self) -> tuple[Identified, ...]:
        """Those besides the PDF's."""
        return tuple(each for each in self.identifiers if each.kind.startswith("isbn-"))

    @property
    def report_number(self) -> str | None:
        numbers = (each.value for each in self.identifiers if each.kind is IdentifierKind.REPORT_NUMBER)
        return next(numbers, None)
