"""Access keys: made by a reader for a program, shown once, good for one purpose until they end or are revoked."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access import institutions, librarians
from api.access.known import Known
from api.access.policy import Reader
from api.edge.caller import KEY_BEGINS
from api.errors import Conflict, Invalid, NotFound
from api.seal import Seal, new_secret
from api.spoken import N_
from api.tables import AccessKey, KeyScope, Role, User

PAGE = "/account/keys"  # where a reader makes and revokes them
KEY = re.compile(
    KEY_BEGINS + r"[A-Za-z0-9_-]{43}"
)  # what `make` hands out, and what scanners for lost secrets can look for
LIFE, LONGEST_LIFE = 90, 365  # days
AT_MOST = 20  # keys of one reader
LONGEST_NAME = 80  # characters
NONE_MADE: dict[str, Any] = {"heading": N_("No key was made"), "way_on": (PAGE, N_("Back to your keys"))}


@dataclass(frozen=True)
class Made:
    """A fresh key. `secret` leaves the portal once, on the page that answers its making; only its digest is kept."""

    secret: str
    name: str
    expires_at: datetime


def make(
    db: Db,
    seal: Seal,
    user_id: int,
    name: str,
    days: int,
    now: datetime,
    scope: KeyScope = KeyScope.API,
    institution: str | None = None,
) -> Made:
    """A new key that is good for so many `days`; `institution` is whose reports a librarian's is for.

    Raises Invalid for a name or a life that can't be, Conflict where the reader has all the keys one may have.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            N_("Give the key a name of at most {longest_name} letters.", longest_name=LONGEST_NAME), **NONE_MADE
        )
    if not 1 <= days <= LONGEST_LIFE:
        raise Invalid(N_("A key is good for 1 to {longest_life} days.", longest_life=LONGEST_LIFE), **NONE_MADE)
    db.get_one(User, user_id, with_for_update=True)  # of two at once for the last place, one wins
    if len(of_user(db, user_id)) >= AT_MOST:
        raise Conflict(
            N_("You have {at_most} keys, which is the limit. Revoke one first.", at_most=AT_MOST), **NONE_MADE
        )
    made = Made(KEY_BEGINS + new_secret(), name, now + timedelta(days=days))
    db.add(
        AccessKey(
            digest=_digest(seal, made.secret),
            user_id=user_id,
            name=name,
            scope=scope,
            institution=institution,
            made_at=now,
            expires_at=made.expires_at,
        )
    )
    return made


def reports_of(db: Db, reader: Reader) -> list[str | None]:
    """Whose reports a reader may make keys for: staff for anyone's (None), a librarian for those of their own houses.

    One is a librarian of a house that has named one, or by the role, of those one belongs to by a fresh sign-in;
    from where they ask proves nothing here.
    """
    if reader.is_staff:
        return [None]
    named: list[str | None] = [library.slug for library in librarians.of_reader(db, reader.user_id)]
    if reader.role != Role.LIBRARIAN:
        return named
    known = Known(db, [], replace(reader, address=None))
    rows = db.connection().execute(sa.select(*institutions.OF_HOUSE).order_by(institutions.OF_HOUSE[0]))
    houses = (institutions.House(*row) for row in rows)
    return [*named, *(house.slug for house in houses if house.slug not in named and known.belongs_to(house))]


def opens_reports(db: Db, key: AccessKey, reader: Reader) -> bool:
    """Whether a key for reports still opens them. What its owner is counts as it is now."""
    if reader.is_staff:
        return True
    if key.institution is None:
        return False
    is_named = key.institution in {library.slug for library in librarians.of_reader(db, reader.user_id)}
    return is_named or reader.role == Role.LIBRARIAN


def find(db: Db, seal: Seal, shown: str, scopes: Collection[str], now: datetime) -> AccessKey | None:
    """The key that was shown, or None where there is no such key, it has ended, or it is for something else."""
    if not KEY.fullmatch(shown):
        return None
    known = select(AccessKey).where(AccessKey.digest == _digest(seal, shown), col(AccessKey.scope).in_(scopes))
    return db.exec(known.where(AccessKey.expires_at > now)).first()


def note_use(db: Db, key: AccessKey, today: date) -> None:
    """Remember the day on which a key was used last."""
    db.exec(sa.update(AccessKey).where(col(AccessKey.id) == key.id).values(last_used_on=today))


def of_user(db: Db, user_id: int) -> Sequence[AccessKey]:
    """A reader's keys, the newest first, those that have run out included: a program that fails can be told why."""
    return db.exec(select(AccessKey).where(AccessKey.user_id == user_id).order_by(col(AccessKey.id).desc())).all()


def revoke(db: Db, user_id: int, key_id: int) -> None:
    """End one of a reader's own keys at once. Raises NotFound for anyone else's."""
    own = sa.delete(AccessKey).where(col(AccessKey.id) == key_id, col(AccessKey.user_id) == user_id)
    if db.connection().execute(own).rowcount == 0:
        raise NotFound


def revoke_all(db: Db, user_id: int) -> None:
    """End all keys of a reader at once."""
    db.exec(sa.delete(AccessKey).where(col(AccessKey.user_id) == user_id))


def forget_ended(db: Db, before: datetime) -> int:
    """Forget the keys that ran out before an instant; how many."""
    return db.connection().execute(sa.delete(AccessKey).where(col(AccessKey.expires_at) < before)).rowcount


def _digest(seal: Seal, secret: str) -> str:
    return seal.digest("access-key", secret)
