"""A record replaced as a whole: what stays the same stays the same row, and of two editors the second is told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from api import clock
from api.access.rules import set_ladder
from api.database import Database
from api.errors import Conflict, NotFound
from api.formats.record import ContentsLine, Person, TitleRecord
from api.shelf.drafts import draft_of
from api.shelf.queries import revision
from api.shelf.record_rules import FaultyRecord
from api.shelf.records import record_of
from api.shelf.revising import Change, RecordChanged, revise
from api.shelf.shelving import TitleDraft, add_draft, find_title, id_of, publish
from api.tables import (
    Audit,
    Chapter,
    Contributor,
    FormerAddress,
    Identifier,
    Kind,
    RecordChange,
    RemovedChapter,
    RuleKind,
    Series,
    Title,
)
from tests.records import RICH, made_up

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def shelf(database: Database) -> Database:
    with clock.frozen(datetime(2026, 11, 20, tzinfo=UTC)), database.writing() as db:
        add_draft(db, RICH)
    return database


def record(shelf: Database, slug: str = "rivers") -> TitleRecord:
    with shelf.reading() as db:
        return record_of(find_title(db, slug))


def revised(shelf: Database, draft: TitleDraft, version: int = 1, slug: str = "rivers") -> tuple[Change, ...]:
    with shelf.writing() as db:
        return revise(db, slug, draft, version)


def with_facts(**said: object) -> TitleDraft:
    return replace(RICH, facts=replace(RICH.facts, **said))


def ids(shelf: Database) -> dict[str, int | None]:
    return {line.name: line.id for line in record(shelf).contents}


def test_the_whole_record_is_kept(shelf: Database) -> None:
    assert draft_of(record(shelf)) == RICH
    assert record(shelf).version == 1


def test_the_whole_record_is_replaced(shelf: Database) -> None:
    for version, seed in enumerate(range(12), start=1):
        new = replace(made_up(seed), facts=replace(made_up(seed).facts, slug="rivers"))
        revised(shelf, new, version)
        assert draft_of(record(shelf)) == new, seed
        assert record(shelf).version == version + 1
    with shelf.reading() as db:
        people = sum(len(each.contributors) for each in (new, *new.contents))
        assert len(db.exec(select(Contributor)).all()) == people
        assert len(db.exec(select(Chapter)).all()) == len(new.contents)
        assert len(db.exec(select(Identifier)).all()) == len(new.identifiers)


def test_what_changed_is_said_and_kept(shelf: Database) -> None:
    with clock.frozen(NOON):
        changes = revised(shelf, with_facts(title="Rivers", pages=None))
    assert changes == (Change("title", "Rivers of Paper", "Rivers"), Change("pages", 312, None))
    with shelf.reading() as db:
        kept = db.exec(select(RecordChange)).one()
        act = db.exec(select(Audit)).one()
    assert [Change(**each) for each in kept.fields] == list(changes)
    assert (kept.version, kept.changed_at, kept.actor_user_id) == (2, NOON, None)
    assert (act.action, act.object, act.words) == ("record-revised", "title rivers", "title, pages")
    assert record(shelf).modified_at == NOON


def test_a_record_that_says_the_same_changes_nothing(shelf: Database) -> None:
    with shelf.reading() as db:
        before = revision(db)
    assert revised(shelf, RICH) == ()
    with shelf.reading() as db:
        assert revision(db) == before
        assert db.exec(select(RecordChange)).all() == []
    assert record(shelf).version == 1


def test_the_second_of_two_editors_is_told_what_the_first_has_changed(shelf: Database) -> None:
    revised(shelf, with_facts(title="First"))
    revised(shelf, replace(with_facts(title="First"), funding=()), 2)
    with pytest.raises(RecordChanged, match="“rivers” has been changed since you began: title, funding") as caught:
        revised(shelf, with_facts(title="Second"))
    assert caught.value.version == 3
    assert caught.value.changes[0] == Change("title", "Rivers of Paper", "First")
    assert caught.value.changes[1].path == "funding"
    assert record(shelf).title == "First"
    with pytest.raises(RecordChanged) as caught:
        revised(shelf, with_facts(title="Second"), 2)
    assert [change.path for change in caught.value.changes] == ["funding"]


def test_of_many_editors_at_once_one_is_first(shelf: Database) -> None:
    def change(number: int) -> bool:
        try:
            revised(shelf, with_facts(title=f"By {number}"))
        except RecordChanged:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(change, range(8))).count(True) == 1
    assert record(shelf).version == 2


def test_a_row_in_a_list_is_named_by_its_place(shelf: Database) -> None:
    people = (replace(RICH.contributors[0], given="Ana"), *RICH.contributors[1:])
    assert revised(shelf, replace(RICH, contributors=people)) == (Change("contributors[1].given", "Ada", "Ana"),)


def test_chapters_keep_their_ids_wherever_they_go(shelf: Database) -> None:
    before = ids(shelf)
    part, chapter = RICH.contents
    moved = (
        ContentsLine("New", number="1", first_page="2"),
        replace(chapter, name="Another name"),  # known by its DOI
        replace(part, first_page="2"),  # known by its number and name
    )
    revised(shelf, replace(RICH, contents=moved))
    after = ids(shelf)
    assert after["Another name"] == before["The Clerk’s Hand"]
    assert after["Beginnings"] == before["Beginnings"]
    assert after["New"] not in before.values()
    assert [line.name for line in record(shelf).contents] == ["New", "Another name", "Beginnings"]


def test_a_form_that_knows_the_id_may_change_all_else(shelf: Database) -> None:
    part, chapter = record(shelf).contents
    other = ContentsLine("All new", number="9", first_page="99", id=chapter.id)
    revised(shelf, replace(RICH, contents=(other, part)))
    assert ids(shelf)["All new"] == chapter.id


def test_an_id_of_another_title_is_nobodys(shelf: Database) -> None:
    with shelf.writing() as db:
        add_draft(db, replace(made_up(1), contents=(ContentsLine("Theirs"),)))
    theirs = record(shelf, "made-up-1").contents[0].id
    revised(shelf, replace(RICH, contents=(ContentsLine("Mine", id=theirs),)))
    assert record(shelf).contents[0].id != theirs
    assert record(shelf, "made-up-1").contents[0].id == theirs


def test_a_removed_chapter_of_a_published_title_is_remembered_and_its_id_not_given_again(shelf: Database) -> None:
    with shelf.writing() as db:
        publish(db, "rivers")
    chapter = record(shelf).contents[1]
    with clock.frozen(NOON):
        revised(shelf, replace(RICH, contents=RICH.contents[:1]))
    with shelf.reading() as db:
        gone = db.exec(select(RemovedChapter)).one()
    assert (gone.chapter_id, gone.removed_at) == (chapter.id, NOON)
    revised(shelf, RICH, 2)
    assert record(shelf).contents[1].id != chapter.id
    assert record(shelf).contents[1].address not in (None, chapter.address), "its address was another chapter's"


def test_a_series_is_one_row_and_learns_its_issn(shelf: Database) -> None:
    with shelf.writing() as db:
        facts = replace(made_up(1).facts, series="Studies in Record Keeping", series_issn=None)
        add_draft(db, replace(made_up(1), facts=facts))
        facts = replace(made_up(2).facts, series="Other Studies", series_issn=None, series_number=None)
        add_draft(db, replace(made_up(2), facts=facts))
        facts = replace(made_up(3).facts, series="Other Studies", series_issn="2434-561X", series_number="1")
        add_draft(db, replace(made_up(3), facts=facts))
    with shelf.reading() as db:
        assert {row.name: row.issn for row in db.exec(select(Series))} == {
            "Studies in Record Keeping": "2049-3630",
            "Other Studies": "2434-561X",
        }
    assert record(shelf, "made-up-1").series_issn == "2049-3630"
    assert record(shelf).series_id == record(shelf, "made-up-1").series_id
    with pytest.raises(Conflict, match="ISSN 2049-3630 is that of the series “Studies in Record Keeping”"):
        revised(shelf, with_facts(series="Other Studies"))


def test_what_the_rules_refuse_changes_nothing(shelf: Database) -> None:
    with pytest.raises(FaultyRecord, match="isbn"):
        revised(shelf, with_facts(isbn="1"))
    with pytest.raises(FaultyRecord, match="slug"), shelf.writing() as db:
        add_draft(db, with_facts(slug="A"))
    with pytest.raises(NotFound):
        revised(shelf, RICH, slug="nowhere")
    assert draft_of(record(shelf)) == RICH


def test_a_published_title_leaves_its_address_and_nobody_else_gets_it(shelf: Database) -> None:
    with shelf.writing() as db:
        publish(db, "rivers")
        add_draft(db, made_up(1))
    revised(shelf, with_facts(slug="streams", kind=Kind.MONOGRAPH))
    with shelf.reading() as db:
        assert [(row.kind, row.slug) for row in db.exec(select(FormerAddress))] == [("edited-volume", "rivers")]
    with pytest.raises(Conflict, match="“rivers” was another title’s address"), shelf.writing() as db:
        add_draft(db, RICH)
    with pytest.raises(Conflict, match="“rivers” was another title’s address"):
        revised(shelf, replace(made_up(1), facts=replace(made_up(1).facts, slug="rivers")), slug="made-up-1")
    with pytest.raises(Conflict, match="There is a title “made-up-1” already"):
        revised(shelf, with_facts(slug="made-up-1"), 2, "streams")
    revised(shelf, RICH, 2, "streams")  # its own old address it may have back
    with shelf.reading() as db:
        assert [(row.kind, row.slug) for row in db.exec(select(FormerAddress))] == [("monograph", "streams")]


def test_a_draft_leaves_no_address(shelf: Database) -> None:
    revised(shelf, with_facts(slug="streams"))
    with shelf.reading() as db:
        assert db.exec(select(FormerAddress)).all() == []
    with shelf.writing() as db:
        add_draft(db, replace(RICH, facts=replace(RICH.facts, slug="rivers")))


@pytest.mark.parametrize("what", ["rules", "state", "series", "contributor"])
def test_every_change_to_what_is_public_dates_the_record(shelf: Database, what: str) -> None:
    before = record(shelf).modified_at
    with clock.frozen(NOON), shelf.writing() as db:
        title = find_title(db, "rivers")
        if what == "rules":
            set_ladder(db, id_of(title), [RuleKind.EVERYONE])
        elif what == "state":
            publish(db, "rivers")
        elif what == "series":
            db.exec(select(Series)).one().name = "Another name"
        else:
            title.contributors[0].given = "Ana"
    assert before != NOON
    assert record(shelf).modified_at == NOON


def test_looking_changes_no_date(shelf: Database) -> None:
    before = record(shelf).modified_at
    with clock.frozen(NOON), shelf.writing() as db:
        assert db.exec(select(Title)).one().title == "Rivers of Paper"
    assert record(shelf).modified_at == before


def test_a_person_with_everything_has_one_display_name() -> None:
    person = Person(given="Ludwig", particle="van der", family="Muster", suffix="Jr.")
    assert person.display == "Ludwig van der Muster Jr."
