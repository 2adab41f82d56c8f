"""The rows of stamped copies: one for each reader and file, claimed by whoever makes it, kept as long as it is held."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.database import hold
from api.tables import Holding, StampedCopy, Ticket
from api.tables.base import Instant

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # without what looks alike, and without vowels
CLAIM = timedelta(minutes=5)  # longer than stamping and storing take
FRESH = timedelta(hours=1)  # so long a copy may wait for the first link to it
AT_A_TIME = 500  # rows looked at in one go


@dataclass(frozen=True)
class Source:
    """Whose copy of which file: the SHA-256 is that of the file as the press gave it."""

    user_id: int
    edition_id: int
    sha256: str

    @property
    def in_words(self) -> str:
        return f"copy of {self.sha256} for {self.user_id} of edition {self.edition_id}"


def find(db: Db, source: Source) -> StampedCopy | None:
    """The reader's copy, in the store or yet to be made. After two accounts became one there may be two."""
    theirs = select(StampedCopy).where(
        StampedCopy.user_id == source.user_id,
        StampedCopy.edition_id == source.edition_id,
        StampedCopy.source_sha256 == source.sha256,
    )
    return db.exec(theirs.order_by(col(StampedCopy.stored_at).is_(None), col(StampedCopy.id))).first()


def claim(db: Db, source: Source, now: datetime) -> tuple[StampedCopy, bool]:
    """The copy's row, made where there is none, and whether the caller has to make the copy now.

    If not, it is in the store, or another is at work on it.
    """
    hold(db, source.in_words)
    row = find(db, source)
    if row is None:
        row = StampedCopy(
            user_id=source.user_id,
            edition_id=source.edition_id,
            source_sha256=source.sha256,
            number=_new_number(),
            made_at=now,
        )
    is_mine = row.stored_at is None and (row.claimed_until is None or row.claimed_until <= now)
    if is_mine:
        row.claimed_until = now + CLAIM
    db.add(row)
    db.flush()
    return row, is_mine


def announce(db: Db, row: StampedCopy, sha256: str, size: int) -> bool:
    """Write down what is about to be stored, so that nothing is ever there that no row names. False: claim lost."""
    return _change_claimed(db, row, sha256=sha256, size=size)


def settle(db: Db, row: StampedCopy, now: datetime) -> bool:
    """The store has it, and the claim ends. False where the claim, or the row's reader, is gone meanwhile."""
    return _change_claimed(db, row, stored_at=now, claimed_until=None)


def give_up(db: Db, row: StampedCopy) -> None:
    _change_claimed(db, row, claimed_until=None)


def _change_claimed(db: Db, row: StampedCopy, **values: object) -> bool:
    is_mine = (
        col(StampedCopy.id) == row.id,
        col(StampedCopy.claimed_until) == row.claimed_until,
        col(StampedCopy.user_id).is_not(None),
    )
    return db.connection().execute(sa.update(StampedCopy).where(*is_mine).values(**values)).rowcount == 1


def forsaken(db: Db) -> Sequence[StampedCopy]:
    """Copies whose reader or edition is gone: nobody may have them any more."""
    gone = col(StampedCopy.user_id).is_(None) | col(StampedCopy.edition_id).is_(None)
    return db.exec(select(StampedCopy).where(gone).limit(AT_A_TIME)).all()


def claim_unused(db: Db, now: datetime) -> tuple[Sequence[StampedCopy], Sequence[StampedCopy]]:
    """Claim the copies that no link has led to for as long as links are remembered.

    First those whose reader holds the edition, and of which there is something in the store; then those that
    nobody holds.
    """
    holds = sa.exists().where(
        col(Holding.user_id) == col(StampedCopy.user_id), col(Holding.edition_id) == col(StampedCopy.edition_id)
    )
    is_stored = col(StampedCopy.sha256).is_not(None)
    return _claim_where(db, now, holds, is_stored), _claim_where(db, now, ~holds)


def empty(db: Db, row: StampedCopy) -> None:
    """The store has it no more; made again, it has the same number and date."""
    _change_claimed(db, row, sha256=None, size=None, stored_at=None, claimed_until=None)


def remove(db: Db, row: StampedCopy) -> None:
    db.exec(sa.delete(StampedCopy).where(col(StampedCopy.id) == row.id))


def _claim_where(db: Db, now: datetime, *which: sa.ColumnElement[bool]) -> Sequence[StampedCopy]:
    leads_there = sa.exists().where(
        col(Ticket.user_id) == col(StampedCopy.user_id),
        col(Ticket.edition_id) == col(StampedCopy.edition_id),
    )
    is_old = sa.func.coalesce(col(StampedCopy.stored_at), col(StampedCopy.made_at)) <= sa.literal(now - FRESH, Instant)
    is_free = col(StampedCopy.claimed_until).is_(None) | (col(StampedCopy.claimed_until) <= now)
    found = select(StampedCopy).where(*which, ~leads_there, is_free, is_old).limit(AT_A_TIME).with_for_update()
    rows = db.exec(found).all()
    for row in rows:
        row.claimed_until, row.stored_at = now + CLAIM, None
        db.add(row)
    db.flush()
    return rows


def _new_number() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
