"""Who comes to read: users, the identities they sign in with, their sessions, and attempts to sign in."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from api import clock
from api.tables.base import Instant


class Role(StrEnum):
    READER = "reader"
    LIBRARIAN = "librarian"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Purpose(StrEnum):
    """What an attempt to sign in is for."""

    SIGN_IN = "sign-in"
    AGAIN = "again"  # the holder of a session proves once more who they are
    CONNECT = "connect"  # the holder of a session adds another way to sign in


class User(SQLModel, table=True):
    """A person. The name is what the provider said; the e-mail address is optional and never an identity.

    `closing_at` is the instant at which an account that its owner has closed is erased.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str | None = None
    email: str | None = None
    role: str = Field(default=Role.READER, max_length=20)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)
    closing_at: datetime | None = Field(default=None, sa_type=Instant, index=True)

    identities: list["Identity"] = Relationship(
        back_populates="user", sa_relationship_kwargs={"cascade": "all, delete-orphan"}
    )


class Identity(SQLModel, table=True):
    """One way to sign in: (issuer, subject), and nothing else, says who someone is."""

    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    provider: str = Field(max_length=40)  # the provider id in the settings, for display
    issuer: str
    subject: str = Field(max_length=255)
    email: str | None = None  # as the provider last gave it
    email_verified: bool = False  # only where the provider says so
    claims: str | None = None  # JSON: what the provider vouched for at the last sign-in that rules may ask for
    vouched_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)

    user: User = Relationship(back_populates="identities")


class Session(SQLModel, table=True):
    """A browser that has signed in. Only digests of its cookie and of the provider's own session id are kept."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    identity_id: int = Field(foreign_key="identity.id", index=True, ondelete="CASCADE")
    device: str = Field(default="", max_length=60)  # in words; the browser's own long name for itself is not kept
    provider_session: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    authenticated_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    last_seen_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class Attempt(SQLModel, table=True):
    """One tab on its way to a provider and back: bound to the browser that began it, spent once.

    One that is for more than signing in is bound to the session and the user that began it as well.
    """

    id: int | None = Field(default=None, primary_key=True)
    state_digest: str = Field(max_length=64, unique=True)
    browser_digest: str = Field(max_length=64, index=True)
    provider: str = Field(max_length=40)
    nonce: str
    code_verifier: str
    next_path: str
    is_trial: bool = False  # staff trying the provider: it signs nobody in
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    purpose: str = Field(default=Purpose.SIGN_IN, max_length=20)
    link_session_id: int | None = Field(default=None, foreign_key="session.id", index=True, ondelete="CASCADE")
    link_user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="CASCADE")
