"""Librarians of institutions: named by the press, by how they sign in, so that they read their own house's reports."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access import institutions
from api.access.lists import Person
from api.database import hold
from api.errors import Conflict, Invalid
from api.spoken import N_
from api.tables import AccessKey, Audit, Identity, Institution, KeyScope, Librarian, User

AT_MOST = 50  # of one institution
_IS_THEIRS = (col(Identity.issuer) == col(Librarian.issuer)) & (col(Identity.subject) == col(Librarian.subject))


class Named(NamedTuple):
    """A librarian as the desk sees one; without an account they have not come yet."""

    id: int
    issuer: str
    subject: str
    user_id: int | None
    name: str | None


class Library(NamedTuple):
    """An institution whose reports a librarian reads."""

    slug: str
    name: str


def of_institution(db: Db, slug: str) -> Sequence[Named]:
    found = (
        sa.select(
            col(Librarian.id), col(Librarian.issuer), col(Librarian.subject), col(Identity.user_id), col(User.name)
        )
        .join_from(Librarian, Institution, col(Institution.id) == col(Librarian.institution_id))
        .join(Identity, _IS_THEIRS, isouter=True)
        .join(User, col(User.id) == col(Identity.user_id), isouter=True)
        .where(col(Institution.slug) == slug)
        .order_by(col(Librarian.id))
    )
    return [Named._make(row) for row in db.connection().execute(found)]


def of_reader(db: Db, user_id: int) -> Sequence[Library]:
    """The institutions whose librarian an account is, by any way it signs in."""
    found = (
        sa.select(col(Institution.slug), col(Institution.name))
        .join_from(Librarian, Identity, _IS_THEIRS)
        .join(Institution, col(Institution.id) == col(Librarian.institution_id))
        .where(col(Identity.user_id) == user_id)
        .order_by(col(Institution.slug))
        .distinct()
    )
    return [Library._make(row) for row in db.connection().execute(found)]


def name_one(db: Db, slug: str, person: Person, by: int) -> bool:
    """Make somebody a librarian of an institution. False if they were.

    Raises Invalid for who is not named by a way to sign in, Conflict where there are enough.
    """
    if person.key is None:
        fault = person.fault or N_("has to be a way to sign in, such as orcid:0000-0002-1825-0097")
        raise Invalid(N_("This {fault}.", fault=fault))
    house = institutions.find(db, slug, locked=True)
    hold(db, f"librarians of {slug}")
    assert house.id is not None
    issuer, subject = person.key
    of_house = select(Librarian).where(Librarian.institution_id == house.id)
    if db.exec(of_house.where(Librarian.issuer == issuer, Librarian.subject == subject)).first() is not None:
        return False
    if len(db.exec(of_house).all()) >= AT_MOST:
        raise Conflict(N_("It has {at_most} librarians, which is the limit. Remove one first.", at_most=AT_MOST))
    db.add(Librarian(institution_id=house.id, issuer=issuer, subject=subject))
    _note(db, "librarian-named", slug, by, _account(db, issuer, subject))
    return True


def remove(db: Db, slug: str, librarian_id: int, by: int) -> bool:
    """End it, and with it their keys for this institution's reports. False if it had ended."""
    house = institutions.find(db, slug, locked=True)
    row = db.get(Librarian, librarian_id, with_for_update=True)
    if row is None or row.institution_id != house.id:
        return False
    user_id = _account(db, row.issuer, row.subject)
    db.delete(row)
    db.flush()
    if user_id is not None and slug not in {each.slug for each in of_reader(db, user_id)}:
        theirs = sa.delete(AccessKey).where(col(AccessKey.user_id) == user_id, col(AccessKey.institution) == slug)
        db.connection().execute(theirs.where(col(AccessKey.scope) == KeyScope.REPORTS))
    _note(db, "librarian-removed", slug, by, user_id)
    return True


def _account(db: Db, issuer: str, subject: str) -> int | None:
    return db.exec(select(Identity.user_id).where(Identity.issuer == issuer, Identity.subject == subject)).first()


def _note(db: Db, action: str, slug: str, by: int, user_id: int | None) -> None:
    db.add(Audit(actor_user_id=by, action=action, object=f"institution {slug}", user_id=user_id))
