"""The ladder of a title: changed as a whole, and rules that stay keep their rows."""

from sqlmodel import select

from api.access.rules import set_ladder
from api.database import Database
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.shelving import add_draft, id_of
from api.tables import Kind, Rule, RuleKind


def test_a_rule_that_stays_keeps_its_row(database: Database) -> None:
    with database.writing() as db:
        title_id = id_of(add_draft(db, TitleDraft(TitleFacts(slug="a", kind=Kind.REPORT, title="A", full_title="A"))))
        set_ladder(db, title_id, [RuleKind.SIGNED_IN, RuleKind.ON_REQUEST])

    def ladder() -> dict[str, tuple[int | None, int]]:
        with database.reading() as db:
            return {rule.kind: (rule.id, rule.position) for rule in db.exec(select(Rule))}

    before = ladder()
    with database.writing() as db:
        set_ladder(db, title_id, [RuleKind.LISTED, RuleKind.ON_REQUEST, RuleKind.SIGNED_IN, RuleKind.LISTED])
    after = ladder()
    assert {kind: position for kind, (_, position) in after.items()} == {"listed": 1, "on-request": 2, "signed-in": 3}
    assert all(after[kind][0] == row_id for kind, (row_id, _) in before.items())
    with database.writing() as db:
        set_ladder(db, title_id, [])
    assert ladder() == {}
