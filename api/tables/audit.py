"""Who did what to whom or what: kept for two years, with internal numbers and never with a name."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class Audit(SQLModel, table=True):
    """One act. No actor means the operator at the command line, or an account that is erased since.

    `object` says what was acted on, such as `account` or `title rivers-of-paper`; `user_id` whose account it was.
    """

    __table_args__ = tuple(  # the log is read by each of these, the latest first
        sa.Index(f"ix_audit_by_{column}", column, "at") for column in ("action", "actor_user_id", "object", "user_id")
    )

    id: int | None = Field(default=None, primary_key=True)
    actor_user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    action: str = Field(max_length=40)
    object: str = Field(max_length=200)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    words: str = ""
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, index=True)
