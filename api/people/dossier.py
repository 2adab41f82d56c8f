"""One reader as the press sees them: who they are, and what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.errors import NotFound
from api.signin import sessions, terms
from api.tables import (
    AccessRequest,
    Edition,
    FairUseNote,
    Grant,
    Holding,
    Identity,
    Redemption,
    Role,
    Ticket,
    Title,
    User,
    Voucher,
)

MOST = 100  # lines of one kind, the latest first


class Way(NamedTuple):
    """A way in. The address is None for whoever may not see it, and where there is none."""

    provider: str
    subject: str
    address: str | None
    is_verified: bool
    since: datetime

    @property
    def handle(self) -> str:
        return f"{self.provider}:{self.subject}"


class Taken(NamedTuple):
    slug: str
    full_title: str
    language: str
    edition: int
    at: datetime


class Granted(NamedTuple):
    """A title that the reader is let in to by name; `source` is `listed`, `voucher` or `on-request`."""

    slug: str
    full_title: str
    language: str
    source: str
    at: datetime


class Redeemed(NamedTuple):
    slug: str
    full_title: str
    language: str
    at: datetime


class Requested(NamedTuple):
    slug: str
    full_title: str
    language: str
    sentence: str
    answer: str | None
    at: datetime


@dataclass(frozen=True)
class Dossier:
    """What the press sees. `holdings` is None for whoever may not see what a reader has taken."""

    id: int
    name: str | None
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    closing_at: datetime | None
    ways: list[Way]
    holdings: list[Taken] | None
    grants: list[Granted]
    redemptions: list[Redeemed]
    requests: list[Requested]
    notes: Sequence[FairUseNote]
    live_links: int
    sessions: int
    accepted: int | None  # the last version of the terms

    @property
    def handle(self) -> str:
        return self.ways[0].handle if self.ways else f"account {self.id}"


def dossier(db: Db, user_id: int, now: datetime, *, sees_all: bool) -> Dossier:
    """Raises NotFound. Addresses, and what was taken, are for those alone who see all: administrators."""
    user = db.get(User, user_id)
    if user is None:
        raise NotFound
    accepted = terms.accepted_by(db, user_id)
    return Dossier(
        id=user_id,
        name=user.name,
        role=Role(user.role),
        created_at=user.created_at,
        disabled_at=user.disabled_at,
        closing_at=user.closing_at,
        ways=_ways(db, user_id, sees_all),
        holdings=_holdings(db, user_id) if sees_all else None,
        grants=_grants(db, user_id),
        redemptions=_redemptions(db, user_id),
        requests=_requests(db, user_id),
        notes=_notes(db, user_id),
        live_links=_live_links(db, user_id, now),
        sessions=len(sessions.of_user(db, user_id)),
        accepted=accepted[-1].version if accepted else None,
    )


def _ways(db: Db, user_id: int, sees_all: bool) -> list[Way]:
    mine = select(Identity).where(Identity.user_id == user_id).order_by(col(Identity.id)).limit(MOST)
    return [
        Way(each.provider, each.subject, each.email if sees_all else None, each.email_verified, each.created_at)
        for each in db.exec(mine)
    ]


_TITLE = (col(Title.slug), col(Title.full_title), col(Title.language))


def _holdings(db: Db, user_id: int) -> list[Taken]:
    held = (
        sa.select(*_TITLE, col(Edition.number), col(Holding.taken_at))
        .join(Edition, col(Edition.title_id) == col(Title.id))
        .join(Holding, col(Holding.edition_id) == col(Edition.id))
        .where(col(Holding.user_id) == user_id)
        .order_by(col(Holding.taken_at).desc(), col(Holding.id).desc())
    )
    return [Taken._make(row) for row in _rows(db, held)]


def _grants(db: Db, user_id: int) -> list[Granted]:
    given = (
        sa.select(*_TITLE, col(Grant.source), col(Grant.granted_at))
        .join(Grant, col(Grant.title_id) == col(Title.id))
        .join(Identity, (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject)))
        .where(col(Identity.user_id) == user_id)
        .order_by(col(Grant.granted_at).desc(), col(Grant.id).desc())
    )
    return [Granted._make(row) for row in _rows(db, given)]


def _redemptions(db: Db, user_id: int) -> list[Redeemed]:
    used = (
        sa.select(*_TITLE, col(Redemption.redeemed_at))
        .join(Voucher, col(Voucher.title_id) == col(Title.id))
        .join(Redemption, col(Redemption.voucher_id) == col(Voucher.id))
        .where(col(Redemption.user_id) == user_id)
        .order_by(col(Redemption.redeemed_at).desc(), col(Redemption.id).desc())
    )
    return [Redeemed._make(row) for row in _rows(db, used)]


def _requests(db: Db, user_id: int) -> list[Requested]:
    asked = (
        sa.select(*_TITLE, col(AccessRequest.sentence), col(AccessRequest.answer), col(AccessRequest.asked_at))
        .join(AccessRequest, col(AccessRequest.title_id) == col(Title.id))
        .where(col(AccessRequest.user_id) == user_id)
        .order_by(col(AccessRequest.asked_at).desc(), col(AccessRequest.id).desc())
    )
    return [Requested._make(row) for row in _rows(db, asked)]


def _notes(db: Db, user_id: int) -> Sequence[FairUseNote]:
    latest = select(FairUseNote).where(FairUseNote.user_id == user_id).order_by(col(FairUseNote.at).desc())
    return db.exec(latest.limit(MOST)).all()


def _live_links(db: Db, user_id: int, now: datetime) -> int:
    live = (col(Ticket.user_id) == user_id, col(Ticket.expires_at) > now, col(Ticket.revoked_at).is_(None))
    return db.connection().scalar(sa.select(sa.func.count()).select_from(Ticket).where(*live)) or 0


def _rows(db: Db, found: "sa.Select[*tuple[Any, ...]]") -> Sequence["sa.Row[*tuple[Any, ...]]"]:
    return db.connection().execute(found.limit(MOST)).all()
