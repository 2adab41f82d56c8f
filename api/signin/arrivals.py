"""What follows when a provider has proven who came back: a session, a fresh one, or another way to sign in."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from sqlmodel import Session as Db

from api.access.policy import Reader
from api.errors import SignInFailed
from api.seal import Seal
from api.signin import linking, log, sessions, strength
from api.signin.attempts import Errand, Spent
from api.signin.people import Profile, as_reader, find_identity, recognise, vouch
from api.signin.sessions import Held
from api.tables import Identity, Purpose, SignInOutcome

CLOSING = "/account/closure"
WAYS = "/account#ways"


@dataclass(frozen=True)
class Arrival:
    """Who it was, where they go now, and the secret of their cookie where it is a new one."""

    reader: Reader
    next_path: str
    secret: str | None = None


@dataclass(frozen=True)
class Comer:
    """Who came back: the provider, what it proved, and the browser they came with."""

    provider: str
    profile: Profile
    session_secret: str | None
    device: str
    providers: Collection[strength.Vouching] = ()  # all there are: they say how strong a sign-in of staff has to be


def arrive(db: Db, seal: Seal, attempt: Spent, comer: Comer, admins: Collection[str] = ()) -> Arrival:
    """Act on what the attempt was for; whom `admins` name is an administrator once signed in.

    Raises SignInFailed where the one who began it did not come back.
    """
    match attempt.errand.purpose:
        case Purpose.SIGN_IN:
            return _signed_in(db, seal, attempt, comer, admins)
        case Purpose.AGAIN:
            return _again(db, seal, attempt, comer)
        case Purpose.CONNECT:
            return _connected(db, seal, attempt, comer)


def turned_away(db: Db, comer: Comer) -> None:
    """Tell someone known that their identity was proven and nothing came of it; of others nothing is written down."""
    identity = find_identity(db, comer.profile.issuer, comer.profile.subject)
    if identity is not None:
        log.note(db, identity, SignInOutcome.TURNED_AWAY, comer.device)


def _signed_in(db: Db, seal: Seal, attempt: Spent, comer: Comer, admins: Collection[str]) -> Arrival:
    if comer.session_secret is not None:
        sessions.end(db, seal, comer.session_secret)
    identity = recognise(db, comer.provider, comer.profile, admins)
    secret = sessions.begin(db, seal, identity, comer.device, comer.profile.provider_session, comer.profile.context)
    log.note(db, identity, SignInOutcome.SIGNED_IN, comer.device)
    who = as_reader(identity.user, identity)
    if identity.user.closing_at is not None:
        return Arrival(who, f"{CLOSING}?next={quote(attempt.next_path, safe='')}", secret)
    return Arrival(who, attempt.next_path, secret)


def _again(db: Db, seal: Seal, attempt: Spent, comer: Comer) -> Arrival:
    """The holder of the session signs in afresh, with any of their own identities and no other."""
    held = _same_holder(db, seal, attempt.errand, comer)
    identity = find_identity(db, comer.profile.issuer, comer.profile.subject)
    if identity is None or identity.user_id != held.reader.user_id:
        raise SignInFailed("again-other-account")
    if any(each.staff_contexts and each.vouches_for(identity.issuer) for each in comer.providers):
        _must_be_strong(identity, comer)
    vouch(db, identity, comer.profile)
    secret = sessions.renew(db, seal, held.session_id, identity, comer.profile.provider_session, comer.profile.context)
    log.note(db, identity, SignInOutcome.AGAIN, comer.device)
    return Arrival(held.reader, attempt.next_path, secret)


def _connected(db: Db, seal: Seal, attempt: Spent, comer: Comer) -> Arrival:
    """The holder of the session has proven another identity: theirs from now on, or another account's to merge."""
    held = _same_holder(db, seal, attempt.errand, comer)
    if strength.weighed(held.reader, held.context, comer.providers).must_prove:
        raise SignInFailed("again-not-strong")
    identity = find_identity(db, comer.profile.issuer, comer.profile.subject)
    if identity is None:
        linking.connect(db, held.reader.user_id, comer.provider, comer.profile, comer.device)
        return Arrival(held.reader, WAYS)
    if identity.user_id == held.reader.user_id:
        return Arrival(held.reader, WAYS)
    _must_be_strong(identity, comer)
    return Arrival(held.reader, f"/account/merge/{linking.offer_merge(db, seal, held, identity)}")


def _must_be_strong(identity: Identity, comer: Comer) -> None:
    """Else a weaker sign-in of someone who works at the desk would lead there by another of their ways."""
    if strength.weighed(as_reader(identity.user, identity), comer.profile.context, comer.providers).must_prove:
        raise SignInFailed("again-not-strong")


def _same_holder(db: Db, seal: Seal, errand: Errand, comer: Comer) -> Held:
    """The session that began the errand, where the browser that came back still holds it for the same user."""
    held = sessions.hold(db, seal, comer.session_secret) if comer.session_secret is not None else None
    if held is None or (held.session_id, held.reader.user_id) != (errand.session_id, errand.user_id):
        raise SignInFailed("session-changed")
    return held
