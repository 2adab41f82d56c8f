"""The publishing desk's own rows: what an editor has typed into a form and not saved yet."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class TypedDraft(SQLModel, table=True):
    """The fields of one form as they were typed. `place` is the form: `new`, `record 12` or `contents 12`.

    `version` is that of the record that the form began from; None for a title that is not there yet.
    """

    __tablename__ = "typed_draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    title_id: int | None = Field(default=None, foreign_key="title.id", index=True, ondelete="CASCADE")
    place: str = Field(max_length=40)
    version: int | None = None
    fields: dict[str, Any] = Field(sa_type=sa.JSON)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, index=True)
