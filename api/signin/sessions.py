"""Sessions: a random cookie whose digest is a row. When the row is gone, nobody is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access.policy import Reader
from api.database import rows
from api.errors import SignInAgain
from api.seal import Seal, new_secret
from api.signin.people import OF_READER, reader_of_row
from api.spoken import N_
from api.tables import Identity, Session, User

LIFETIME = timedelta(days=7)
IDLE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=10)  # how exact the idle time is; a write for every request would cost more
NOT_STRONG = N_("The desk needs a sign-in that its provider calls a strong one.")
RECENT = timedelta(minutes=15)  # how long a sign-in counts as fresh for changes that hand over the account


_HELD = (
    sa.select(
        col(Session.id), col(Session.authenticated_at), col(Session.last_seen_at), col(Session.context), *OF_READER
    )
    .join(Identity, col(Identity.id) == col(Session.identity_id))
    .join(User, col(User.id) == col(Identity.user_id))
    .where(
        col(Session.digest) == sa.bindparam("digest"),
        col(Session.expires_at) > sa.bindparam("now"),
        col(Session.last_seen_at) > sa.bindparam("idle_since"),
        col(User.disabled_at).is_(None),
    )
)


@dataclass(frozen=True)
class Held:
    """A session that is good now, and who holds it."""

    session_id: int
    reader: Reader
    authenticated_at: datetime
    last_seen_at: datetime
    context: str | None = None  # how strong the provider called the sign-in

    def must_be_recent(self, next_path: str) -> None:
        """Raise SignInAgain, to come back to `next_path`, where the sign-in is 15 minutes old or more."""
        if clock.now() - self.authenticated_at >= RECENT:
            raise SignInAgain(next_path)

    def must_be_strong(self, next_path: str) -> None:
        """The same for someone who works at the desk and has not signed in strongly enough for it."""
        if self.reader.must_prove:
            raise SignInAgain(next_path, NOT_STRONG)


def begin(
    db: Db,
    seal: Seal,
    identity: Identity,
    device: str = "",
    provider_session: str | None = None,
    context: str | None = None,
) -> str:
    """A new session of `identity`; the secret for its cookie, which is kept nowhere else.

    `provider_session` is the provider's own id of its session, by which it can end ours; `context` says how strong
    it calls the sign-in.
    """
    assert identity.id is not None
    now = clock.now()
    secret = new_secret()
    db.add(
        Session(
            digest=_digest(seal, secret),
            user_id=identity.user_id,
            identity_id=identity.id,
            device=device,
            provider_session=provider_digest(seal, identity.issuer, provider_session),
            context=context,
            created_at=now,
            authenticated_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return secret


def renew(
    db: Db,
    seal: Seal,
    session_id: int,
    identity: Identity,
    provider_session: str | None,
    context: str | None = None,
) -> str:
    """The same session after a fresh sign-in with `identity`: its clock starts anew, under a new secret."""
    now = clock.now()
    db.exec(
        sa.update(Session)
        .where(col(Session.id) == session_id)
        .values(
            identity_id=identity.id,
            provider_session=provider_digest(seal, identity.issuer, provider_session),
            context=context,
            authenticated_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return rotate(db, seal, session_id)


def rotate(db: Db, seal: Seal, session_id: int) -> str:
    """The same session under a new secret; who knew the old one is nobody."""
    secret = new_secret()
    db.exec(sa.update(Session).where(col(Session.id) == session_id).values(digest=_digest(seal, secret)))
    return secret


def hold(db: Db, seal: Seal, secret: str) -> Held | None:
    """The session behind a cookie, or None where it is unknown, over or idle, or its user is disabled."""
    now = clock.now()
    found = rows(db, _HELD, {"digest": _digest(seal, secret), "now": now, "idle_since": now - IDLE}).first()
    if found is None:
        return None
    session_id, authenticated_at, last_seen_at, context, *of_reader = found
    return Held(session_id, reader_of_row(*of_reader), authenticated_at, last_seen_at, context)


def find(db: Db, seal: Seal, secret: str) -> Reader | None:
    """Who holds this session, or None where nobody does."""
    held = hold(db, seal, secret)
    return held.reader if held is not None else None


def is_due(held: Held) -> bool:
    """Whether it is time to write down that the session is in use."""
    return clock.now() - held.last_seen_at >= SEEN_EVERY


def seen(db: Db, held: Held) -> None:
    db.exec(sa.update(Session).where(col(Session.id) == held.session_id).values(last_seen_at=clock.now()))


def end(db: Db, seal: Seal, secret: str) -> None:
    """Forget the session; an unknown one is already forgotten."""
    db.exec(sa.delete(Session).where(col(Session.digest) == _digest(seal, secret)))


def end_expired(db: Db) -> int:
    """Forget the sessions whose time is over, or that nobody has used for too long; how many."""
    now = clock.now()
    is_over = (col(Session.expires_at) <= now) | (col(Session.last_seen_at) <= now - IDLE)
    return db.connection().execute(sa.delete(Session).where(is_over)).rowcount


def of_user(db: Db, user_id: int) -> Sequence[Session]:
    """A user's sessions that are good now, the one used last first."""
    now = clock.now()
    return db.exec(
        select(Session)
        .where(Session.user_id == user_id, Session.expires_at > now, Session.last_seen_at > now - IDLE)
        .order_by(col(Session.last_seen_at).desc(), col(Session.id).desc())
    ).all()


def end_one(db: Db, user_id: int, session_id: int) -> None:
    """End one of the user's own sessions; another's stays."""
    db.exec(sa.delete(Session).where(col(Session.user_id) == user_id, col(Session.id) == session_id))


def end_all(db: Db, user_id: int, *, but: int | None = None) -> None:
    """End every session of a user, `but` the one of this id."""
    ended = sa.delete(Session).where(col(Session.user_id) == user_id)
    db.exec(ended.where(col(Session.id) != but) if but is not None else ended)


def end_of_provider(db: Db, seal: Seal, issuer: str, subject: str | None, provider_session: str | None) -> list[int]:
    """End the sessions a provider means, by subject, by its own session id, or by both; whose they were."""
    meant = select(Identity.id).where(Identity.issuer == issuer)
    if subject is not None:
        meant = meant.where(Identity.subject == subject)
    ended = sa.delete(Session).where(col(Session.identity_id).in_(meant))
    if provider_session is not None:
        ended = ended.where(col(Session.provider_session) == provider_digest(seal, issuer, provider_session))
    return list(db.exec(ended.returning(col(Session.user_id)).execution_options(synchronize_session=False)).scalars())


def provider_digest(seal: Seal, issuer: str, provider_session: str | None) -> str | None:
    return None if provider_session is None else seal.digest("provider session", f"{issuer} {provider_session}")


def _digest(seal: Seal, secret: str) -> str:
    return seal.digest("session", secret)
