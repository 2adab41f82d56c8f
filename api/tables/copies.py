"""Requests for an accessible copy of a title, and what the press answered."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class CopyAnswer(StrEnum):
    GIVEN = "given"  # the copy is there, or on its way
    OTHERWISE = "otherwise"  # something else that helps
    NOT_POSSIBLE = "not-possible"


class CopyRequest(SQLModel, table=True):
    """What a reader needs, in their words: one row for each reader and title. Asking anew takes the answer away."""

    __tablename__ = "copy_request"
    __table_args__ = (
        sa.UniqueConstraint("title_id", "user_id"),
        *(
            sa.Index("ix_copy_request_open", "id", sqlite_where=is_open, postgresql_where=is_open)
            for is_open in (sa.text("answered_at IS NULL"),)
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    words: str = Field(max_length=500)
    asked_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    answer: str | None = Field(default=None, max_length=20)
    reply: str = Field(default="", max_length=1000)
    address: str | None = Field(default=None, max_length=500)  # where the copy is
    answered_by: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    answered_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
