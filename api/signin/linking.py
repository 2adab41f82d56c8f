"""One account, many identities: connecting, disconnecting, and making one account of two that are one person's.

An identity is only ever connected by its own proof, brought by the session that asked for it; never by an
e-mail address.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.errors import Conflict, Gone, NotFound, SignInFailed
from api.seal import Seal, new_secret
from api.signin import log
from api.signin.people import Profile, vouch
from api.signin.sessions import Held
from api.spoken import N_
from api.tables import Audit, Identity, MergeOffer, SignInOutcome, User

OFFER_LIFETIME = timedelta(minutes=10)
PURPOSE = "merge offer"


def of_user(db: Db, user_id: int) -> Sequence[Identity]:
    return db.exec(select(Identity).where(Identity.user_id == user_id).order_by(col(Identity.id))).all()


def connect(db: Db, user_id: int, provider_id: str, profile: Profile, device: str) -> None:
    """Make the proven identity, new here, another way into the user's account."""
    identity = Identity(user_id=user_id, provider=provider_id, issuer=profile.issuer, subject=profile.subject)
    try:
        with db.begin_nested():
            db.add(identity)
    except IntegrityError as error:  # it signed in by itself a moment ago
        raise SignInFailed("identity-taken") from error
    vouch(db, identity, profile)
    log.note(db, identity, SignInOutcome.CONNECTED, device)
    _write_down(db, user_id, "identity-connected", provider_id)


def disconnect(db: Db, user_id: int, identity_id: int, providers: Collection[str], device: str) -> None:
    """Take one way in off the account; its sessions end. `providers` are those one can sign in with now.

    Raises NotFound for another's identity, Conflict where nothing would be left to sign in with.
    """
    db.exec(select(User.id).where(User.id == user_id).with_for_update())  # two at once would leave none
    identities = of_user(db, user_id)
    leaving = next((each for each in identities if each.id == identity_id), None)
    if leaving is None:
        raise NotFound
    if not any(each.provider in providers for each in identities if each is not leaving):
        raise Conflict(
            N_("It is the only one left that works here. Connect another first."),
            heading=N_("This is your last way to sign in"),
            way_on=("/account", N_("Back to your account")),
        )
    log.note(db, leaving, SignInOutcome.DISCONNECTED, device)
    db.flush()
    db.exec(sa.delete(Identity).where(col(Identity.id) == identity_id))
    _write_down(db, user_id, "identity-disconnected", leaving.provider)


def offer_merge(db: Db, seal: Seal, held: Held, identity: Identity) -> str:
    """The secret of an offer, good for this session only, to merge the account of the identity just proven.

    Raises SignInFailed where that account is disabled.
    """
    other = db.get_one(User, identity.user_id)
    if other.disabled_at is not None:
        raise SignInFailed("disabled")
    assert identity.id is not None
    db.exec(sa.delete(MergeOffer).where(col(MergeOffer.expires_at) <= clock.now()))
    secret = new_secret()
    db.add(
        MergeOffer(
            digest=seal.digest(PURPOSE, secret),
            session_id=held.session_id,
            user_id=held.reader.user_id,
            identity_id=identity.id,
            other_user_id=identity.user_id,
            expires_at=clock.now() + OFFER_LIFETIME,
        )
    )
    return secret


def look_at_offer(db: Db, seal: Seal, held: Held, secret: str) -> MergeOffer:
    """The offer that this session was made; Gone where it has ended or anything about it has changed since."""
    offer = db.exec(
        select(MergeOffer)
        .join(Identity, col(Identity.id) == col(MergeOffer.identity_id))
        .join(User, col(User.id) == col(MergeOffer.other_user_id))
        .where(
            MergeOffer.digest == seal.digest(PURPOSE, secret),
            MergeOffer.session_id == held.session_id,
            MergeOffer.user_id == held.reader.user_id,
            MergeOffer.expires_at > clock.now(),
            Identity.user_id == MergeOffer.other_user_id,
            col(User.disabled_at).is_(None),
        )
    ).first()
    if offer is None:
        raise Gone(
            N_("An offer to make one account of two holds for ten minutes, in the browser that asked, once."),
            heading=N_("This can’t be confirmed any more"),
            way_on=("/account", N_("Back to your account")),
        )
    return offer


def _write_down(db: Db, user_id: int, action: str, provider_id: str) -> None:
    db.add(Audit(actor_user_id=user_id, action=action, object="account", user_id=user_id, words=provider_id))
