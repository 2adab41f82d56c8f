"""Programs search the shelf as people do: each finds what it may, within the same limits, and it is counted."""

import pytest
from sqlmodel import select

from api.edge import limits
from api.shelf import search_index
from api.tables import Edition, Event, EventKind, File, RuleKind, State, Title
from api.v1 import shapes
from tests.cast import CLEO
from tests.make import Made, give_chapters, shelve
from tests.site import Site
from tests.v1.conftest import WithKey

TITLES = "/api/v1/titles"
WALL, HIDDEN = "Quincunx", "Xylograph"


@pytest.fixture
def shelf(site: Site) -> Site:
    """A walled volume and a draft, both taken in for the search."""
    give_chapters(site, shelve(site))
    shelve(site, "a-draft", state=State.DRAFT, rules=[RuleKind.EVERYONE])
    with site.portal.database.writing() as db:
        for slug, word in (("rivers-of-paper", WALL), ("a-draft", HIDDEN)):
            title = db.exec(select(Title).where(Title.slug == slug)).one()
            title.standfirst = HIDDEN if slug == "a-draft" else None
            edition = db.exec(select(Edition).where(Edition.title_id == title.id)).one()
            edition.file = File(sha256=slug.ljust(64, "0"), size=1, page_count=2)
            db.add(edition)
            db.flush()
            search_index.put(db, title)
            search_index.put_pages(db, edition.file, ["The first.", f"Here the {word} stands"])
    return site


def take_in(site: Site, made: Made) -> None:
    with site.portal.database.writing() as db:
        search_index.put(db, db.get_one(Title, made.id))


def found(text: str) -> shapes.Leaf:
    return shapes.Leaf.model_validate_json(text)


def test_everyone_finds_what_is_public(shelf: Site) -> None:
    answer = shelf.program().get(TITLES, params={"q": "source"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    leaf = found(answer.text)
    assert [each.slug for each in leaf.titles] == ["rivers-of-paper"]
    assert leaf.finds is not None
    assert leaf.finds[0].chapters
    assert (leaf.next, leaf.finds[0].inside) == (None, [])
    assert found(shelf.program().get(TITLES).text).finds is None


def test_inside_volumes_only_who_may_read_finds_anything(shelf: Site, with_key: WithKey) -> None:
    leaf = found(with_key(CLEO).get(TITLES, params={"q": WALL}).text)
    assert leaf.finds is not None
    assert [(each.page, each.text) for each in leaf.finds[0].inside] == [("2", f"Here the {WALL} stands")]
    for asker, word in ((shelf.program(), WALL), (shelf.program(), HIDDEN), (with_key(CLEO), HIDDEN)):
        leaf = found(asker.get(TITLES, params={"q": word}).text)
        assert (leaf.titles, leaf.finds, leaf.next) == ([], [], None)


def test_a_long_list_goes_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.shelf.search.AT_A_TIME", 2)
    for slug in ("one", "two", "three"):
        take_in(site, shelve(site, slug))
    seen: list[str] = []
    address: str | None = f"{TITLES}?q=paper+%26+rivers"
    while address is not None:
        leaf = found(site.program().get(address).text)
        seen += [each.slug for each in leaf.titles]
        address = leaf.next
    assert seen == ["three", "two", "one"]


@pytest.mark.parametrize(
    "query", ["q=", "q=***+%25%25", "q=%00", f"q={'x' * 10_000}", "q=x&page=0", "q=x&page=x", "q=x&page=99999999999999"]
)
def test_what_is_no_search_is_refused(site: Site, query: str) -> None:
    answer = site.program().get(f"{TITLES}?{query}")
    assert answer.status_code == 400
    shapes.Problem.model_validate_json(answer.text)


def test_it_is_limited_and_counted_as_on_the_page(shelf: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    few = limits.Limit("searches", limits.Whose.NETWORK, 2, limits.TEN_MINUTES, "made", "searches")
    monkeypatch.setattr(limits, "SEARCHES_OF_NOBODY", (few,))
    nobody = shelf.program()
    assert [nobody.get(f"{TITLES}?q=rivers").status_code for _ in range(3)] == [200, 200, 429]
    assert nobody.get(TITLES).status_code == 200
    shelf.settle()
    shelf.portal.journal.flush()
    with shelf.portal.database.reading() as db:
        events = db.exec(select(Event).where(Event.kind == EventKind.SEARCH)).all()
    assert events
    assert all("rivers" not in (event.what or "") for event in events)
