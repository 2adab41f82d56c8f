"""The links to a title that are out: whose they are, and ending them before their time."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.signin.people import reader_of_user
from api.tables import Audit, Edition, Identity, Ticket, Title, User
from api.tables.base import Instant

LEAF = 50  # readers on one leaf of the desk's list


@dataclass(frozen=True)
class OpenLink:
    """A link that still works, and whose it is. Without uses left a broken transfer may still continue."""

    id: int
    handle: str
    made_at: datetime
    expires_at: datetime
    uses_left: int


@dataclass(frozen=True)
class Holder:
    """A reader with links to a title that have not ended: how many, and when the last of them ends."""

    user_id: int
    links: int
    last_ends_at: datetime
    name: str | None
    provider: str | None
    subject: str | None


def still_open(db: Db, title_id: int, now: datetime) -> list[OpenLink]:
    """The links to a title that have not ended, the oldest first."""
    rows = db.exec(select(Ticket).where(*_not_ended(title_id, now)).order_by(col(Ticket.id))).all()
    return [_described(db, row) for row in rows]


def how_many(db: Db, title_id: int, now: datetime) -> int:
    """How many links to a title have not ended."""
    return db.connection().scalar(sa.select(sa.func.count()).where(*_not_ended(title_id, now))) or 0


def holders(db: Db, title_id: int, now: datetime, after: int = 0) -> tuple[list[Holder], int | None]:
    """Some of the readers whose links to a title have not ended; and where more follow, whom to go on after."""
    each = (
        sa.select(
            col(Ticket.user_id).label("user_id"),
            sa.func.count().label("links"),
            sa.func.max(col(Ticket.expires_at)).label("last_ends_at"),
        )
        .where(*_not_ended(title_id, now), col(Ticket.user_id) > after)
        .group_by(col(Ticket.user_id))
        .order_by(col(Ticket.user_id))
        .limit(LEAF + 1)
        .subquery()
    )
    first = sa.select(sa.func.min(col(Identity.id))).where(col(Identity.user_id) == each.c.user_id)
    known = first.correlate(each).scalar_subquery()
    named = (
        sa.select(
            each.c.user_id,
            each.c.links,
            sa.type_coerce(each.c.last_ends_at, Instant),
            col(User.name),
            col(Identity.provider),
            col(Identity.subject),
        )
        .join(User, col(User.id) == each.c.user_id)
        .outerjoin(Identity, col(Identity.id) == known)
        .order_by(each.c.user_id)
    )
    found = [Holder(*row) for row in db.connection().execute(named)]
    return found[:LEAF], found[LEAF - 1].user_id if len(found) > LEAF else None


def revoke(db: Db, title_id: int, user_id: int | None, now: datetime, by: int | None = None) -> int:
    """End the links to a title, those of one user or all; how many."""
    whose = () if user_id is None else (col(Ticket.user_id) == user_id,)
    ended = db.connection().execute(sa.update(Ticket).where(*_not_ended(title_id, now), *whose).values(revoked_at=now))
    if ended.rowcount:
        slug, words = db.get_one(Title, title_id).slug, f"{ended.rowcount} of {'one reader' if user_id else 'all'}"
        line = Audit(actor_user_id=by, action="links-revoked", object=f"title {slug}", user_id=user_id, words=words)
        db.add(line)
    return ended.rowcount


def _not_ended(title_id: int, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    editions = select(Edition.id).where(Edition.title_id == title_id)
    return col(Ticket.edition_id).in_(editions), col(Ticket.revoked_at).is_(None), col(Ticket.expires_at) > now


def _described(db: Db, row: Ticket) -> OpenLink:
    assert row.id is not None
    reader = reader_of_user(db, row.user_id)
    handle = reader.handle if reader is not None else "someone shut out"
    return OpenLink(row.id, handle, row.made_at, row.expires_at, row.uses_left)
