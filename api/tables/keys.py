"""Access keys: what a reader's programs show instead of a session."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class KeyScope(StrEnum):
    """What a key is good for."""

    API = "api"  # read titles and make download links as the reader
    E_READER = "e-reader"  # fetch what the reader may read, from the lists for e-readers
    REPORTS = "reports"  # fetch COUNTER reports


class AccessKey(SQLModel, table=True):
    """A key by its digest. Revoking removes the row; of its use no more is known than the last day (UTC)."""

    __tablename__ = "access_key"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=80)
    scope: str = Field(max_length=20)
    institution: str | None = Field(default=None, max_length=120)  # of a librarian's key: whose reports; none: by role
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    last_used_on: date | None = None
