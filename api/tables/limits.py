"""How often something was done lately: one row for each account or network and each limit."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from api.tables.base import Instant


class Bucket(SQLModel, table=True):
    """A count from `starts_at` until `ends_at`. Who it is about shows only in a keyed digest."""

    digest: str = Field(max_length=64, primary_key=True)
    starts_at: datetime = Field(sa_type=Instant)
    count: int
    ends_at: datetime = Field(sa_type=Instant, index=True)
