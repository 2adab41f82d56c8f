"""Files on their way to the shelf: one row for each that was sent, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class IntakeState(StrEnum):
    RECEIVED = "received"  # waits in the staging
    CHECKING = "checking"  # a worker is at it until its lease ends
    READY = "ready"  # on the shelf
    REJECTED = "rejected"  # the bytes are gone, the reason stays


class Intake(SQLModel, table=True):
    """A file that was sent for a title; for one chapter where that is named, else as the title's next edition.

    `title_id` is None as long as the title itself only comes to the shelf with the file. `sha256` is what was
    declared until the file has been read, then what it is.
    """

    id: int | None = Field(default=None, primary_key=True)
    title_id: int | None = Field(default=None, foreign_key="title.id", index=True, ondelete="CASCADE")
    chapter_id: int | None = Field(default=None, foreign_key="chapter.id", index=True, ondelete="CASCADE")
    state: str = Field(default=IntakeState.RECEIVED, max_length=20, index=True)
    staged_id: str = Field(max_length=32, unique=True)
    file_name: str = Field(max_length=200)  # as given, made harmless
    size: int = Field(sa_type=sa.BigInteger)  # bytes, as declared
    sha256: str | None = Field(default=None, max_length=64)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    received_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    leased_by: str | None = Field(default=None, max_length=100)
    leased_until: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0
    reason: str | None = Field(default=None, max_length=300)  # why it was rejected, in words
    facts: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    file_id: int | None = Field(default=None, foreign_key="file.id", index=True, ondelete="SET NULL")
    edition_id: int | None = Field(default=None, foreign_key="edition.id", index=True, ondelete="SET NULL")
