"""Who comes to read: users, the identities they sign in with, their sessions, and attempts to sign in."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Field, Relationship, SQLModel

from api import clock
from api.tables.base import Instant

LONGEST_KEY = 320  # characters; an index takes no more than some 2,700 bytes


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

    `closing_at` is the instant at which an account that its owner has closed is erased, and `comments_stay` whether
    what they wrote is left then, without a name. The keys are what the desk finds a name by.
    """

    __table_args__ = (
        sa.Index("ix_user_name_key", "name_key", "id"),
        sa.Index("ix_user_last_name_key", "last_name_key", "id"),
        sa.Index("ix_user_role", "role", "id"),
        *(
            sa.Index(f"ix_user_is_{name}", "id", sqlite_where=is_so, postgresql_where=is_so)
            for name, is_so in (
                ("disabled", sa.text("disabled_at IS NOT NULL")),
                ("closing", sa.text("closing_at IS NOT NULL")),
            )
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str | None = None
    email: str | None = None
    role: str = Field(default=Role.READER, max_length=20)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)
    closing_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    comments_stay: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    name_key: bytes | None = None
    last_name_key: bytes | None = None
    language: str | None = Field(default=None, max_length=35)  # of pages and mails, where the reader chose one

    identities: list["Identity"] = Relationship(
        back_populates="user", sa_relationship_kwargs={"cascade": "all, delete-orphan"}
    )


class Identity(SQLModel, table=True):
    """One way to sign in: (issuer, subject), and nothing else, says who someone is."""

    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject"),
        sa.Index("ix_identity_handle", "subject", "provider"),
        sa.Index("ix_identity_email_key", "email_key", "id"),
    )

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
    email_key: bytes | None = None  # what administrators find an address by

    user: User = Relationship(back_populates="identities")


class Session(SQLModel, table=True):
    """A browser that has signed in. Only digests of its cookie and of the provider's own session id are kept."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    identity_id: int = Field(foreign_key="identity.id", index=True, ondelete="CASCADE")
    device: str = Field(default="", max_length=60)  # in words; the browser's own long name for itself is not kept
    provider_session: str | None = Field(default=None, max_length=64)
    context: str | None = Field(default=None, max_length=200)  # how strong the provider calls the sign-in (`acr`)
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


def key_of_name(name: str) -> bytes:
    """A name as it is looked for: without case, accents and doubled spaces, in bytes that sort alike everywhere."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return " ".join(plain.casefold().split())[:LONGEST_KEY].encode(errors="replace")


def begins(key: Any, prefix: bytes) -> sa.ColumnElement[bool]:
    """Whether a key begins so, in words that an index on it answers."""
    return sa.and_(key >= prefix, key < prefix + b"\xff")  # which sorts after every byte of UTF-8


def key_of_address(address: str) -> bytes:
    """An e-mail address with its domain first, so that one index finds both an address and a domain."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{domain}@{local}"[:LONGEST_KEY].encode(errors="replace")


def _key_user(_mapper: Any, _connection: Any, user: User) -> None:
    key = key_of_name(user.name or "")
    first, _, last = key.rpartition(b" ")
    user.name_key, user.last_name_key = key or None, last if first else None


def _key_identity(_mapper: Any, _connection: Any, identity: Identity) -> None:
    identity.email_key = key_of_address(identity.email) if identity.email else None


for moment in ("before_insert", "before_update"):
    event.listen(User, moment, _key_user)
    event.listen(Identity, moment, _key_identity)
