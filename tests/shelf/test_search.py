"""The search: what is found of a title, in which order, and as it stands now. On both databases."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.shelf import revising, search, search_index, shelving
from api.tables import Kind, PageText, RuleKind, SearchEntry, Title
from tests.effort import at_most
from tests.shelf.searching import NOW, give_pages, only, reader, searched, shelve, slugs


def test_a_title_is_found_by_what_is_public_of_it(database: Database) -> None:
    shelve(database, "rivers", full_title="Rivers of Paper and Fish", isbn="9783161484100")
    for text in (
        *("rivers", "PAPER rivers", "riv", "zoe muller", "Müller-Łukasz", "lukasz", "hydrology", "реки", "БУМАГИ реки"),
        *("архив", "archives carry", '"what archives carry"', "„archives carry“", "springs", "源", "源流", "upstream"),
        *("ﬁsh", "978-3-16-148410-0", "9783161484100"),
    ):
        assert slugs(searched(database, text)) == ["rivers"], text


def test_what_is_not_there_is_not_found(database: Database) -> None:
    shelve(database, "rivers")
    for text in ("tides", "paper tides", '"carry archives"', "iver", '"riv"', "ri", "rivers NOT paper", "", "  "):
        assert searched(database, text).count == 0, text


def test_nothing_in_a_search_is_a_command_or_takes_long(database: Database) -> None:
    shelve(database, "rivers", pages=["Springs."])
    cleo = reader(database)
    searched(database, "rivers", cleo)  # what is only done once
    for text in (
        *('"', "'", "*", "%", "_", "\\", "a* OR b*", "NEAR(a b)", "words:rivers", "^rivers", "-rivers", "+", "()"),
        *("{a}", "rivers' & 'x", "rivers | tides", "!rivers", "<->", ":*", "; DROP TABLE title", "\u200b\u202e"),
        *("é" * 5000, "a " * 5000, '" ' * 5000, "\\' OR 1=1 --", "𝕽𝖎𝖛𝖊𝖗𝖘", "١٢٣", "ა", "x" * 10_000, "rivers\x00paper"),
        *("\ud800", "rivers\U000e0041", "e\u0301" * 3000, "źdźbło", "İstanbul", "ﷺ" * 500),
    ):
        with at_most(0.5):
            found = searched(database, text, cleo)
        assert set(slugs(found)) <= {"rivers"}


def test_the_chapters_and_the_abstract_say_where(database: Database) -> None:
    shelve(database, "rivers", abstract="Long before, **archives** carried what nobody kept.")
    found = only(searched(database, "archives"))
    assert [piece.text for piece in found.abstract or () if piece.is_found] == ["archives"]
    assert list(found.chapters) == []
    (chapter,) = only(searched(database, "springs")).chapters
    assert chapter.name == "The Source – 源流"


def test_headings_come_first_then_what_is_newest(database: Database) -> None:
    for day, (slug, facts) in enumerate(
        [
            ("in-heading", {"full_title": "Tides and Paper"}),
            ("in-abstract", {"abstract": "Of tides."}),
            ("newer-heading", {"full_title": "Tides again"}),
            ("inside", {"pages": ["The tides of March"], "rules": [RuleKind.EVERYONE]}),
        ]
    ):
        with clock.frozen(NOW - timedelta(days=30 - day)):
            shelve(database, slug, **facts)  # type: ignore[arg-type]
    assert slugs(searched(database, "tides")) == ["newer-heading", "in-heading", "in-abstract", "inside"]


def test_an_edit_and_a_new_file_are_found_at_once_and_what_they_replace_is_not(database: Database) -> None:
    title_id = shelve(database, "rivers", rules=[RuleKind.EVERYONE], pages=["quincunx"])
    with database.writing() as db:
        title = shelving.find_title(db, "rivers")
        draft = revising.as_it_stands(db, title)
        facts = replace(draft.facts, abstract="Of lighthouses.")
        revising.revise(db, "rivers", replace(draft, facts=facts, contents=draft.contents[:1]), title.version)
        give_pages(database, db, title_id, "second", ["xylograph"])
    for text, count in (("lighthouses", 1), ("archives carry", 0), ("springs", 0), ("xylograph", 1), ("quincunx", 0)):
        assert searched(database, text).count == count, text


def test_an_edit_that_is_undone_leaves_the_search_as_it_was(database: Database) -> None:
    shelve(database, "rivers")
    with database.reading() as db:
        draft = revising.as_it_stands(db, shelving.find_title(db, "rivers"))
    facts = replace(draft.facts, full_title="Tides", title="Tides")
    with contextlib.suppress(KeyError), database.writing() as db:
        revising.revise(db, "rivers", replace(draft, facts=facts), 1)
        raise KeyError
    assert (searched(database, "rivers").count, searched(database, "tides").count) == (1, 0)


def test_narrowing_down(database: Database) -> None:
    shelve(database, "old-open", rules=[RuleKind.EVERYONE], published="1999-04", language="de")
    shelve(database, "young", published="2020")
    shelve(database, "closed", rules=[])
    for wanted, expected in (
        ({}, {"old-open", "young", "closed"}),
        ({"kind": Kind.REPORT}, {"old-open", "young", "closed"}),
        ({"kind": Kind.PAPER}, set()),
        ({"language": "de"}, {"old-open"}),
        ({"subject": "Hydrology"}, {"old-open", "young", "closed"}),
        ({"subject": "Other"}, set()),
        ({"until": "1999"}, {"old-open"}),
        ({"since": "2000", "until": "2020"}, {"young"}),
        ({"is_open": True}, {"old-open"}),
        ({"is_mine": True}, {"old-open"}),
    ):
        assert set(slugs(searched(database, "rivers", **wanted))) == expected, wanted
        if wanted:
            assert set(slugs(searched(database, "", **wanted))) == expected, wanted
    assert set(slugs(searched(database, "rivers", reader(database), is_mine=True))) == {"old-open", "young"}
    choices = searched(database, "rivers").choices
    assert (choices.kinds, choices.languages, choices.subjects) == ([Kind.REPORT], ["de", "en"], ["Hydrology"])


def test_pages_of_results(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "AT_A_TIME", 3)
    for number in range(5):
        shelve(database, f"rivers-{number}")
    first, second, beyond = (searched(database, "rivers", page=page) for page in (1, 2, 99))
    assert (first.count, first.pages, len(first.finds), len(second.finds)) == (5, 2, 3, 2)
    assert not set(slugs(first)) & set(slugs(second))
    assert slugs(beyond) == slugs(second)


def test_titles_and_volumes_that_came_before_are_taken_in(database: Database) -> None:
    title_id = shelve(database, "rivers", pages=["quincunx"])
    with database.writing() as db:
        db.delete(db.exec(select(SearchEntry)).first())
        for table in (SearchEntry, PageText):
            for row in db.exec(select(table)).all():
                db.delete(row)
        search_index.read_again(db)
    assert searched(database, "rivers").count == 0
    with database.writing() as db:
        assert search_index.put_titles(db, only_missing=True) == [title_id]
        assert search_index.put_titles(db, only_missing=True) == []
        assert search_index.put_titles(db, only_missing=False) == [title_id]
        waiting = search_index.unread(db)
        assert waiting is not None
        search_index.put_pages(db, waiting, [])
        assert search_index.unread(db) is None
    assert searched(database, "rivers").count == 1
    with database.reading() as db:
        assert db.get_one(Title, title_id).shows_lines is False
