"""The shelf: titles, who made them, their chapters, and the editions of their file."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from api import clock
from api.tables.base import Instant


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
    """A work on the shelf. `published` is the work's own date; `posted_at` is when it first appeared here."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=120, unique=True)
    kind: str = Field(max_length=20)
    state: str = Field(default=State.DRAFT, max_length=20, index=True)
    kicker: str | None = None
    title: str
    subtitle: str | None = None
    full_title: str
    standfirst: str | None = None
    abstract: str = ""  # paragraphs, an empty line between them
    call_to_read: str | None = None
    language: str = Field(default="en", max_length=35)  # BCP 47
    publisher: str | None = None
    place: str | None = None
    published: str | None = Field(default=None, max_length=10)  # 2022, 2022-05 or 2022-05-17
    series: str | None = None
    doi: str | None = None
    doi_is_ours: bool = False
    isbn: str | None = Field(default=None, max_length=13)  # of the PDF, without hyphens
    licence: str | None = None
    opens_at: datetime | None = Field(default=None, sa_type=Instant)
    posted_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)

    contributors: list["Contributor"] = Relationship(
        back_populates="title",
        sa_relationship_kwargs={
            "order_by": "Contributor.position",
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


class Chapter(SQLModel, table=True):
    """A line of the contents: a part (a heading over what follows) or a chapter. Pages are printed labels."""

    __table_args__ = (sa.UniqueConstraint("title_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    position: int
    is_part: bool = False
    number: str | None = Field(default=None, max_length=20)
    name: str
    first_page: str | None = Field(default=None, max_length=20)
    last_page: str | None = Field(default=None, max_length=20)
    doi: str | None = None

    title: Title = Relationship(back_populates="chapters")
    contributors: list["Contributor"] = Relationship(
        back_populates="chapter",
        sa_relationship_kwargs={
            "order_by": "Contributor.position",
            "cascade": "all, delete-orphan",
            "overlaps": "contributors",
        },
    )


class Contributor(SQLModel, table=True):
    """A person (given and family name) or an organisation or a name as printed (one string)."""

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    chapter_id: int | None = Field(default=None, foreign_key="chapter.id", index=True, ondelete="CASCADE")
    position: int
    role: str = Field(max_length=20)  # author or editor
    given: str | None = None
    family: str | None = None
    name: str | None = None
    is_organisation: bool = False

    title: Title = Relationship(back_populates="contributors", sa_relationship_kwargs={"overlaps": "contributors"})
    chapter: Chapter | None = Relationship(
        back_populates="contributors", sa_relationship_kwargs={"overlaps": "contributors"}
    )


class File(SQLModel, table=True):
    """One object in the store, known by the SHA-256 of its bytes; the same bytes are kept once."""

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(max_length=64, unique=True)
    size: int = Field(sa_type=sa.BigInteger)  # bytes
    media_type: str = "application/pdf"
    page_count: int
    stored_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Edition(SQLModel, table=True):
    """The file of a title at one time. The highest number is the one readers are handed."""

    __table_args__ = (sa.UniqueConstraint("title_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    number: int = 1
    file_id: int = Field(foreign_key="file.id", index=True)
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)

    title: Title = Relationship(back_populates="editions")
    file: File = Relationship()


class CatalogueRevision(SQLModel, table=True):
    """One row whose number grows with every change to the shelf, so that rendered pages know when they are old."""

    __tablename__ = "catalogue_revision"

    id: int = Field(default=1, primary_key=True)
    number: int = 0
