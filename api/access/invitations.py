"""Named readers who are known by an e-mail address only, until they come with it verified."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.asked import normal_address
from api.access.rules import give_grant
from api.tables import Identity, Invitation

FEW = 500  # addresses that are asked about one by one


def invited(db: Db, title_id: int, emails: Collection[str] | None = None) -> set[str]:
    """The addresses that wait on a title's list; where few are asked about, of those only."""
    waiting = select(Invitation.email).where(Invitation.title_id == title_id)
    if emails is not None and len(emails) <= FEW:
        waiting = waiting.where(col(Invitation.email).in_(emails))
    return set(db.exec(waiting).all())


def take_back(db: Db, title_id: int, email: str) -> bool:
    """Take an address off the list. False if nobody waits under it, perhaps because they have come."""
    taken = db.connection().execute(
        sa.delete(Invitation).where(col(Invitation.title_id) == title_id, col(Invitation.email) == email)
    )
    return taken.rowcount > 0


def welcome(db: Db, identity: Identity, email: str | None, email_verified: object) -> None:
    """Give whoever signs in with a verified address what waits under it. Each invitation names one identity only."""
    address = normal_address(email or "")
    if address is None or email_verified is not True:
        return
    for invitation in db.exec(select(Invitation).where(Invitation.email == address).with_for_update()).all():
        give_grant(db, invitation.title_id, identity.issuer, identity.subject)
        db.delete(invitation)
