"""The shelf: titles, who made them, their chapters, and the editions of their file."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from api import clock
from api.tables.base import Instant
from api.tables.record import Identifier, Series, Subject, Wording

NOTHING = {"server_default": "[]"}  # for lists on tables that had none
ONCE = "2026-01-01 00:00:00+00:00"  # for rows that a server of the version before writes


class Kind(StrEnum):
    """What kind of work a title is; it shows in the address because scholarly search engines ask for it."""

    EDITED_VOLUME = "edited-volume"
    MONOGRAPH = "monograph"
    REPORT = "report"
    PAPER = "paper"


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Title(SQLModel, table=True):
    """A work on the shelf. `published` is the work's own date; `posted_at` is when it first appeared here.

    `modified_at` grows with every change to what is public of it; `version` with every change to its record.
    """

    __table_args__ = (
        sa.Index("ix_title_harvest", "modified_at", "id"),  # how harvesters page through the shelf
        sa.Index("ix_title_doi_is_ours", "doi_is_ours", "id"),  # how deposits are found
        sa.Index("ix_title_state", "state", "created_at", "id"),  # how the desk does
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=120, unique=True)
    kind: str = Field(max_length=20)
    state: str = Field(default=State.DRAFT, max_length=20)
    kicker: str | None = None
    title: str
    subtitle: str | None = None
    full_title: str
    standfirst: str | None = None
    abstract: str = ""  # Markdown
    call_to_read: str | None = None
    language: str = Field(default="en", max_length=35)  # BCP 47
    publisher: str | None = None
    publisher_ror: str | None = Field(default=None, max_length=9)
    imprint: str | None = None
    institution: str | None = None  # that issues a report
    place: str | None = None
    published: str | None = Field(default=None, max_length=10)  # 2022, 2022-05 or 2022-05-17
    genre: str | None = Field(default=None, max_length=100)  # such as Policy brief
    edition_number: int | None = None
    edition_statement: str | None = None
    volume: str | None = Field(default=None, max_length=20)  # of a work in several volumes
    series: str | None = None  # its name, for servers of the version before; the row is what counts
    series_id: int | None = Field(default=None, foreign_key="series.id", index=True)
    series_number: str | None = Field(default=None, max_length=20)
    pages: int | None = None  # as the imprint states them
    front_pages: str | None = Field(default=None, max_length=20)  # roman, before the first
    doi: str | None = None
    doi_is_ours: bool = False
    isbn: str | None = Field(default=None, max_length=13)  # of the PDF, without hyphens
    licence: str | None = None
    licence_uri: str | None = None
    rights_holder: str | None = None
    copyright_year: int | None = None
    funding: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, sa_column_kwargs=NOTHING)
    opens_at: datetime | None = Field(default=None, sa_type=Instant)
    posted_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    accessibility: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))  # as the press says
    is_stamped: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})  # copies name their reader
    shows_lines: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})  # search, to everyone
    cover_digest: str | None = Field(default=None, max_length=16)  # of the picture an editor chose
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, index=True)
    modified_at: datetime = Field(default_factory=clock.now, sa_type=Instant, sa_column_kwargs={"server_default": ONCE})
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})

    contributors: list["Contributor"] = Relationship(
        back_populates="title",
        sa_relationship_kwargs={
            "order_by": "(Contributor.position, Contributor.id)",
            "primaryjoin": "and_(Title.id == Contributor.title_id, Contributor.chapter_id == None)",
            "cascade": "all, delete-orphan",
            "overlaps": "contributors",
        },
    )
    chapters: list["Chapter"] = Relationship(
        back_populates="title",
        sa_relationship_kwargs={"order_by": "Chapter.position", "cascade": "all, delete-orphan"},
    )
    editions: list["Edition"] = Relationship(
        back_populates="title",
        sa_relationship_kwargs={"order_by": "Edition.number", "cascade": "all, delete-orphan"},
    )
    in_series: Series | None = Relationship()
    wordings: list[Wording] = Relationship(
        sa_relationship_kwargs={"order_by": "Wording.position", "cascade": "all, delete-orphan"}
    )
    identifiers: list[Identifier] = Relationship(
        sa_relationship_kwargs={"order_by": "Identifier.position", "cascade": "all, delete-orphan"}
    )
    subjects: list[Subject] = Relationship(
        sa_relationship_kwargs={"order_by": "Subject.position", "cascade": "all, delete-orphan"}
    )


class Chapter(SQLModel, table=True):
    """A line of the contents: a part (a heading over what follows) or a chapter. Pages are printed labels.

    Its id is what others know it by: it stays through every change, and is not given again.
    """

    __table_args__ = (
        sa.UniqueConstraint("title_id", "position"),
        sa.UniqueConstraint("address", "title_id"),
        sa.Index("ix_chapter_doi_is_ours", "doi_is_ours", "title_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    position: int
    address: int | None = None  # the number its address ends in, kept for good; a part has none
    is_part: bool = False
    number: str | None = Field(default=None, max_length=20)
    name: str
    first_page: str | None = Field(default=None, max_length=20)
    last_page: str | None = Field(default=None, max_length=20)
    doi: str | None = None
    doi_is_ours: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    language: str | None = Field(default=None, max_length=35)  # where it is not the title's
    abstract: str = Field(default="", sa_column_kwargs={"server_default": ""})  # Markdown
    licence: str | None = None  # where it is not the title's
    licence_uri: str | None = None

    title: Title = Relationship(back_populates="chapters")
    contributors: list["Contributor"] = Relationship(
        back_populates="chapter",
        sa_relationship_kwargs={
            "order_by": "(Contributor.position, Contributor.id)",
            "cascade": "all, delete-orphan",
            "overlaps": "contributors",
        },
    )
    files: list["ChapterFile"] = Relationship(
        back_populates="chapter",
        sa_relationship_kwargs={"order_by": "ChapterFile.edition_id", "cascade": "all, delete-orphan"},
    )


class Contributor(SQLModel, table=True):
    """A person (given and family name) or an organisation or a name as printed (one string)."""

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    chapter_id: int | None = Field(default=None, foreign_key="chapter.id", index=True, ondelete="CASCADE")
    position: int
    role: str = Field(max_length=20)
    given: str | None = None
    particle: str | None = Field(default=None, max_length=50)  # van, de la
    family: str | None = None
    suffix: str | None = Field(default=None, max_length=50)  # Jr., III
    name: str | None = None
    is_organisation: bool = False
    orcid: str | None = Field(default=None, max_length=19)
    ror: str | None = Field(default=None, max_length=9)  # an organisation's own
    affiliations: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, sa_column_kwargs=NOTHING)
    note: str | None = None  # about the person

    title: Title = Relationship(back_populates="contributors", sa_relationship_kwargs={"overlaps": "contributors"})
    chapter: Chapter | None = Relationship(
        back_populates="contributors", sa_relationship_kwargs={"overlaps": "contributors"}
    )


class File(SQLModel, table=True):
    """One object in the store, known by the SHA-256 of its bytes; the same bytes are kept once.

    `facts` are what was seen in it when it came in; None for a file that came before they were kept. `read_at` is
    when the text of its pages was taken for the search, or could not be.
    """

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(max_length=64, unique=True)
    size: int = Field(sa_type=sa.BigInteger)  # bytes
    media_type: str = "application/pdf"
    page_count: int
    facts: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    stored_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    read_at: datetime | None = Field(default=None, sa_type=Instant)


class Edition(SQLModel, table=True):
    """The file of a title at one time. The highest number is the one readers are handed."""

    __table_args__ = (sa.UniqueConstraint("title_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    number: int = 1
    file_id: int = Field(foreign_key="file.id", index=True)
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    note: str | None = Field(default=None, max_length=200)  # what is new in it, in one line

    title: Title = Relationship(back_populates="editions")
    file: File = Relationship()


class Origin(StrEnum):
    """How a chapter came by a file of its own."""

    MADE = "made"  # out of the pages of its edition
    UPLOADED = "uploaded"


class ChapterFile(SQLModel, table=True):
    """The file of a chapter by itself, as it is in one edition. That of the newest edition is handed out."""

    __tablename__ = "chapter_file"
    __table_args__ = (sa.UniqueConstraint("chapter_id", "edition_id"),)

    id: int | None = Field(default=None, primary_key=True)
    chapter_id: int = Field(foreign_key="chapter.id", ondelete="CASCADE")
    edition_id: int = Field(foreign_key="edition.id", index=True, ondelete="CASCADE")
    file_id: int = Field(foreign_key="file.id", index=True)
    origin: str = Field(max_length=20)
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)

    chapter: Chapter = Relationship(back_populates="files")
    edition: Edition = Relationship()
    file: File = Relationship()


class CatalogueRevision(SQLModel, table=True):
    """One row whose number grows with every change to the shelf, so that rendered pages know when they are old."""

    __tablename__ = "catalogue_revision"

    id: int = Field(default=1, primary_key=True)
    number: int = 0
