"""The shapes of the API's answers, and how they are made from the shelf's records."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from api.access.policy import NextStep, Reason
from api.edge.words import iso
from api.formats.passages import Passage
from api.formats.record import EditionRecord, TitleRecord
from api.shelf import queries, search_passages
from api.shelf.queries import Shelved
from api.shelf.search import Results
from api.tables import Kind, State
from api.v1.parts import (
    Contributor,
    Funding,
    Line,
    OtherIdentifier,
    Series,
    Shape,
    Subject,
    Wording,
    contributors,
    lines,
    more,
)

TITLES = "/api/v1/titles"
Instant = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T14:32:00Z"]}),
]


class Identifiers(Shape):
    doi: str | None = Field(description="The bare DOI, such as 10.1000/182.")
    doi_is_ours: bool = Field(description="Whether the DOI names this very edition and leads here.")
    isbn: str | None = Field(description="The ISBN of the PDF, 13 digits.")
    others: list[OtherIdentifier] = Field(description="The ISBNs of other forms, the report number and the like.")


class Access(Shape):
    """The decision about the caller's access to the file, as it stands now."""

    allowed: bool
    reason: Reason
    next_step: NextStep = Field(description="What the caller can do now.")
    opens_at: Instant | None = Field(description="Before this instant the file is closed to every reader.")


class Links(Shape):
    record: str = Field(description="The whole public record, in this API.")
    page: str = Field(description="The title's own page, for people.")
    pdf: str | None = Field(description="The stable address of the PDF; null while there is none.")


class Summary(Shape):
    """A title as the catalogue lists it."""

    slug: str
    kind: Kind
    title: str
    subtitle: str | None
    full_title: str
    language: str = Field(description="A BCP 47 tag.")
    contributors: list[Contributor]
    publisher: str | None
    published: str | None = Field(description="The work's own date, as precise as it is: 2022, 2022-05 or 2022-05-17.")
    posted_at: Instant | None = Field(description="When the title was first published here.")
    identifiers: Identifiers
    access: Access
    links: Links


class Edition(Shape):
    """The file that readers are handed."""

    number: int
    made_at: Instant
    pages: int
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="The SHA-256 of the bytes, in hexadecimal.")
    media_type: str


class Title(Summary):
    """The whole public record of a title."""

    state: State
    kicker: str | None
    standfirst: str | None
    abstract: list[str] = Field(description="The whole abstract, a paragraph each.")
    place: str | None
    series: str | None
    in_series: Series | None
    imprint: str | None
    institution: str | None = Field(description="Who issues a report.")
    genre: str | None = Field(description="What form it has, such as Policy brief.")
    edition_number: int | None
    edition_statement: str | None
    volume: str | None = Field(description="Of a work in several volumes.")
    pages: int | None = Field(description="As the imprint states them; the file’s own count stands with the edition.")
    front_pages: str | None = Field(description="Those before the first, in roman numbers.")
    licence: str | None
    licence_uri: str | None
    rights_holder: str | None
    copyright_year: int | None
    wordings: list[Wording]
    subjects: list[Subject]
    funding: list[Funding]
    modified_at: Instant | None = Field(description="When anything said here last changed.")
    withdrawn_at: Instant | None
    contents: list[Line]
    edition: Edition | None = Field(description="Null while the PDF is in preparation, and once it is withdrawn.")


class Inside(Shape):
    """A passage inside a volume."""

    page: str = Field(description="The printed label of its page.")
    text: str


class Find(Shape):
    """Where the words stand in a title, as far as the caller may know."""

    slug: str
    abstract: str | None = Field(description="A passage of the abstract.")
    chapters: list[str] = Field(description="Names of chapters.")
    more_chapters: int = Field(description="Those that are not listed.")
    inside: list[Inside]
    more_pages: int = Field(description="Those with the words that are not listed; 0 where the text is closed.")
    is_line: bool = Field(description="The text is closed to the caller, and this line is all that is shown of it.")


class Leaf(Shape):
    """Up to 100 titles of the catalogue, the newest first; or up to 20 of a search, the best place first."""

    titles: list[Summary]
    finds: list[Find] | None = Field(description="Of a search, one for each title in the same order; else null.")
    next: str | None = Field(description="The address of what follows; null at the end.")


class Ticket(Shape):
    """A time-limited link to the PDF. Whoever holds it holds the file until it ends."""

    url: str
    expires_at: datetime
    uses_left: int = Field(description="Transfers from the first byte that it still serves.")
    filename: str
    size: int
    sha256: str
    media_type: str


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="A sentence for a person.")
    reason: str | None = Field(None, description="Why the decision about access fell so, where it was asked.")
    next_step: str | None = Field(None, description="What the caller can do now, where the decision was asked.")
    terms: str | None = Field(None, description="Where the reader can accept the terms of use, if that is missing.")


def leaf_of(leaf: queries.Leaf, public_url: str) -> Leaf:
    return Leaf(
        titles=[Summary(**_summary(each, public_url)) for each in leaf.entries],
        finds=None,
        next=f"{public_url}{TITLES}?after={leaf.last}" if leaf.last is not None else None,
    )


def found_of(results: Results, words: str, public_url: str) -> Leaf:
    following = urlencode({"q": words, "page": results.number + 1})
    return Leaf(
        titles=[Summary(**_summary(find.shelved, public_url)) for find in results.finds],
        finds=[_find(find) for find in results.finds],
        next=f"{public_url}{TITLES}?{following}" if results.number < results.pages else None,
    )


def _find(find: search_passages.Find) -> Find:
    return Find(
        slug=find.shelved.record.slug,
        abstract=_text(find.abstract) if find.abstract is not None else None,
        chapters=[chapter.name for chapter in find.chapters],
        more_chapters=find.more_chapters,
        inside=[Inside(page=each.label, text=_text(each.words)) for each in find.inside],
        more_pages=find.more_pages,
        is_line=find.is_line,
    )


def _text(passage: Passage) -> str:
    return "".join(piece.text for piece in passage)


def title_of(shelved: Shelved, public_url: str) -> Title:
    record = shelved.record
    return Title(
        **_summary(shelved, public_url),
        state=record.state,
        kicker=record.kicker,
        standfirst=record.standfirst,
        abstract=list(record.prose.paragraphs),
        place=record.place,
        series=record.series,
        licence=record.licence,
        withdrawn_at=record.withdrawn_at,
        contents=lines(record.contents),
        **more(record),
        edition=_edition(record.edition) if record.edition is not None and _has_file(record) else None,
    )


def _summary(shelved: Shelved, public_url: str) -> dict[str, Any]:
    record, decision = shelved.record, shelved.decision
    return {
        "slug": record.slug,
        "kind": record.kind,
        "title": record.title,
        "subtitle": record.subtitle,
        "full_title": record.full_title,
        "language": record.language,
        "contributors": contributors(record.contributors),
        "publisher": record.publisher,
        "published": record.published,
        "posted_at": record.posted_at,
        "identifiers": Identifiers(
            doi=record.doi,
            doi_is_ours=record.doi_is_ours,
            isbn=record.isbn,
            others=[OtherIdentifier(kind=each.kind, value=each.value) for each in record.identifiers],
        ),
        "access": Access(
            allowed=decision.allowed,
            reason=decision.reason,
            next_step=decision.next_step,
            opens_at=record.opens_at,
        ),
        "links": Links(
            record=f"{public_url}{TITLES}/{record.slug}",
            page=f"{public_url}{record.path}",
            pdf=f"{public_url}{record.path}.pdf" if _has_file(record) else None,
        ),
    }


def _edition(edition: EditionRecord) -> Edition:
    return Edition(
        number=edition.number,
        made_at=edition.made_at,
        pages=edition.page_count,
        size=edition.size,
        sha256=edition.sha256,
        media_type=edition.media_type,
    )


def _has_file(record: TitleRecord) -> bool:
    return record.edition is not None and record.state is not State.WITHDRAWN
