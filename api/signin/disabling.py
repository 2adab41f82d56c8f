"""Shutting a reader out, and letting them back: sessions and links end at once, and do not come back."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.errors import NotFound
from api.signin import sessions
from api.signin.people import find_identity
from api.signin.roles import protect_last_administrator
from api.tables import Audit, Ticket, User


def disable(db: Db, issuer: str, subject: str, now: datetime) -> bool:
    """Shut out whoever signs in so."""
    return shut_out(db, user_of(db, issuer, subject), now)


def enable(db: Db, issuer: str, subject: str) -> bool:
    """Let whoever signs in so back in."""
    return let_back(db, user_of(db, issuer, subject))


def shut_out(db: Db, user: User, now: datetime, *, by: int | None = None) -> bool:
    """End all that the person has open. False if they were disabled; Conflict for the last administrator."""
    if user.disabled_at is not None:
        return False
    protect_last_administrator(db, user)
    user.disabled_at = now
    db.add(user)
    assert user.id is not None
    sessions.end_all(db, user.id)
    db.exec(
        sa.update(Ticket).where(col(Ticket.user_id) == user.id, col(Ticket.revoked_at).is_(None)).values(revoked_at=now)
    )
    db.add(Audit(actor_user_id=by, action="account-disabled", object="account", user_id=user.id, at=now))
    return True


def let_back(db: Db, user: User, *, by: int | None = None) -> bool:
    """Let the person sign in again. False if they could."""
    was_disabled = user.disabled_at is not None
    user.disabled_at = None
    db.add(user)
    if was_disabled:
        db.add(Audit(actor_user_id=by, action="account-enabled", object="account", user_id=user.id))
    return was_disabled


def user_of(db: Db, issuer: str, subject: str) -> User:
    identity = find_identity(db, issuer, subject)
    if identity is None:
        raise NotFound(f"Nobody has signed in as {subject} at {issuer}.")
    user = db.get(User, identity.user_id, with_for_update=True)
    assert user is not None
    return user
