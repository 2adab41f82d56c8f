"""A title's ladder of rules and its grants: how they are read for a decision, set, given and taken."""

from collections.abc import Sequence

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader, Rung
from api.tables import Grant, Identity, Rule, RuleKind


def ladder(db: Db, title_id: int, reader: Reader | None) -> list[Rung]:
    """The rules of a title in order, each knowing whether it names `reader`."""
    rules = db.exec(select(Rule).where(Rule.title_id == title_id).order_by(col(Rule.position))).all()
    named = any(rule.kind == RuleKind.LISTED for rule in rules) and _is_named(db, title_id, reader)
    return [Rung(RuleKind(rule.kind), named and rule.kind == RuleKind.LISTED, rule.id) for rule in rules]


def _is_named(db: Db, title_id: int, reader: Reader | None) -> bool:
    """Whether a grant names any of the identities by which the reader is known here."""
    if reader is None:
        return False
    by_identity = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    named = select(Grant.id).join(Identity, by_identity)
    return db.exec(named.where(Grant.title_id == title_id, Identity.user_id == reader.user_id)).first() is not None


def find_grant(db: Db, title_id: int, issuer: str, subject: str) -> Grant | None:
    return db.exec(
        select(Grant).where(Grant.title_id == title_id, Grant.issuer == issuer, Grant.subject == subject)
    ).first()


def set_ladder(db: Db, title_id: int, kinds: Sequence[RuleKind]) -> None:
    """Put `kinds`, in this order, in the place of the rules a title has. None at all closes it to readers."""
    for rule in db.exec(select(Rule).where(Rule.title_id == title_id)).all():
        db.delete(rule)
    db.flush()
    for position, kind in enumerate(dict.fromkeys(kinds), start=1):
        db.add(Rule(title_id=title_id, position=position, kind=kind))


def give_grant(db: Db, title_id: int, issuer: str, subject: str) -> bool:
    """Name a reader of a title. False if they were named already."""
    if find_grant(db, title_id, issuer, subject) is not None:
        return False
    db.add(Grant(title_id=title_id, issuer=issuer, subject=subject))
    return True


def take_grant(db: Db, title_id: int, issuer: str, subject: str) -> bool:
    """Take a reader off a title's list. False if they were not on it."""
    grant = find_grant(db, title_id, issuer, subject)
    if grant is not None:
        db.delete(grant)
    return grant is not None
