"""Sessions: a random cookie whose digest is a row. When the row is gone, nobody is signed in."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access.policy import Reader
from api.seal import Seal, new_secret
from api.signin.people import as_reader
from api.tables import Identity, Session, User

LIFETIME = timedelta(days=7)


def begin(db: Db, seal: Seal, identity: Identity) -> str:
    """A new session of `identity`; the secret for its cookie, which is kept nowhere else."""
    assert identity.id is not None
    now = clock.now()
    secret = new_secret()
    db.add(
        Session(
            digest=_digest(seal, secret),
            user_id=identity.user_id,
            identity_id=identity.id,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return secret


def find(db: Db, seal: Seal, secret: str) -> Reader | None:
    """Who holds this session, or None where it is unknown or over or its user is disabled."""
    found = db.exec(
        select(User, Identity)
        .join(Identity, col(Identity.user_id) == col(User.id))
        .join(Session, col(Session.identity_id) == col(Identity.id))
        .where(
            Session.digest == _digest(seal, secret),
            Session.expires_at > clock.now(),
            col(User.disabled_at).is_(None),
        )
    ).first()
    return as_reader(*found) if found is not None else None


def end(db: Db, seal: Seal, secret: str) -> None:
    """Forget the session; an unknown one is already forgotten."""
    db.exec(sa.delete(Session).where(col(Session.digest) == _digest(seal, secret)))


def end_expired(db: Db) -> int:
    """Forget the sessions whose time is over; how many."""
    return db.connection().execute(sa.delete(Session).where(col(Session.expires_at) <= clock.now())).rowcount


def _digest(seal: Seal, secret: str) -> str:
    return seal.digest("session", secret)
