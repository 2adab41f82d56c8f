"""One attempt to sign in for every tab: bound to the browser that began it, ended by the first use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.errors import SignInFailed
from api.seal import Seal, new_secret
from api.tables import Attempt, Purpose

LIFETIME = timedelta(minutes=10)
PENDING = 10  # attempts a browser may have under way; the oldest makes room


@dataclass(frozen=True)
class Begun:
    """What the provider is told: `state` and `nonce` as they are, the verifier only as its digest."""

    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class Errand:
    """What an attempt is for; for more than signing in, also the session and the user that began it."""

    purpose: Purpose = Purpose.SIGN_IN
    session_id: int | None = None
    user_id: int | None = None


SIGN_IN = Errand()


@dataclass(frozen=True)
class Spent:
    """What an attempt remembered until the reader came back."""

    nonce: str
    code_verifier: str
    next_path: str
    is_trial: bool = False
    errand: Errand = SIGN_IN
    begun_at: datetime | None = None

    @property
    def afresh_since(self) -> datetime | None:
        """Where the reader was to sign in afresh: not before this instant."""
        return self.begun_at if self.errand.purpose is Purpose.AGAIN else None


def begin(
    db: Db,
    seal: Seal,
    browser: str,
    provider: str,
    next_path: str,
    errand: Errand = SIGN_IN,
    *,
    is_trial: bool = False,
) -> Begun:
    """A new attempt of the browser that holds the pre-sign-in cookie `browser`."""
    now = clock.now()
    browser_digest = seal.digest("sign-in browser", browser)
    _make_room(db, browser_digest)
    begun = Begun(state=new_secret(), nonce=new_secret(), code_verifier=new_secret())
    db.add(
        Attempt(
            state_digest=seal.digest("sign-in state", begun.state),
            browser_digest=browser_digest,
            provider=provider,
            nonce=begun.nonce,
            code_verifier=begun.code_verifier,
            next_path=next_path,
            is_trial=is_trial,
            purpose=errand.purpose,
            link_session_id=errand.session_id,
            link_user_id=errand.user_id,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return begun


def spend(db: Db, seal: Seal, state: str, browser: str | None, provider: str) -> Spent:
    """End the attempt and hand out what it remembered; of any number of callers at once one succeeds.

    Raises SignInFailed where there is no such attempt, or none that this browser and this provider may end.
    """
    state_digest = seal.digest("sign-in state", state)
    browser_digest = seal.digest("sign-in browser", browser or "")
    ended = db.exec(
        sa.delete(Attempt)
        .where(
            col(Attempt.state_digest) == state_digest,
            col(Attempt.browser_digest) == browser_digest,
            col(Attempt.provider) == provider,
            col(Attempt.expires_at) > clock.now(),
        )
        .returning(
            col(Attempt.nonce),
            col(Attempt.code_verifier),
            col(Attempt.next_path),
            col(Attempt.is_trial),
            col(Attempt.purpose),
            col(Attempt.link_session_id),
            col(Attempt.link_user_id),
            col(Attempt.created_at),
        )
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        raise SignInFailed(_why_not(db, state_digest, browser_digest, provider))
    nonce, code_verifier, next_path, is_trial, purpose, session_id, user_id, begun_at = ended
    errand = Errand(Purpose(purpose), session_id, user_id)
    return Spent(nonce, code_verifier, next_path, is_trial, errand, begun_at)


def end_expired(db: Db) -> int:
    """Forget the attempts whose time is over; how many."""
    return db.connection().execute(sa.delete(Attempt).where(col(Attempt.expires_at) <= clock.now())).rowcount


def _make_room(db: Db, browser_digest: str) -> None:
    newest = (
        select(Attempt.id)
        .where(Attempt.browser_digest == browser_digest)
        .order_by(col(Attempt.created_at).desc(), col(Attempt.id).desc())
        .limit(PENDING - 1)
    )
    kept = db.exec(newest).all()
    db.exec(sa.delete(Attempt).where(col(Attempt.browser_digest) == browser_digest, col(Attempt.id).not_in(kept)))


def _why_not(db: Db, state_digest: str, browser_digest: str, provider: str) -> str:
    attempt = db.exec(select(Attempt).where(Attempt.state_digest == state_digest)).first()
    if attempt is None:
        return "attempt-unknown"
    if attempt.browser_digest != browser_digest:
        return "attempt-foreign-browser"
    if attempt.provider != provider:
        return "attempt-other-provider"
    return "attempt-expired"
