"""Who may read: the rules of a title, grants to named readers, and tickets."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class RuleKind(StrEnum):
    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"
    LISTED = "listed"


class Rule(SQLModel, table=True):
    """One rung of a title's ladder of access; the first that fits admits."""

    __table_args__ = (sa.UniqueConstraint("title_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    position: int
    kind: str = Field(max_length=20)


class Grant(SQLModel, table=True):
    """A named reader of a title, by issuer and subject, so that it may be given before they first come."""

    __table_args__ = (sa.UniqueConstraint("title_id", "issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    issuer: str
    subject: str = Field(max_length=255)
    granted_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Ticket(SQLModel, table=True):
    """A time-limited link: a random capability whose digest is this row. No rule means staff."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    edition_id: int = Field(foreign_key="edition.id", index=True, ondelete="CASCADE")
    rule_id: int | None = Field(default=None, foreign_key="rule.id", index=True, ondelete="SET NULL")
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    uses_left: int
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
