"""A random salt for each day, the same for every server on one database, destroyed after 48 hours."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.seal import new_secret
from api.tables import DailySalt

KEPT = timedelta(hours=48)  # from the day's beginning in UTC
_OF_DAY = sa.select(col(DailySalt.salt)).where(col(DailySalt.day) == sa.bindparam("day"))


def salt_of(db: Db, day: date) -> str:
    """The day's salt, made by whoever needs it first. Kept nowhere but in its row, so that it can be destroyed."""
    found = _find(db, day)
    if found is None:
        made = {"day": day, "salt": new_secret()}
        typed = [sa.bindparam(name, type_=DailySalt.__table__.c[name].type) for name in made]  # type: ignore[attr-defined]
        unless_another_was_first = sa.text(
            "INSERT INTO daily_salt (day, salt) VALUES (:day, :salt) ON CONFLICT DO NOTHING"
        ).bindparams(*typed)
        db.connection().execute(unless_another_was_first, made)
        found = _find(db, day)
    assert found is not None
    return found


def forget(db: Db, now: datetime) -> int:
    """Destroy the salts whose time is over; how many."""
    over = sa.delete(DailySalt).where(col(DailySalt.day) <= (now - KEPT).date())
    return db.connection().execute(over).rowcount


def _find(db: Db, day: date) -> str | None:
    return db.connection().scalar(_OF_DAY, {"day": day})
