"""A ladder that may not be saved yet, as it would stand for somebody: to try it, and to see what it would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.asked import AskedRule
from api.access.institutions import House
from api.access.known import Known
from api.access.policy import Rung
from api.access.rules import rung_for
from api.tables import Institution, Rule, RuleKind


@dataclass(frozen=True)
class Ladder:
    """Rules in order, with the institutions they name by slug. The `rule_id` of a rung is its place, from 1 on."""

    title_id: int
    rules: tuple[AskedRule, ...]
    houses: Mapping[str, House]

    def rungs(self, known: Known | None) -> list[Rung]:
        """The ladder as it stands for whoever is `known` so; None: nobody."""
        return [
            rung_for(self.title_id, place, rule, self._house(rule), known)
            for place, rule in enumerate(self.rules, start=1)
        ]

    @property
    def asks_the_network(self) -> bool:
        """Whether where a reader asks from can let them in; that is never kept, so nobody can be looked up by it."""
        return any(house is not None and house.networks for house in map(self._house, self.rules))

    def _house(self, rule: AskedRule) -> House | None:
        return self.houses.get(rule.argument or "") if rule.kind is RuleKind.INSTITUTION else None


def rules_of(db: Db, title_id: int) -> tuple[AskedRule, ...]:
    """A title's rules as somebody wrote them, in order."""
    kept = select(Rule).where(Rule.title_id == title_id).order_by(col(Rule.position))
    return tuple(AskedRule(RuleKind(row.kind), row.argument) for row in db.exec(kept).all())


def ladder_of(db: Db, title_id: int, rules: Sequence[AskedRule]) -> Ladder:
    """These rules, as if the title had them."""
    named = {rule.argument for rule in rules if rule.kind is RuleKind.INSTITUTION}
    found = db.exec(select(Institution).where(col(Institution.slug).in_(named))).all() if named else ()
    return Ladder(title_id, tuple(rules), {row.slug: described(row) for row in found})


def described(row: Institution) -> House:
    """An institution as an editor describes it."""
    return House(row.slug, row.name, row.ror, tuple(row.domains), tuple(row.networks), row.issuer)
