"""What an account remembers of itself: sign-ins, an offer to become one with another, and how it ended."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class SignInOutcome(StrEnum):
    SIGNED_IN = "signed-in"
    AGAIN = "again"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    TURNED_AWAY = "turned-away"
    ENDED_BY_PROVIDER = "ended-by-provider"


class SignIn(SQLModel, table=True):
    """A line of a reader's own sign-in log. No address is kept, and no more of the browser than its name."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    identity_id: int | None = Field(default=None, foreign_key="identity.id", index=True, ondelete="SET NULL")
    provider: str = Field(max_length=40)
    device: str = Field(max_length=60)
    outcome: str = Field(max_length=20)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, index=True)


class MergeOffer(SQLModel, table=True):
    """Two accounts proven to be one person's in one session; the person has still to say yes. Spent once."""

    __tablename__ = "merge_offer"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    session_id: int = Field(foreign_key="session.id", index=True, ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    identity_id: int = Field(foreign_key="identity.id", index=True, ondelete="CASCADE")
    other_user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    expires_at: datetime = Field(sa_type=Instant, index=True)


class LogoutToken(SQLModel, table=True):
    """A provider's logout token that has been acted on, so that it is not acted on twice."""

    __tablename__ = "logout_token"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class Erasure(SQLModel, table=True):
    """An identity that was erased, as a keyed digest, so that a restored backup does not bring it back."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, index=True)
    erased_at: datetime = Field(sa_type=Instant, index=True)
