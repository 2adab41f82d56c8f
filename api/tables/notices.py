"""What the press tells its readers: notices, each reader's copy, leave to write by mail, and mail on its way out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class NoticeKind(StrEnum):
    ERRATUM = "erratum"
    NEW_EDITION = "new-edition"


class Notice(SQLModel, table=True):
    """Words of the press to those who hold a title. `key` keeps the same thing from being told twice."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    kind: str = Field(max_length=20)
    words: str = ""
    edition: int | None = None  # the number of the edition that readers were handed at that time
    made_by: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class NoticeCopy(SQLModel, table=True):
    """A notice as one reader has it: who held the title when it was made."""

    __tablename__ = "notice_copy"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "notice_id"),
        sa.Index("ix_notice_copy_told", "notice_id", "user_id"),
        sa.Index("ix_notice_copy_seen", "notice_id", "seen_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE")
    seen_at: datetime | None = Field(default=None, sa_type=Instant)


class MailChoice(SQLModel, table=True):
    """That a reader wants notices by mail, since when. Without this row nothing is sent."""

    __tablename__ = "mail_choice"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", unique=True, ondelete="CASCADE")
    allowed_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class SummaryChoice(SQLModel, table=True):
    """Whether someone of the staff wants the month's use by mail; without this row administrators get it."""

    __tablename__ = "summary_choice"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", unique=True, ondelete="CASCADE")
    wants: bool


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given-up"


class OutgoingMail(SQLModel, table=True):
    """One mail to one reader: its kind and what it is about. The address is read from the account when it is sent.

    `key` says what it is, so that a reader gets it once. Whoever sends it holds `claim` until `claimed_until`.
    `doubts` counts how often it broke off where nobody can tell whether it had gone out.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "key"),
        sa.Index(None, "state", "due_at"),
        sa.Index("ix_outbox_listed", "state", "id"),
        sa.Index("ix_outbox_key", "key", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    key: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    state: str = Field(default=MailState.WAITING, max_length=20)
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant, index=True)
    due_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    tries: int = 0
    doubts: int = 0
    fault: str | None = Field(default=None, max_length=300)  # why the last try failed, without the address
    claim: str | None = Field(default=None, max_length=43)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
