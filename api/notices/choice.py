"""Whether a reader wants mail, the address it goes to, and the link in every mail that ends it."""

import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.errors import Gone
from api.seal import Seal
from api.spoken import N_
from api.tables import Identity, MailChoice, User

PURPOSE = "ending mail"
LENGTH = 43  # of the link's proof, in hexadecimal characters: 172 bits
PAGE = "/unsubscribe"
LARGEST_ID = 2**31 - 1


def allow(db: Db, user_id: int, now: datetime) -> None:
    """The reader says that mail may be sent from now on; saying it again changes nothing."""
    if allowed_at(db, user_id) is None:
        try:
            with db.begin_nested():
                db.add(MailChoice(user_id=user_id, allowed_at=now))
        except IntegrityError:  # said twice at the same moment
            return


def stop(db: Db, user_id: int) -> None:
    db.exec(sa.delete(MailChoice).where(col(MailChoice.user_id) == user_id))


def allowed_at(db: Db, user_id: int) -> datetime | None:
    return db.exec(select(MailChoice.allowed_at).where(MailChoice.user_id == user_id)).first()


def address_of(db: Db, user_id: int) -> str | None:
    """Where mail to the reader goes: the account's own address if a provider vouches for it, or else one that is.

    What no provider vouches for may be someone else's, so nothing is sent there.
    """
    newest_first = col(Identity.vouched_at).desc().nulls_last()
    known = db.exec(select(Identity.email).where(_is_vouched_for(user_id)).order_by(newest_first)).all()
    own = db.get_one(User, user_id).email
    return own if own in known else next(iter(known), None)


def wants_mail() -> "sa.ColumnElement[bool]":
    """Of a row of User: the reader said so, and can get mail."""
    return sa.and_(can_get_mail(), sa.exists().where(col(MailChoice.user_id) == col(User.id)))


def can_get_mail() -> "sa.ColumnElement[bool]":
    """Of a row of User: the reader has an address, and is neither shut out nor leaving."""
    return sa.and_(
        col(User.disabled_at).is_(None),
        col(User.closing_at).is_(None),
        sa.exists().where(_is_vouched_for(col(User.id))),
    )


def _is_vouched_for(user_id: Any) -> "sa.ColumnElement[bool]":
    return sa.and_(col(Identity.user_id) == user_id, col(Identity.email_verified), col(Identity.email).is_not(None))


def way_out(seal: Seal, public_url: str, user: User) -> str:
    """The address that ends mail to this account, for as long as there is the account."""
    return f"{public_url}{PAGE}/{user.id}-{_proof(seal, user)}"


def user_of_way_out(db: Db, seal: Seal, token: str) -> User:
    """The account whose way out this is, or Gone."""
    number, _, proof = token.partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) <= 10 and int(number) <= LARGEST_ID
    user = db.get(User, int(number)) if is_number else None
    if user is None or not hmac.compare_digest(proof.encode(errors="replace"), _proof(seal, user).encode()):
        raise Gone(
            N_(
                "The account that it was made for has been deleted or become one with another, or "
                "the address was not copied whole. If you still get mail, turn it off on your "
                "account page."
            ),
            heading=N_("This link ends nothing"),
            way_on=("/account#notices", N_("Go to your account")),
        )
    return user


def _proof(seal: Seal, user: User) -> str:
    """Bound to when the account was made as well: SQLite gives the number of an erased one to the next."""
    return seal.digest(PURPOSE, f"{user.id} {user.created_at.isoformat()}")[:LENGTH]
