"""What an import does: new, the same, changes, refused; all that was chosen or nothing, however often it is sent."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from api.database import Database
from api.errors import Conflict
from api.intake.importing import Fate, carry_out, plan
from api.intake.reading import read
from api.shelf.drafts import TitleDraft, draft_of
from api.shelf.everything import all_drafts
from api.shelf.record_csv import table
from api.shelf.record_json import pieces
from api.shelf.records import record_of
from api.shelf.revising import revise
from api.shelf.shelving import add_draft, find_title, publish
from api.tables import Audit, RecordChange
from tests.records import RICH, made_up

BOOK = "@book{a, title={Rivers of Paper: Archives}, author={Ada Sample}, year=2024, isbn={9783161484100 (pdf)}}"
OTHER = "@book{b, title={Rivers of Paper}, author={Mo Specimen}, isbn={9781402894626}}"


def shelved(database: Database, *drafts: TitleDraft) -> None:
    with database.writing() as db:
        for draft in drafts:
            add_draft(db, draft)


def fates(database: Database, text: str) -> list[str]:
    with database.reading() as db:
        return [str(each.fate) for each in plan(db, read(text.encode())[1])]


def take(database: Database, text: str, chosen: Sequence[str] | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = read(text.encode())[1]
    with database.writing() as db:
        done = carry_out(db, found, [each.seen for each in plan(db, found)] if chosen is None else chosen)
    return done.added, done.changed


def record(database: Database, slug: str) -> TitleDraft:
    with database.reading() as db:
        return draft_of(record_of(find_title(db, slug)))


@pytest.mark.parametrize("form", ["json", "csv"])
def test_everything_goes_out_and_comes_back_as_the_same_bytes(
    database: Database, tmp_path: Path, migrated: Path, form: str
) -> None:
    shelved(database, RICH, *map(made_up, range(12)))
    written = {"json": lambda drafts: "".join(pieces(drafts)), "csv": lambda drafts: "".join(table(drafts))}
    text = written[form](all_drafts(database))
    (tmp_path / "second.db").write_bytes(migrated.read_bytes())
    second = Database(f"sqlite:///{tmp_path / 'second.db'}")
    assert len(take(second, text)[0]) == 13
    for each in written.values():
        assert each(all_drafts(second)) == each(all_drafts(database))
    assert set(fates(second, text)) == {"same"}
    second.close()


def test_new_then_the_same_however_often(database: Database) -> None:
    assert fates(database, BOOK) == ["new"]
    assert take(database, BOOK) == (("rivers-of-paper",), ())
    assert fates(database, BOOK) == ["same"]
    assert take(database, BOOK, ["1:new", "1:new"]) == ((), ())
    with database.reading() as db:
        assert [row.object for row in db.exec(select(Audit).where(Audit.action == "title-imported"))] == [
            "title rivers-of-paper"
        ]


def test_what_a_bibliography_is_silent_on_stays(database: Database) -> None:
    shelved(database, RICH)
    text = "@book{a, title={Rivers of Papers}, doi={10.5555/GF.RIVERS}, keywords={archives, ink}, author={Ada Sample}}"
    with database.reading() as db:
        (each,) = plan(db, read(text.encode())[1])
    assert (each.fate, each.sign) == (Fate.CHANGES, "DOI")
    assert {change.path.partition("[")[0] for change in each.changes} >= {"title", "subtitle", "contributors"}
    assert take(database, text) == ((), ("rivers",))
    now = record(database, "rivers")
    assert (now.facts.title, now.facts.subtitle, now.facts.kind) == ("Rivers of Papers", None, RICH.facts.kind)
    assert (now.facts.abstract, now.contents, now.identifiers) == (RICH.facts.abstract, RICH.contents, RICH.identifiers)
    assert [each.heading for each in now.subjects] == ["archives", "Archiving", None, "ink"]
    with database.reading() as db:
        assert len(db.exec(select(RecordChange)).all()) == 1


def test_known_by_any_isbn_then_by_the_slug(database: Database) -> None:
    shelved(database, replace(RICH, facts=replace(RICH.facts, doi=None, doi_is_ours=False)))
    with database.reading() as db:
        (by_print,) = plan(db, read(b"@book{a, title={New Words}, isbn={978-1-4028-9462-6}}")[1])
        (by_slug,) = plan(db, read(b"@book{a, title={Rivers}, author={A B}}")[1])
    assert (by_print.sign, by_slug.sign) == ("ISBN", "slug")


def test_another_work_of_the_same_name_gets_another_address(database: Database) -> None:
    take(database, BOOK)
    assert fates(database, OTHER) == ["new"]
    assert take(database, OTHER) == (("rivers-of-paper-2",), ())
    assert fates(database, OTHER) == ["same"]


def test_an_address_is_not_given_twice_in_one_file(database: Database) -> None:
    one = {"slug": "a", "kind": "report", "title": "A"}
    text = table_of(one, {**one, "title": "B"})
    assert fates(database, text) == ["new", "refused"]
    same = "@book{a, title={A}, doi={10.5555/a}}\n@book{b, title={B}, doi={10.5555/A}}"
    take(database, same.partition("\n")[0])
    assert fates(database, same) == ["same", "refused"]


def test_an_address_of_old_is_refused_where_the_file_gives_it(database: Database) -> None:
    shelved(database, RICH)
    with database.writing() as db:
        publish(db, "rivers")
        revise(db, "rivers", replace(RICH, facts=replace(RICH.facts, slug="streams")), 1)
    assert fates(database, table_of({"slug": "rivers", "kind": "report", "title": "Another"})) == ["refused"]
    assert take(database, "@book{a, title={Rivers}, author={A B}}") == (("rivers-2",), ())


def test_a_column_that_is_not_there_changes_nothing(database: Database) -> None:
    shelved(database, RICH)
    text = table_of({"slug": "rivers", "kind": "edited-volume", "title": RICH.facts.title, "place": "Gent"})
    assert take(database, text) == ((), ("rivers",))
    assert record(database, "rivers") == replace(RICH, facts=replace(RICH.facts, place="Gent"))


def test_an_empty_cell_takes_away(database: Database) -> None:
    shelved(database, RICH)
    take(database, table_of({"slug": "rivers", "kind": "edited-volume", "title": RICH.facts.title, "funding": ""}))
    assert record(database, "rivers").funding == ()


def test_who_looked_before_somebody_else_saved_is_told(database: Database) -> None:
    take(database, BOOK)
    change = BOOK.replace("Ada", "Eda")
    with database.writing() as db:
        now = draft_of(record_of(find_title(db, "rivers-of-paper")))
        revise(db, "rivers-of-paper", replace(now, facts=replace(now.facts, place="Gent")), 1)
    with pytest.raises(Conflict, match="has been changed since you looked"):
        take(database, change + "\n" + OTHER, ["2:new", "1:1"])
    assert [draft.facts.slug for draft in all_drafts(database)] == ["rivers-of-paper"]


@pytest.mark.parametrize("chosen", ["2:new", "0:new", "x", "", "1:new:", "1:7", "9" * 5000, "٣:new"])
def test_a_choice_that_is_none(database: Database, chosen: str) -> None:
    with pytest.raises(Conflict):
        take(database, BOOK, [chosen])
    assert list(all_drafts(database)) == []


def test_a_refused_record_can_not_be_chosen(database: Database) -> None:
    text = "@book{a, title={A}, isbn={9783161484101}}"
    with database.reading() as db:
        (each,) = plan(db, read(text.encode())[1])
    assert each.why == [
        "isbn is not an ISBN: the check digit of 9783161484101 is wrong. "
        "Look it up in the imprint; a digit is mistyped."
    ]
    with pytest.raises(Conflict, match="can’t be taken in"):
        take(database, text)


def test_what_fails_at_the_last_moment_undoes_all(database: Database) -> None:
    shelved(database, RICH)
    one = {"slug": "a", "kind": "report", "title": "A", "series": "Another Series", "series_issn": "2049-3630"}
    with pytest.raises(Conflict, match="line 3, “B”: ISSN 2049-3630 is that of the series"):
        take(database, table_of({"slug": "z", "kind": "report", "title": "Z"}, {**one, "slug": "b", "title": "B"}))
    with database.reading() as db:
        assert len(db.exec(select(Audit).order_by(col(Audit.id))).all()) == 0
    assert [draft.facts.slug for draft in all_drafts(database)] == ["rivers"]


def table_of(*rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return "\n".join([",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)])
