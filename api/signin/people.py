"""Who a provider's word makes someone here: (issuer, subject) and nothing else is an identity."""

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access.invitations import welcome
from api.access.policy import Reader
from api.access.vouched import Vouched
from api.database import rows
from api.errors import SignInFailed
from api.tables import Audit, Identity, Role, User

OF_READER = (
    col(Identity.user_id),
    col(User.name),
    col(User.role),
    col(Identity.provider),
    col(Identity.issuer),
    col(Identity.subject),
    col(User.language),
)
_OF_USER = (
    sa.select(*OF_READER)
    .join(User, col(User.id) == col(Identity.user_id))
    .where(col(User.id) == sa.bindparam("user_id"), col(User.disabled_at).is_(None))
    .order_by(col(Identity.id))
    .limit(1)
)


@dataclass(frozen=True)
class Profile:
    """What a provider vouches for. Name and e-mail address may be missing, and neither is ever an identity.

    `email_verified` is whether the provider says that it has seen the person read mail there.
    """

    issuer: str
    subject: str
    name: str | None = None
    email: str | None = None
    email_verified: bool = False
    vouched: Vouched = field(default_factory=Vouched)
    provider_session: str | None = None  # the id of the session at the provider, by which it can end ours
    context: str | None = None  # how strong the provider calls this sign-in (`acr`)


def recognise(db: Db, provider_id: str, profile: Profile, admins: Collection[str] = ()) -> Identity:
    """The identity that `profile` proves, made on first sight with a user of its own.

    Whom `admins` name, as `<provider id>:<subject>`, is an administrator from now on. Raises SignInFailed for a
    user who is disabled.
    """
    identity = _known(db, profile) or _first_seen(db, provider_id, profile)
    user = identity.user
    if user.disabled_at is not None:
        raise SignInFailed("disabled")
    identity.provider = provider_id
    user.name = profile.name or user.name
    user.email = profile.email or user.email
    if f"{provider_id}:{profile.subject}" in admins and user.role != Role.ADMINISTRATOR:
        words = f"{user.role} → {Role.ADMINISTRATOR}, by the settings"
        user.role = Role.ADMINISTRATOR
        db.add(Audit(action="role-changed", object="account", user_id=identity.user_id, words=words))
    vouch(db, identity, profile)
    return identity


def vouch(db: Db, identity: Identity, profile: Profile) -> None:
    """Keep what the provider says now in the place of what it said before, and give what waited for its address."""
    identity.email, identity.email_verified = profile.email, profile.email_verified
    identity.claims, identity.vouched_at = profile.vouched.as_text(), clock.now()
    db.add(identity)
    welcome(db, identity, profile.email, profile.email_verified)


def _known(db: Db, profile: Profile) -> Identity | None:
    return find_identity(db, profile.issuer, profile.subject)


def find_identity(db: Db, issuer: str, subject: str) -> Identity | None:
    return db.exec(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)).first()


def _first_seen(db: Db, provider_id: str, profile: Profile) -> Identity:
    user = User(name=profile.name, email=profile.email)  # now, as a change of name makes every page old
    try:
        with db.begin_nested():
            db.add(user)
            db.flush()
            assert user.id is not None
            identity = Identity(user_id=user.id, provider=provider_id, issuer=profile.issuer, subject=profile.subject)
            db.add(identity)
    except IntegrityError:  # another first sign-in of the same person was quicker
        found = _known(db, profile)
        if found is None:
            raise
        return found
    return identity


def reader_of_user(db: Db, user_id: int) -> Reader | None:
    """A user as the decision knows them, by the identity they came with first; None where there is none or no more."""
    found = rows(db, _OF_USER, {"user_id": user_id}).first()
    return reader_of_row(*found) if found is not None else None


def as_reader(user: User, identity: Identity) -> Reader:
    return reader_of_row(
        identity.user_id, user.name, user.role, identity.provider, identity.issuer, identity.subject, user.language
    )


def reader_of_row(
    user_id: int, name: str | None, role: str, provider: str, issuer: str, subject: str, language: str | None
) -> Reader:
    """A reader from the columns of OF_READER."""
    return Reader(user_id, name, Role(role), provider, issuer, subject, language=language)
