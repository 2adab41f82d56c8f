"""Where readers stopped reading in the browser."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant

LONGEST_LABEL = 20  # characters of a page's printed label


class ReadingPlace(SQLModel, table=True):
    """The page of a title that a reader saw last: its number in the file, and its label where it has one."""

    __tablename__ = "reading_place"
    __table_args__ = (sa.UniqueConstraint("user_id", "title_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    page: int
    label: str | None = Field(default=None, max_length=LONGEST_LABEL)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant)

    @property
    def printed(self) -> str:
        """The page as a reader would name it."""
        return self.label or str(self.page)
