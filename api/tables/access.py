"""Who may read: a title's rules, institutions, grants and how readers came by them, tickets, and what is held."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class RuleKind(StrEnum):
    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"
    EMAIL_DOMAIN = "email-domain"
    CLAIM = "claim"
    INSTITUTION = "institution"
    LISTED = "listed"
    VOUCHER = "voucher"
    ON_REQUEST = "on-request"


class Rule(SQLModel, table=True):
    """One rung of a title's ladder of access; the first that fits admits."""

    __table_args__ = (sa.UniqueConstraint("title_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    position: int
    kind: str = Field(max_length=20)
    argument: str | None = Field(default=None, max_length=300)  # a domain, a claim, an institution's slug


class Institution(SQLModel, table=True):
    """A house whose members may be let in: each of domains, networks and issuer is a way to belong to it."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=120, unique=True)
    name: str = Field(max_length=200)
    ror: str | None = Field(default=None, max_length=40)  # https://ror.org/…
    domains: list[str] = Field(default_factory=list, sa_type=sa.JSON)  # of e-mail addresses and affiliations
    networks: list[str] = Field(default_factory=list, sa_type=sa.JSON)  # ranges such as 192.0.2.0/24
    issuer: str | None = None  # of its own sign-in
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Librarian(SQLModel, table=True):
    """Who reads an institution's reports, by issuer and subject, so that one can be named before they first come."""

    __table_args__ = (
        sa.UniqueConstraint("institution_id", "issuer", "subject"),
        sa.Index("ix_librarian_reader", "subject", "issuer"),
    )

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="institution.id", ondelete="CASCADE")
    issuer: str
    subject: str = Field(max_length=255)
    named_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Grant(SQLModel, table=True):
    """A reader admitted to a title, by issuer and subject, so that it may be given before they first come.

    `source` is the rule under which it counts: `listed`, `voucher` or `on-request`.
    """

    __table_args__ = (
        sa.UniqueConstraint("title_id", "issuer", "subject", "source"),
        sa.Index("ix_grant_listed", "title_id", "id"),
        sa.Index("ix_grant_reader", "subject", "issuer", "title_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    issuer: str
    subject: str = Field(max_length=255)
    source: str = Field(default=RuleKind.LISTED, max_length=20, sa_column_kwargs={"server_default": "listed"})
    voucher_id: int | None = Field(default=None, foreign_key="voucher.id", index=True, ondelete="SET NULL")
    granted_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Invitation(SQLModel, table=True):
    """A named reader known by e-mail address only; the first who comes with it verified gets the grant."""

    __table_args__ = (sa.UniqueConstraint("title_id", "email"), sa.Index("ix_invitation_listed", "title_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    email: str = Field(max_length=254, index=True)  # in lower case
    invited_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Voucher(SQLModel, table=True):
    """A code that lets so many readers in until it ends. Only its digest is kept."""

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    digest: str = Field(max_length=64, unique=True)
    uses: int
    uses_left: int
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Redemption(SQLModel, table=True):
    """That a reader has used a voucher. It outlives the grant, so nobody put out comes back by the same code."""

    __table_args__ = (sa.UniqueConstraint("voucher_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    voucher_id: int = Field(foreign_key="voucher.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    redeemed_at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class Answer(StrEnum):
    """What the press said to a request."""

    APPROVED = "approved"
    REFUSED = "refused"


class AccessRequest(SQLModel, table=True):
    """A reader asks the press to be let in, as one of their identities: one row for each reader and title."""

    __tablename__ = "access_request"
    __table_args__ = (
        sa.UniqueConstraint("title_id", "user_id"),
        *(
            sa.Index(f"ix_access_request_{name}", *columns, sqlite_where=is_open, postgresql_where=is_open)
            for is_open in (sa.text("decided_at IS NULL"),)
            for name, columns in (("open", ("id",)), ("open_of_title", ("title_id", "id")))
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    issuer: str
    subject: str = Field(max_length=255)
    sentence: str = Field(max_length=500)
    asked_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    answer: str | None = Field(default=None, max_length=20)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class Ticket(SQLModel, table=True):
    """A time-limited link: a random capability whose digest is this row. No rule means staff.

    It is for the whole of its edition, or for the file of one chapter in it. One for reading in the browser is
    `is_inline`: it serves any number of transfers until it ends, and `uses_left` is whether it has still to be counted.
    """

    __table_args__ = (sa.Index("ix_ticket_live", "edition_id", "expires_at"),)

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    edition_id: int = Field(foreign_key="edition.id", ondelete="CASCADE")
    chapter_file_id: int | None = Field(default=None, foreign_key="chapter_file.id", index=True, ondelete="CASCADE")
    rule_id: int | None = Field(default=None, foreign_key="rule.id", index=True, ondelete="SET NULL")
    made_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    uses_left: int
    is_inline: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Holding(SQLModel, table=True):
    """An edition that a reader has taken, so that their page can show it and say when a newer one is there."""

    __table_args__ = (
        sa.UniqueConstraint("user_id", "edition_id"),
        sa.Index("ix_holding_edition", "edition_id", "user_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    edition_id: int = Field(foreign_key="edition.id", ondelete="CASCADE")
    taken_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
