"""Who went beyond fair use lately, the latest first: accounts by number and name, networks by a digest of the day."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.people.audit_log import Mark
from api.tables import FairUseNote, User
from api.tables.base import Instant

LEAF = 100  # notes on one leaf


class Note(NamedTuple):
    """A note, and the name of the account it is about, if it is about one."""

    note: FairUseNote
    name: str | None


def leaf(db: Db, after: Mark | None) -> tuple[list[Note], Mark | None]:
    """The latest notes, and where more follow the mark to ask for them with."""
    found = (
        sa.select(FairUseNote, col(User.name))
        .outerjoin(User, col(User.id) == col(FairUseNote.user_id))
        .order_by(col(FairUseNote.at).desc(), col(FairUseNote.id).desc())
        .limit(LEAF + 1)
    )
    if after is not None:
        mark = sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        found = found.where(sa.tuple_(col(FairUseNote.at), col(FairUseNote.id)) < mark)
    notes = [Note(note, name) for note, name in db.execute(found)]
    shown = notes[:LEAF]
    return shown, Mark(shown[-1].note.at, shown[-1].note.id or 0) if len(notes) > LEAF else None
