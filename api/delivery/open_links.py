"""The links to a title that are out: whose they are, and ending them before their time."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.signin.people import reader_of_user
from api.tables import Edition, Ticket


@dataclass(frozen=True)
class OpenLink:
    """A link that still works, and whose it is. Without uses left a broken transfer may still continue."""

    id: int
    handle: str
    made_at: datetime
    expires_at: datetime
    uses_left: int


def still_open(db: Db, title_id: int, now: datetime) -> list[OpenLink]:
    """The links to a title that have not ended, the oldest first."""
    rows = db.exec(select(Ticket).where(*_not_ended(title_id, now)).order_by(col(Ticket.id))).all()
    return [_described(db, row) for row in rows]


def revoke(db: Db, title_id: int, user_id: int | None, now: datetime) -> int:
    """End the links to a title, those of one user or all; how many."""
    whose = () if user_id is None else (col(Ticket.user_id) == user_id,)
    ended = db.connection().execute(sa.update(Ticket).where(*_not_ended(title_id, now), *whose).values(revoked_at=now))
    return ended.rowcount


def _not_ended(title_id: int, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    editions = select(Edition.id).where(Edition.title_id == title_id)
    return col(Ticket.edition_id).in_(editions), col(Ticket.revoked_at).is_(None), col(Ticket.expires_at) > now


def _described(db: Db, row: Ticket) -> OpenLink:
    assert row.id is not None
    reader = reader_of_user(db, row.user_id)
    handle = reader.handle if reader is not None else "someone shut out"
    return OpenLink(row.id, handle, row.made_at, row.expires_at, row.uses_left)
