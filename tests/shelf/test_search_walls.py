"""The search and the walls: what each reader finds, what nobody finds, and that hidden text changes nothing."""

from datetime import timedelta

from api.access.rules import give_grant
from api.database import Database
from api.formats.terms import terms_of
from api.shelf import search, shelving
from api.shelf.search import Wanted
from api.tables import Role, RuleKind
from tests.shelf.searching import ISSUER, NOBODY, NOW, only, reader, searched, shelve, slugs, words


def test_drafts_and_tombstones_are_found_by_nobody(database: Database) -> None:
    ada = reader(database, "ada", Role.EDITOR)
    shelve(database, "draft", abstract="Xylograph", pages=["Quincunx"], rules=[RuleKind.EVERYONE], is_draft=True)
    shelve(database, "gone", abstract="Xylograph", pages=["Quincunx"], rules=[RuleKind.EVERYONE])
    assert slugs(searched(database, "xylograph")) == slugs(searched(database, "quincunx")) == ["gone"]
    with database.writing() as db:
        shelving.withdraw(db, "gone")
    for who in (NOBODY, ada):
        for text in ("xylograph", "quincunx"):
            assert searched(database, text, who).count == 0


def test_inside_a_volume_only_those_find_anything_who_may_read_it(database: Database) -> None:
    pages = ["Nothing here", "First the quincunx of trees", "Then another quincunx", "quincunx", "quincunx"]
    shelve(database, "open", rules=[RuleKind.EVERYONE], pages=pages)
    shelve(database, "walled", rules=[RuleKind.SIGNED_IN], pages=pages[1:])
    listed = shelve(database, "listed", rules=[RuleKind.LISTED], pages=pages[1:])
    shelve(database, "closed", rules=[], pages=pages[1:])
    later = NOW + timedelta(days=3)
    shelve(database, "embargoed", rules=[RuleKind.EVERYONE], pages=pages[1:])
    with database.writing() as db:
        shelving.set_opens_at(db, "embargoed", later)
        give_grant(db, listed, ISSUER, "ben")
    cleo, ben, ada = reader(database), reader(database, "ben"), reader(database, "ada", Role.EDITOR)
    for who, expected in (
        (NOBODY, {"open"}),
        (cleo, {"open", "walled"}),
        (ben, {"open", "walled", "listed"}),
        (ada, {"open", "walled", "listed", "closed", "embargoed"}),
    ):
        found = searched(database, "quincunx", who)
        assert (set(slugs(found)), found.count) == (expected, len(expected))
    find = only(searched(database, "quincunx"))
    assert [each.label for each in find.inside] == ["2", "3", "4"]
    assert find.more_pages == 1
    assert find.inside[0].chapter is not None
    assert words(find.inside[0].words) == "First the quincunx of trees"
    assert not find.is_line
    with database.reading() as db:
        opened = search.find(db, Wanted(terms_of("quincunx")), NOBODY, later)
    assert set(slugs(opened)) == {"open", "embargoed"}


def test_where_the_press_says_so_everyone_is_shown_one_line_and_no_more(database: Database) -> None:
    text = "Before it stands much else. " * 20 + "Here grows the quincunx of trees. " + "And after it more. " * 20
    shelve(database, "walled", pages=["First the quincunx", text, text])
    shelve(database, "embargoed", pages=[text])
    with database.writing() as db:
        shelving.set_shows_lines(db, "walled", True)
        shelving.set_shows_lines(db, "embargoed", True)
        shelving.set_opens_at(db, "embargoed", NOW + timedelta(days=1))
    find = only(searched(database, "quincunx"))
    assert (find.shelved.record.slug, find.is_line, len(find.inside), find.more_pages) == ("walled", True, 1, 0)
    (inside,) = only(searched(database, "grows the quincunx")).inside
    assert len(words(inside.words)) <= 160
    assert "quincunx" in words(inside.words)
    (same,) = only(searched(database, "grows")).inside
    assert words(same.words) == words(inside.words)
    with database.writing() as db:
        shelving.set_shows_lines(db, "walled", False)
    assert searched(database, "quincunx").count == 0


def test_hidden_titles_change_neither_what_is_found_nor_its_order(database: Database) -> None:
    for number in range(3):
        shelve(database, f"open-{number}", rules=[RuleKind.EVERYONE], pages=["quincunx"] * (number + 1))
    before = searched(database, "quincunx")
    for number in range(6):
        shelve(database, f"walled-{number}", pages=["quincunx quincunx"], is_draft=number % 2 == 0)
    after = searched(database, "quincunx")
    assert (slugs(after), after.count, after.choices, after.pages) == (
        slugs(before),
        before.count,
        before.choices,
        before.pages,
    )
