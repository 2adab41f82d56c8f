"""The one plain record of a title that pages and formats are made from."""

from dataclasses import dataclass
from datetime import datetime

from api.tables import Kind, State

WORK_PATHS = {
    Kind.EDITED_VOLUME: "/books/edited",
    Kind.MONOGRAPH: "/books/mono",
    Kind.REPORT: "/reports",
    Kind.PAPER: "/papers",
}


def kind_of(path: str) -> Kind:
    """The kind of work that an address below one of `WORK_PATHS` is for."""
    return next(kind for kind, base in WORK_PATHS.items() if path.startswith(f"{base}/"))


@dataclass(frozen=True)
class Person:
    """A contributor. Organisations, and names known only as printed, have `name` and no parts."""

    given: str | None = None
    family: str | None = None
    name: str | None = None
    is_organisation: bool = False

    @property
    def display(self) -> str:
        return self.name or " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True)
class ContentsLine:
    """A part or a chapter, with its printed page labels."""

    name: str
    is_part: bool = False
    number: str | None = None
    first_page: str | None = None
    last_page: str | None = None
    doi: str | None = None
    authors: tuple[Person, ...] = ()


@dataclass(frozen=True)
class EditionRecord:
    """The file that readers are handed: size in bytes, SHA-256 in hexadecimal."""

    id: int
    number: int
    made_at: datetime
    page_count: int
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True)
class TitleRecord:
    """Everything public about a title. `published` has its precision: 2022, 2022-05 or 2022-05-17."""

    id: int
    slug: str
    kind: Kind
    state: State
    title: str
    full_title: str
    kicker: str | None = None
    subtitle: str | None = None
    standfirst: str | None = None
    abstract: tuple[str, ...] = ()
    call_to_read: str | None = None
    language: str = "en"
    publisher: str | None = None
    place: str | None = None
    published: str | None = None
    series: str | None = None
    doi: str | None = None
    doi_is_ours: bool = False
    isbn: str | None = None
    licence: str | None = None
    opens_at: datetime | None = None
    posted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    editors: tuple[Person, ...] = ()
    authors: tuple[Person, ...] = ()
    contents: tuple[ContentsLine, ...] = ()
    edition: EditionRecord | None = None

    @property
    def path(self) -> str:
        """The title's own address, `{work}` in the contract."""
        return f"{WORK_PATHS[self.kind]}/{self.slug}"

    @property
    def filename(self) -> str:
        """The name of the file as it is handed out, extension included."""
        return f"{self.slug}.pdf"
