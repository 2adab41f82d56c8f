"""What happened to a title, event by event, and what is planned for it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class Happening(StrEnum):
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class TitleEvent(SQLModel, table=True):
    """One step in a title's public life. No actor means the operator, the portal's own clock, or an erased account."""

    __tablename__ = "title_event"
    __table_args__ = (sa.UniqueConstraint("title_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    number: int  # from 1 on, without gaps
    what: str = Field(max_length=20)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    actor_user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    words: str = ""


class ScheduledPublication(SQLModel, table=True):
    """That a draft is to be published at an instant. The row goes in the transaction that publishes."""

    __tablename__ = "scheduled_publication"

    title_id: int = Field(
        primary_key=True, foreign_key="title.id", ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    due_at: datetime = Field(sa_type=Instant, index=True)
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    made_by: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
