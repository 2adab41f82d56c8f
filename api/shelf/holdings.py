"""What readers hold: one row per reader and edition they have taken."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.tables import Edition, Holding
from api.tables.base import Instant

_AGAIN = (
    sa.update(Holding)
    .where(col(Holding.user_id) == sa.bindparam("reader"), col(Holding.edition_id) == sa.bindparam("edition"))
    .values(taken_at=sa.bindparam("now", type_=Instant))
)


def take(db: Db, user_id: int, edition_id: int, now: datetime) -> None:
    """Write down that the reader took this edition; taking it again only moves the time."""
    taken = {"reader": user_id, "edition": edition_id, "now": now}
    if db.connection().execute(_AGAIN, taken).rowcount:
        return
    try:
        with db.begin_nested():
            db.add(Holding(user_id=user_id, edition_id=edition_id, taken_at=now))
    except IntegrityError:  # another transfer of the same edition began at the same moment
        db.connection().execute(_AGAIN, taken)


def of_user(db: Db, user_id: int) -> Sequence[tuple[Holding, Edition]]:
    """What a reader holds, the last taken first."""
    held = select(Holding, Edition).join(Edition, col(Edition.id) == col(Holding.edition_id))
    newest_first = (col(Holding.taken_at).desc(), col(Holding.id).desc())
    return db.exec(held.where(Holding.user_id == user_id).order_by(*newest_first)).all()


def remove(db: Db, user_id: int, title_id: int) -> None:
    """Forget every edition of a title that the reader took."""
    editions = select(Edition.id).where(Edition.title_id == title_id)
    db.exec(sa.delete(Holding).where(col(Holding.user_id) == user_id, col(Holding.edition_id).in_(editions)))
