"""What was sent to Crossref about our DOIs, and what came back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class DepositState(StrEnum):
    WAITING = "waiting"  # to be sent
    SENDING = "sending"
    SENT = "sent"  # Crossref has it, or may have it, and has not said what became of it
    REGISTERED = "registered"
    REFUSED = "refused"
    GIVEN_UP = "given-up"


class Deposit(SQLModel, table=True):
    """One file about a title and its chapters: as it is sent, what Crossref answered, and its report later on.

    `digest` is that of what is registered, without the head. `stamp` grows with each deposit of a title. Whoever sends
    it or asks about it holds `claim` until `claimed_until`. `results` has state and words of each DOI.
    `settled_at` is the last change of the title that this deposit has been compared with.
    """

    __table_args__ = (sa.Index(None, "state", "due_at"), sa.Index("ix_deposit_of_title", "title_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    batch: str = Field(max_length=100, unique=True)
    stamp: int = Field(sa_type=sa.BigInteger)
    digest: str = Field(max_length=64)
    document: str = Field(sa_type=sa.Text)
    dois: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    state: str = Field(default=DepositState.WAITING, max_length=20)
    made_by: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    settled_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    due_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    tries: int = 0
    polls: int = 0
    fault: str | None = Field(default=None, max_length=300)
    claim: str | None = Field(default=None, max_length=43)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    answer: str | None = Field(default=None, sa_type=sa.Text)
    report: str | None = Field(default=None, sa_type=sa.Text)
    reported_at: datetime | None = Field(default=None, sa_type=Instant)
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
