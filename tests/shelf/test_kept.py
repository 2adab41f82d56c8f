"""Records in memory: what they save, and that no decision ever rests on an old one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from api import clock
from api.access.policy import Reason
from api.access.rules import set_ladder
from api.database import Database
from api.shelf import kept, queries
from api.shelf.queries import Shelved
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, id_of, publish
from api.tables import Kind, RuleKind, Title
from tests.records import RICH, made_up

FACTS = TitleFacts(slug="a-title", kind=Kind.REPORT, title="A Title", full_title="A Title – Whole")


@pytest.fixture
def shelf(database: Database) -> Database:
    with database.writing() as db:
        set_ladder(db, id_of(add_draft(db, TitleDraft(FACTS))), [RuleKind.EVERYONE])
        publish(db, FACTS.slug)
    return database


def found(shelf: Database) -> Shelved:
    with shelf.reading() as db:
        shelved = queries.find(db, Kind.REPORT, FACTS.slug, None, clock.now())
    assert shelved is not None
    return shelved


def test_the_second_look_reads_two_rows_and_finds_the_same_record(shelf: Database) -> None:
    first, asked = found(shelf), []
    event.listen(shelf._read, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert found(shelf).record is first.record
    assert [word for statement in asked for word in ("contributor", "chapter", "edition") if word in statement] == []
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2


def test_the_first_look_asks_no_more_than_one_question_for_each_table(shelf: Database) -> None:
    with shelf.writing() as db:
        for draft in (RICH, *map(made_up, range(5))):
            add_draft(db, draft)
            publish(db, draft.facts.slug)
    asked: list[str] = []
    event.listen(shelf._read, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with shelf.reading() as db:
        leaf = queries.catalogue(db, None, clock.now())
    assert leaf is not None
    assert len(leaf.entries) == 7
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 11


def test_an_edit_makes_a_new_record(shelf: Database) -> None:
    found(shelf)
    with shelf.writing() as db:
        title = db.exec(sa.select(Title)).scalar_one()
        title.full_title = "Another Title"
    assert found(shelf).record.full_title == "Another Title"


@pytest.mark.parametrize(
    ("by_hand", "reason"),
    [
        ("UPDATE title SET state = 'withdrawn'", Reason.WITHDRAWN),
        ("UPDATE title SET opens_at = :later", Reason.NOT_OPEN_YET),
        ("DELETE FROM rule", Reason.CLOSED),
        ("UPDATE rule SET kind = 'listed'", Reason.SIGN_IN_NEEDED),
    ],
)
def test_what_an_operator_changes_by_hand_is_decided_on_at_once(shelf: Database, by_hand: str, reason: Reason) -> None:
    assert found(shelf).decision.allowed
    given = {"later": clock.now() + timedelta(days=1)} if ":later" in by_hand else {}
    with shelf.engine.begin() as connection:
        connection.execute(sa.text(by_hand), given)
    assert found(shelf).decision.reason is reason


def test_what_is_undone_is_never_kept(shelf: Database) -> None:
    found(shelf)
    undone = shelf._writing()
    undone.exec(sa.select(Title)).scalar_one().full_title = "Never Said"
    undone.flush()
    shelved = queries.find(undone, Kind.REPORT, FACTS.slug, None, clock.now())
    assert shelved is not None
    assert shelved.record.full_title == "Never Said"
    undone.rollback()
    undone.close()
    with shelf.writing() as db:
        db.exec(sa.select(Title)).scalar_one().kicker = "Said"
    assert found(shelf).record.full_title == FACTS.full_title


def test_memory_has_an_end(shelf: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEEP_AT_MOST", 3)
    for number in range(5):
        facts = TitleFacts(slug=f"t-{number}", kind=Kind.REPORT, title="T", full_title="T")
        with shelf.writing() as db:
            add_draft(db, TitleDraft(facts))
            publish(db, facts.slug)
    with shelf.reading() as db:
        for number in range(5):
            assert queries.find(db, Kind.REPORT, f"t-{number}", None, clock.now()) is not None
        assert len(kept._records(db)) == 3
