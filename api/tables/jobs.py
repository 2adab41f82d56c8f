"""Periodic jobs as the workers share them: when each is due, who is at it, and how it went last."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class Job(SQLModel, table=True):
    """One named job. Whoever holds the lease does it; `settled_until` is how far its work is known to be done."""

    name: str = Field(primary_key=True, max_length=60)
    next_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    leased_by: str | None = Field(default=None, max_length=100)
    leased_until: datetime | None = Field(default=None, sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_until: datetime | None = Field(default=None, sa_type=Instant)
    runs: int = 0  # that came to an end, well or not
    is_failing: bool = False
    words: str | None = Field(default=None, max_length=300)  # what the last run did, or why it failed
