"""Terms of use by version: what is in force, and whether a reader has still to be asked. Each is asked once."""

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, func, select

from api.database import hold, rows
from api.errors import Conflict, Invalid
from api.spoken import N_
from api.tables import Audit, Terms, TermsAcceptance

LONGEST = 50_000  # characters
_TO_ACCEPT = sa.select(col(Terms.version)).where(
    col(Terms.version) == sa.select(sa.func.max(col(Terms.version))).scalar_subquery(),
    col(Terms.words) != "",
    ~sa.exists().where(
        col(TermsAcceptance.user_id) == sa.bindparam("user_id"), col(TermsAcceptance.version) == col(Terms.version)
    ),
)


def in_force(db: Db) -> Terms | None:
    """The newest version, or None where there are none or the press has taken them back."""
    newest = db.exec(select(Terms).order_by(col(Terms.version).desc()).limit(1)).first()
    return newest if newest is not None and newest.words else None


def is_to_accept(db: Db, user_id: int) -> bool:
    """Whether terms are in force that this reader has still to accept; one statement by keys."""
    return rows(db, _TO_ACCEPT, {"user_id": user_id}).first() is not None


def has_accepted(db: Db, user_id: int, terms: Terms) -> bool:
    accepted = select(TermsAcceptance.id).where(
        TermsAcceptance.user_id == user_id, TermsAcceptance.version == terms.version
    )
    return db.exec(accepted).first() is not None


def accept(db: Db, user_id: int, version: int) -> None:
    """Write down that the reader accepts a version. Conflict where a newer one has come meanwhile."""
    hold(db, f"terms of user {user_id}")
    terms = in_force(db)
    if terms is None or terms.version != version:
        raise Conflict(N_("The terms have changed since this page was made. Read the new ones, please."))
    if not has_accepted(db, user_id, terms):
        db.add(TermsAcceptance(user_id=user_id, version=version))


def put_in_force(db: Db, words: str, *, by: int) -> None:
    """A new version, which every reader is asked about once; empty words ask nobody any more."""
    words = words.replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise Invalid(N_("The terms are longer than {longest} characters.", longest=LONGEST))
    if "\x00" in words:
        raise Invalid(N_("The terms have a sign in them that no text has (NUL)."))
    hold(db, "terms of use")
    newest = db.exec(select(Terms).order_by(col(Terms.version).desc()).limit(1)).first()
    if (newest.words if newest is not None else "") == words:
        return
    db.add(Terms(words=words, made_by=by))
    db.flush()
    db.add(Audit(actor_user_id=by, action="terms-changed", object="house"))


def accepted_by(db: Db, user_id: int) -> list[TermsAcceptance]:
    """What a reader has accepted, the oldest first."""
    of_user = select(TermsAcceptance).where(TermsAcceptance.user_id == user_id)
    return list(db.exec(of_user.order_by(col(TermsAcceptance.version))).all())


def count_accepted(db: Db, version: Terms) -> int:
    """How many readers have accepted a version."""
    accepted = select(func.count()).select_from(TermsAcceptance).where(TermsAcceptance.version == version.version)
    return db.exec(accepted).one()
