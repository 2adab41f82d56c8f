"""The sign-in log that a reader can read about themselves."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.tables import Identity, SignIn, SignInOutcome

KEPT = timedelta(days=90)


def note(db: Db, identity: Identity, outcome: SignInOutcome, device: str) -> None:
    """Write down that `identity` was used, and drop what is old."""
    now = clock.now()
    db.exec(sa.delete(SignIn).where(col(SignIn.at) <= now - KEPT))
    db.add(
        SignIn(
            user_id=identity.user_id,
            identity_id=identity.id,
            provider=identity.provider,
            device=device,
            outcome=outcome,
            at=now,
        )
    )


def of_user(db: Db, user_id: int, limit: int | None = None) -> Sequence[SignIn]:
    """The lines about a user, the newest first."""
    lines = select(SignIn).where(SignIn.user_id == user_id, col(SignIn.at) > clock.now() - KEPT)
    return db.exec(lines.order_by(col(SignIn.at).desc(), col(SignIn.id).desc()).limit(limit)).all()
