"""A person as the press names them: by handle, by e-mail address, or by the number of their account."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.access.asked import normal_address
from api.access.policy import Reader
from api.errors import Invalid
from api.signin.people import find_identity, reader_of_user
from api.spoken import N_
from api.tables import Identity

LARGEST_ID = 2**31 - 1
LONGEST = 300  # characters of what is typed


def find_person(db: Db, text: str, issuers: Mapping[str, str | None]) -> Reader:
    """The reader who is meant, or Invalid with the reason why nobody is."""
    words = text.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise Invalid(N_("Write a handle such as demo:ben, an e-mail address or an account number."))
    user_ids = _found(db, words, issuers)
    readers = [reader for user_id in user_ids if (reader := reader_of_user(db, user_id)) is not None]
    if len(readers) == 1:
        return readers[0]
    if readers:
        handles = ", ".join(reader.handle for reader in readers)
        raise Invalid(N_("Several accounts have this address: {handles}. Write one of them.", handles=handles))
    if user_ids:
        raise Invalid(N_("This account is disabled: nobody can use it."))
    raise Invalid(N_("Nobody has signed in here as that."))


def _found(db: Db, words: str, issuers: Mapping[str, str | None]) -> list[int]:
    if words.isascii() and words.isdigit():
        exists = sa.select(col(Identity.user_id)).where(col(Identity.user_id) == min(int(words[:18]), LARGEST_ID))
        return list(db.connection().scalars(exists.limit(1)))
    provider, colon, subject = words.partition(":")
    issuer = issuers.get(provider) if colon else None
    if issuer is not None:
        identity = find_identity(db, issuer, subject)
        return [identity.user_id] if identity is not None else []
    address = normal_address(words)
    if address is None:
        return []
    theirs = sa.select(col(Identity.user_id)).where(
        sa.func.lower(Identity.email) == address, col(Identity.email_verified).is_(True)
    )
    return list(db.connection().scalars(theirs.distinct().order_by(col(Identity.user_id)).limit(5)))
