"""The house that runs the portal: its name and look, its own texts, and its terms of use by version."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class House(SQLModel, table=True):
    """One row. What is not set is the portal's own: its name, its mark, its colours."""

    id: int = Field(default=1, primary_key=True)
    name: str | None = Field(default=None, max_length=80)
    colour: str | None = Field(default=None, max_length=7)  # #rrggbb, of links and marks on light pages
    colour_dark: str | None = Field(default=None, max_length=7)  # the same on dark pages
    logo: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # PNG, as it is sent
    logo_digest: str | None = Field(default=None, max_length=16)
    logo_width: int | None = None  # pixels
    logo_height: int | None = None
    languages: str | None = Field(default=None, max_length=400)  # tags with spaces between; all there are where not set
    language: str | None = Field(default=None, max_length=35)  # for those who prefer none of them
    changed_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class HouseText(SQLModel, table=True):
    """The press's own words on one of the house's pages, in Markdown; they stand before what the portal says."""

    __tablename__ = "house_text"

    page: str = Field(primary_key=True, max_length=20)
    words: str
    changed_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Terms(SQLModel, table=True):
    """One version of the terms of use; the highest is in force. Empty words: none are asked for any more."""

    version: int | None = Field(default=None, primary_key=True)
    words: str
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    made_by: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")


class TermsAcceptance(SQLModel, table=True):
    """That a reader has accepted a version of the terms, so that nobody is asked twice."""

    __tablename__ = "terms_acceptance"
    __table_args__ = (sa.UniqueConstraint("user_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    version: int = Field(foreign_key="terms.version", ondelete="CASCADE")
    accepted_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
