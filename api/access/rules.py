"""A title's ladder of rules and its grants: how they are read for a decision, set, given and taken."""

from collections.abc import Sequence

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader, Rung
from api.database import hold
from api.tables import Grant, Identity, Rule, RuleKind, Title


def ladder(db: Db, title_id: int, reader: Reader | None) -> list[Rung]:
    """The rules of a title in order, each knowing whether it names `reader`."""
    return ladders(db, [title_id], reader)[title_id]


def ladders(db: Db, title_ids: Sequence[int], reader: Reader | None) -> dict[int, list[Rung]]:
    """The ladder of each of these titles, read for all of them at once."""
    of_these = select(Rule.title_id, Rule.kind, Rule.id).where(col(Rule.title_id).in_(title_ids))
    rules = db.exec(of_these.order_by(col(Rule.title_id), col(Rule.position))).all()
    listed = {title_id for title_id, kind, _ in rules if kind == RuleKind.LISTED}
    named = _naming(db, listed, reader) if listed and reader is not None else set()
    found: dict[int, list[Rung]] = {title_id: [] for title_id in title_ids}
    for title_id, kind, rule_id in rules:
        found[title_id].append(Rung(RuleKind(kind), kind == RuleKind.LISTED and title_id in named, rule_id))
    return found


def _naming(db: Db, title_ids: set[int], reader: Reader) -> set[int]:
    """Those of the titles that a grant opens to any of the identities by which the reader is known here."""
    by_identity = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    named = select(Grant.title_id).join(Identity, by_identity)
    return set(db.exec(named.where(col(Grant.title_id).in_(title_ids), Identity.user_id == reader.user_id)))


def find_grant(db: Db, title_id: int, issuer: str, subject: str) -> Grant | None:
    return db.exec(
        select(Grant).where(Grant.title_id == title_id, Grant.issuer == issuer, Grant.subject == subject)
    ).first()


def set_ladder(db: Db, title_id: int, kinds: Sequence[RuleKind]) -> None:
    """Put `kinds`, in this order, in the place of the rules a title has. None at all closes it to readers."""
    db.exec(select(Title.id).where(Title.id == title_id).with_for_update())
    for rule in db.exec(select(Rule).where(Rule.title_id == title_id)).all():
        db.delete(rule)
    db.flush()
    for position, kind in enumerate(dict.fromkeys(kinds), start=1):
        db.add(Rule(title_id=title_id, position=position, kind=kind))


def give_grant(db: Db, title_id: int, issuer: str, subject: str) -> bool:
    """Name a reader of a title. False if they were named already."""
    hold(db, f"grants of title {title_id}")
    if find_grant(db, title_id, issuer, subject) is not None:
        return False
    db.add(Grant(title_id=title_id, issuer=issuer, subject=subject))
    return True


def take_grant(db: Db, title_id: int, issuer: str, subject: str) -> bool:
    """Take a reader off a title's list. False if they were not on it."""
    hold(db, f"grants of title {title_id}")
    grant = find_grant(db, title_id, issuer, subject)
    if grant is not None:
        db.delete(grant)
    return grant is not None
