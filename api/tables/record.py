"""What else a title's record knows: its words in other languages, its series, identifiers, subjects, and its past."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class Contribution(StrEnum):
    """What someone has done for a title or a chapter. Formats have their own codes for each."""

    AUTHOR = "author"
    EDITOR = "editor"
    TRANSLATOR = "translator"
    INTRODUCTION = "introduction"
    FOREWORD = "foreword"
    AFTERWORD = "afterword"
    ILLUSTRATOR = "illustrator"
    COMPILER = "compiler"
    SERIES_EDITOR = "series-editor"
    CONTRIBUTOR = "contributor"
    CONTACT = "contact"


class IdentifierKind(StrEnum):
    """What an identifier is, besides the DOI and the ISBN of the PDF, which stand with the title itself."""

    ISBN_PRINT = "isbn-print"
    ISBN_HARDBACK = "isbn-hardback"
    ISBN_EPUB = "isbn-epub"
    REPORT_NUMBER = "report-number"
    URN = "urn"
    HANDLE = "handle"
    LCCN = "lccn"
    OCLC = "oclc"


class SubjectScheme(StrEnum):
    """Where a subject's code or heading comes from."""

    KEYWORD = "keyword"
    THEMA = "thema"
    BISAC = "bisac"
    LCSH = "lcsh"
    LCC = "lcc"
    DDC = "ddc"
    JEL = "jel"


class Series(SQLModel, table=True):
    """A series that titles appear in, once for all of them."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    issn: str | None = Field(default=None, max_length=9, unique=True)  # with its hyphen


class Wording(SQLModel, table=True):
    """The title and abstract of a work in one more language than its own."""

    __table_args__ = (sa.UniqueConstraint("title_id", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    position: int
    language: str = Field(max_length=35)  # BCP 47
    title: str | None = None
    subtitle: str | None = None
    abstract: str = ""  # Markdown


class Identifier(SQLModel, table=True):
    """One more name a work is known by."""

    __table_args__ = (sa.UniqueConstraint("title_id", "kind", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    position: int
    kind: str = Field(max_length=20)
    value: str = Field(max_length=300, index=True)


class Subject(SQLModel, table=True):
    """What a work is about: a code of a scheme, its heading, or both; a keyword has a heading only."""

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    position: int
    scheme: str = Field(max_length=20)
    code: str | None = Field(default=None, max_length=60)
    heading: str | None = None


class FormerAddress(SQLModel, table=True):
    """Where a published title stood before its kind or slug was changed: it answers 301 and is never given again."""

    __tablename__ = "former_address"

    kind: str = Field(primary_key=True, max_length=20)
    slug: str = Field(primary_key=True, max_length=120)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    left_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class RemovedChapter(SQLModel, table=True):
    """A chapter that a published title no longer has, so that those who harvested it can be told."""

    __tablename__ = "removed_chapter"

    chapter_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    address: int | None = None  # never given again
    removed_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class RecordChange(SQLModel, table=True):
    """One change to a title's record: the version it made, and each field that changed, before and after."""

    __tablename__ = "record_change"
    __table_args__ = (sa.UniqueConstraint("title_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    version: int
    actor_user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    changed_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    fields: list[dict[str, Any]] = Field(sa_type=sa.JSON)  # path, before, after
