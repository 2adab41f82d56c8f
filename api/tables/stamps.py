"""Copies with their reader's name on each page, and what the press is told of use beyond the fair."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class StampedCopy(SQLModel, table=True):
    """One reader's copy of one file of an edition. The number is printed in it, as is the day of `made_at`.

    `sha256` and `size` are the copy's own, from the moment they are known; `stored_at` says that the store has it.
    The row outlives its reader and its edition for as long as it takes to destroy the copy in the store.
    """

    __tablename__ = "stamped_copy"
    __table_args__ = (sa.Index("ix_stamped_copy_reader", "user_id", "edition_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    edition_id: int | None = Field(default=None, foreign_key="edition.id", index=True, ondelete="SET NULL")
    source_sha256: str = Field(max_length=64)
    number: str = Field(max_length=12, unique=True)
    sha256: str | None = Field(default=None, max_length=64, index=True)
    size: int | None = Field(default=None, sa_type=sa.BigInteger)  # bytes
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    stored_at: datetime | None = Field(default=None, sa_type=Instant)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)  # someone is at work on it


class FairUseNote(SQLModel, table=True):
    """That an account or a network went beyond an allowance on a day. A network is a keyed digest, never an address."""

    __tablename__ = "fair_use_note"
    __table_args__ = (sa.Index("ix_fair_use_note_listed", "at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="CASCADE")
    network: str | None = Field(default=None, max_length=12)
    what: str = Field(max_length=20)  # links or megabytes
    allowance: int
    stage: str = Field(max_length=20)  # slowed or paused
    at: datetime = Field(default_factory=clock.now, sa_type=Instant)
