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
    """The day's salt, made by whoever needs it first. Kept in its row, so that it can be destroyed."""
    return _find(db, day) or _made(db, day)


class Today:
    """The salt of the day that it is, known to one server for as long as that day lasts."""

    def __init__(self) -> None:
        self._known: tuple[date, str] | None = None

    def of(self, db: Db, day: date) -> str:
        """That day's salt, made if nobody has yet."""
        return self.find(db, day) or _made(db, day)

    def find(self, db: Db, day: date) -> str | None:
        """That day's salt if it has been made. One that is only being made could still be undone, and is not kept."""
        known = self._known
        if known is not None and known[0] == day:
            return known[1]
        found = _find(db, day)
        if found is not None:
            self._known = (day, found)
        return found

    def forget_before(self, day: date) -> None:
        """Know nothing of days that are over."""
        if self._known is not None and self._known[0] < day:
            self._known = None


def forget(db: Db, now: datetime) -> int:
    """Destroy the salts whose time is over; how many."""
    over = sa.delete(DailySalt).where(col(DailySalt.day) <= (now - KEPT).date())
    return db.connection().execute(over).rowcount


def _made(db: Db, day: date) -> str:
    """A new salt for the day, or that of another server which was quicker."""
    made = {"day": day, "salt": new_secret()}
    typed = [sa.bindparam(name, type_=DailySalt.__table__.c[name].type) for name in made]  # type: ignore[attr-defined]
    unless_another_was_first = sa.text(
        "INSERT INTO daily_salt (day, salt) VALUES (:day, :salt) ON CONFLICT DO NOTHING"
    ).bindparams(*typed)
    db.connection().execute(unless_another_was_first, made)
    found = _find(db, day)
    assert found is not None
    return found


def _find(db: Db, day: date) -> str | None:
    return db.connection().scalar(_OF_DAY, {"day": day})
