"""Files on their way in from an editor's browser, part by part. The parts themselves are known to the store alone."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class Upload(SQLModel, table=True):
    """One file that an editor's browser sends for a title. The store has its parts under `staged_id`.

    The browser's own word for the file (name, size, when it was changed, the SHA-256 of its first part) is how the
    same file is known again. `in_store` is the store's word for a transfer in parts, None until it has been begun.
    """

    id: int | None = Field(default=None, primary_key=True)
    staged_id: str = Field(max_length=32, unique=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    file_name: str = Field(max_length=255)
    size: int = Field(sa_type=sa.BigInteger)  # bytes
    changed: int = Field(sa_type=sa.BigInteger)  # milliseconds since 1970
    first_part: str = Field(max_length=64)
    part_size: int  # bytes
    in_store: str | None = None
    began_at: datetime = Field(default_factory=clock.now, sa_type=Instant, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def part_count(self) -> int:
        return -(-self.size // self.part_size)

    def size_of(self, number: int) -> int:
        """Bytes of the part of that number, the first being 1; IndexError where there is none."""
        if not 1 <= number <= self.part_count:
            raise IndexError(number)
        return min(self.part_size, self.size - (number - 1) * self.part_size)
