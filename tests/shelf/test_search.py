"""The search: what each reader finds, what nobody finds, and that hidden text changes nothing. On both databases."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from api import clock
from api.access.policy import Reader
from api.access.rules import give_grant, set_ladder
from api.database import Database
from api.formats.record import About, ContentsLine, Person, Worded
from api.formats.terms import terms_of
from api.shelf import revising, search, search_index, shelving
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.search import Results, Wanted
from api.shelf.search_passages import Find
from api.signin.people import Profile, recognise
from api.tables import (
    Contribution,
    Edition,
    File,
    Kind,
    PageText,
    Role,
    RuleKind,
    SearchEntry,
    SubjectScheme,
    Title,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ISSUER = "https://id.example.org"
NOBODY = None


def shelve(
    database: Database,
    slug: str,
    *,
    rules: Sequence[RuleKind] = (RuleKind.SIGNED_IN,),
    pages: Sequence[str] = (),
    full_title: str = "Rivers of Paper",
    abstract: str = "What archives carry.",
    is_draft: bool = False,
    **facts: object,
) -> int:
    draft = TitleDraft(
        TitleFacts(slug=slug, kind=Kind.REPORT, title=full_title, full_title=full_title, abstract=abstract, **facts),
        contributors=(Person(given="Zoë", family="Müller-Łukasz", role=Contribution.AUTHOR),),
        subjects=(About(SubjectScheme.KEYWORD, None, "Hydrology"),),
        wordings=(Worded("ru", "Реки бумаги", None, "Что несут архивы."),),
        contents=(
            ContentsLine("Upstream", is_part=True),
            ContentsLine(
                "The Source – 源流", number="1", first_page="1", last_page="2", abstract="Where springs begin."
            ),
        ),
    )
    with database.writing() as db:
        title_id = shelving.id_of(shelving.add_draft(db, draft))
        set_ladder(db, title_id, rules)
        if pages:
            give_pages(database, db, title_id, slug, pages)
        if not is_draft:
            shelving.publish(db, slug)
    return title_id


def give_pages(database: Database, db: object, title_id: int, name: str, pages: Sequence[str]) -> None:
    file = File(sha256=name.ljust(64, "0"), size=3, page_count=len(pages))
    number = len(db.exec(select(Edition).where(Edition.title_id == title_id)).all()) + 1  # type: ignore[attr-defined]
    db.add(Edition(title_id=title_id, number=number, file=file))  # type: ignore[attr-defined]
    db.flush()  # type: ignore[attr-defined]
    search_index.put_pages(db, file, pages)  # type: ignore[arg-type]


def reader(database: Database, subject: str = "cleo", role: Role = Role.READER) -> Reader:
    with database.writing() as db:
        identity = recognise(db, "campus", Profile(ISSUER, subject))
        db.flush()
        assert identity.user_id is not None
        return Reader(identity.user_id, None, role, "campus", ISSUER, subject)


def searched(database: Database, text: str, who: Reader | None = NOBODY, page: int = 1, **wanted: object) -> Results:
    with database.reading() as db:
        return search.find(db, Wanted(terms_of(text), **wanted), who, NOW, page)  # type: ignore[arg-type]


def slugs(results: Results) -> list[str]:
    return [find.shelved.record.slug for find in results.finds]


def words(passage: object) -> str:
    return "".join(piece.text for piece in passage or ())  # type: ignore[attr-defined]


def only(results: Results) -> Find:
    (found,) = results.finds
    return found


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
        begun = time.thread_time()
        found = searched(database, text, cleo)
        assert time.thread_time() - begun < 0.2, text[:20]
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
