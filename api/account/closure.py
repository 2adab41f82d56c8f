"""Closing an account: seven days to undo it, then nothing of the person is left."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access import keys
from api.account.kept import UNDO
from api.comments import writing
from api.seal import Seal
from api.signin import linking, sessions
from api.signin.roles import protect_last_administrator
from api.tables import Audit, Erasure, Grant, Identity, Invitation, Librarian, Ticket, User

ERASED = "erased"  # stands where an issuer stood; no provider can be called so


def close(db: Db, user_id: int, now: datetime, *, comments_stay: bool = False) -> datetime:
    """Sign the user out everywhere, end their links and access keys, and say when the account is erased.

    `comments_stay` is whether what they said below titles is left then, without a name.

    Raises Conflict for the last administrator.
    """
    user = db.get_one(User, user_id)
    protect_last_administrator(db, user)
    user.closing_at, user.comments_stay = now + UNDO, comments_stay
    db.add(user)
    sessions.end_all(db, user_id)
    db.exec(sa.delete(Ticket).where(col(Ticket.user_id) == user_id))
    keys.revoke_all(db, user_id)
    db.add(Audit(actor_user_id=user_id, action="account-closed", object="account", user_id=user_id, at=now))
    return user.closing_at


def reopen(db: Db, user_id: int, now: datetime) -> None:
    """Undo the closing; an account that is not closing stays as it is."""
    user = db.get_one(User, user_id)
    if user.closing_at is not None:
        user.closing_at, user.comments_stay = None, False
        db.add(user)
        db.add(Audit(actor_user_id=user_id, action="account-reopened", object="account", user_id=user_id, at=now))


def finish_closures(db: Db, seal: Seal, now: datetime) -> int:
    """Erase the accounts whose seven days are over; how many there were."""
    due = db.exec(select(User.id).where(col(User.closing_at) <= now)).all()
    for user_id in due:
        assert user_id is not None
        erase(db, seal, user_id, now)
    return len(due)


def erase(db: Db, seal: Seal, user_id: int, now: datetime) -> None:
    """Remove a user and all that points to them; their identities stay as keyed digests for 90 days.

    Their comments stay without a name only where the account's own row says so. A backup from before they chose
    doesn't, so that a restored portal deletes them.
    """
    for identity in linking.of_user(db, user_id):
        if identity.email is not None and identity.email_verified:
            db.exec(sa.delete(Invitation).where(col(Invitation.email) == identity.email.lower()))
        theirs = (col(Librarian.issuer) == identity.issuer, col(Librarian.subject) == identity.subject)
        db.exec(sa.delete(Librarian).where(*theirs))
        db.add(Erasure(digest=_digest(seal, identity), erased_at=now))
        for grant in db.exec(
            select(Grant).where(Grant.issuer == identity.issuer, Grant.subject == identity.subject)
        ).all():
            grant.issuer, grant.subject = ERASED, str(grant.id)
            db.add(grant)
    writing.leave(db, user_id, comments_stay=db.get_one(User, user_id).comments_stay)
    db.add(Audit(action="account-erased", object="account", at=now))
    db.flush()
    db.exec(sa.delete(User).where(col(User.id) == user_id))
    db.expire_all()


def replay_erasures(db: Db, seal: Seal, ledger: Collection[tuple[str, datetime]], now: datetime) -> int:
    """After a backup is restored: erase again who was erased since it was made; how many accounts that were.

    `ledger` are the digests and instants of the newest ledger there is. Who came back after their erasure,
    as someone new, stays.
    """
    erased_at = dict(sorted(ledger, key=lambda line: line[1]))
    again = {
        identity.user_id
        for identity in db.exec(select(Identity)).all()
        if identity.created_at < erased_at.get(_digest(seal, identity), identity.created_at)
    }
    for user_id in again:
        erase(db, seal, user_id, now)
    return len(again)


def _digest(seal: Seal, identity: Identity) -> str:
    return seal.digest("erasure", f"{identity.issuer} {identity.subject}")
