"""A title's ladder of rules and its grants: how they are read for a decision, set, given and taken."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access import institutions
from api.access.asked import AskedRule
from api.access.institutions import House
from api.access.known import Known
from api.access.policy import Reader, Rung, Standing
from api.database import hold, rows
from api.tables import AccessRequest, Answer, Grant, Institution, Rule, RuleKind, Title

_RULES = (
    sa.select(col(Rule.title_id), col(Rule.id), col(Rule.kind), col(Rule.argument), *institutions.OF_HOUSE)
    .outerjoin(
        Institution,
        (col(Rule.kind) == RuleKind.INSTITUTION) & (col(Rule.argument) == col(Institution.slug)),
    )
    .where(col(Rule.title_id).in_(sa.bindparam("title_ids", expanding=True)))
    .order_by(col(Rule.title_id), col(Rule.position))
)


def ladder(db: Db, title_id: int, reader: Reader | None) -> list[Rung]:
    """The rules of a title in order, each knowing whether `reader` satisfies it."""
    return ladders(db, [title_id], reader)[title_id]


def ladders(db: Db, title_ids: Sequence[int], reader: Reader | None) -> dict[int, list[Rung]]:
    """The ladder of each of these titles, read for all of them at once."""
    known = Known(db, title_ids, reader) if reader is not None else None
    found: dict[int, list[Rung]] = {title_id: [] for title_id in title_ids}
    for title_id, rule_id, kind, argument, *of_house in rows(db, _RULES, {"title_ids": title_ids}):
        house = House(*of_house) if of_house[0] is not None else None
        found[title_id].append(rung_for(title_id, rule_id, AskedRule(RuleKind(kind), argument), house, known))
    return found


def rung_for(title_id: int, rule_id: int, rule: AskedRule, house: House | None, known: Known | None) -> Rung:
    """One rule as it stands for whoever is `known` so; `house` is the institution that it names."""
    return Rung(
        rule.kind,
        argument=rule.argument,
        fits_reader=known is not None and _fits(title_id, rule, house, known),
        rule_id=rule_id,
        whom=house.name if house is not None else None,
        request=known.request(title_id)
        if known is not None and rule.kind is RuleKind.ON_REQUEST
        else Standing.NOT_ASKED,
    )


def _fits(title_id: int, rule: AskedRule, house: House | None, known: Known) -> bool:
    match rule.kind:
        case RuleKind.EMAIL_DOMAIN:
            return known.has_address_at(rule.argument)
        case RuleKind.CLAIM:
            return known.satisfies(rule.argument)
        case RuleKind.INSTITUTION:
            return house is not None and known.belongs_to(house)
        case RuleKind.LISTED | RuleKind.VOUCHER | RuleKind.ON_REQUEST:
            return known.has_grant(title_id, rule.kind)
    return False


def set_ladder(db: Db, title_id: int, rules: Sequence[RuleKind | AskedRule]) -> None:
    """Put `rules`, in this order, in the place of those a title has. None at all closes it to readers.

    A rule that stays keeps its row, so links that were made under it still name it. Raises NotFound for an
    institution that is not there.
    """
    db.exec(select(Title.id).where(Title.id == title_id).with_for_update())
    asked = [AskedRule(rule) if isinstance(rule, RuleKind) else rule for rule in rules]
    for rule in asked:
        if rule.kind is RuleKind.INSTITUTION:
            institutions.find(db, rule.argument or "", locked=True)
    wanted = [(str(rule.kind), rule.argument) for rule in dict.fromkeys(asked)]
    kept: dict[tuple[str, str | None], Rule] = {}
    for place, old in enumerate(db.exec(select(Rule).where(Rule.title_id == title_id)).all(), start=1):
        if (old.kind, old.argument) in wanted:
            kept[old.kind, old.argument] = old
            old.position = -place  # out of the way: a position is one rule's at any moment
        else:
            db.delete(old)
    db.flush()
    for position, (kind, argument) in enumerate(wanted, start=1):
        row = kept.get((kind, argument)) or Rule(title_id=title_id, position=position, kind=kind, argument=argument)
        row.position = position
        db.add(row)


def find_grant(db: Db, title_id: int, issuer: str, subject: str, source: RuleKind = RuleKind.LISTED) -> Grant | None:
    named = select(Grant).where(Grant.title_id == title_id, Grant.issuer == issuer, Grant.subject == subject)
    return db.exec(named.where(Grant.source == source)).first()


def give_grant(
    db: Db,
    title_id: int,
    issuer: str,
    subject: str,
    source: RuleKind = RuleKind.LISTED,
    voucher_id: int | None = None,
) -> bool:
    """Admit a reader to a title under the rule `source`. False if they were admitted so already."""
    hold(db, f"grants of title {title_id}")
    if find_grant(db, title_id, issuer, subject, source) is not None:
        return False
    db.add(Grant(title_id=title_id, issuer=issuer, subject=subject, source=source, voucher_id=voucher_id))
    return True


def take_grant(db: Db, title_id: int, issuer: str, subject: str) -> bool:
    """Take back what lets a reader in: the list, a voucher, an approved request. False if there was nothing."""
    hold(db, f"grants of title {title_id}")
    grants = db.exec(
        select(Grant).where(Grant.title_id == title_id, Grant.issuer == issuer, Grant.subject == subject)
    ).all()
    for grant in grants:
        db.delete(grant)
    db.exec(
        sa.update(AccessRequest)
        .where(
            col(AccessRequest.title_id) == title_id,
            col(AccessRequest.issuer) == issuer,
            col(AccessRequest.subject) == subject,
            col(AccessRequest.answer) == Answer.APPROVED,
        )
        .values(answer=Answer.REFUSED, decided_at=clock.now())
    )
    return bool(grants)
