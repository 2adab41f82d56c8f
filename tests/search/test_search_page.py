"""The search page: what people see of it, what it refuses, and that it tells nobody what is hidden."""

import re

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.edge import limits
from api.shelf import search_index
from api.tables import Edition, Event, EventKind, File, RuleKind, State, Title
from tests.cast import CLEO, make_editor, sign_in
from tests.make import give_chapters, shelve
from tests.site import Site

WALL = "Quincunx"  # stands inside a volume that nobody reads without signing in
HIDDEN = "Xylograph"  # stands in a draft


@pytest.fixture
def shelf(site: Site) -> Site:
    """One walled volume, one open to everyone, one draft; all of them taken in for the search."""
    made = shelve(site)
    give_chapters(site, made)
    shelve(site, "open-waters", rules=[RuleKind.EVERYONE])
    shelve(site, "a-draft", state=State.DRAFT, rules=[RuleKind.EVERYONE])
    with site.portal.database.writing() as db:
        for slug, words in (("rivers-of-paper", WALL), ("open-waters", "Saltmarsh"), ("a-draft", HIDDEN)):
            title = db.exec(select(Title).where(Title.slug == slug)).one()
            title.full_title = title.full_title + (f" {HIDDEN}" if slug == "a-draft" else "")
            edition = db.exec(select(Edition).where(Edition.title_id == title.id)).one()
            edition.file = File(sha256=slug.ljust(64, "0"), size=1, page_count=3)
            db.add(edition)
            db.flush()
            search_index.put(db, title)
            search_index.put_pages(db, edition.file, ["The first.", f"Here <b>the</b> {words} & more", "The end"])
    return site


def found(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return re.findall(r'<h2><a href="[^"]+/([a-z-]+)"', answer.text)


def test_a_search_leads_to_titles_chapters_and_passages(shelf: Site) -> None:
    browser = shelf.browser()
    page = browser.get("/search", params={"q": "rivers"})
    assert set(found(page)) == {"rivers-of-paper", "open-waters"}
    assert '<meta name="robots" content="noindex' in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in page.headers
    chapters = browser.get("/search", params={"q": "source"})
    assert "/reports/rivers-of-paper/chapters/2" in chapters.text
    inside = browser.get("/search", params={"q": "saltm"})
    assert found(inside) == ["open-waters"]
    assert "Here &lt;b&gt;the&lt;/b&gt; <mark>Saltmarsh</mark> &amp; more" in inside.text
    assert "p. 2" in inside.text


def test_what_is_hidden_is_found_by_nobody_in_any_way(shelf: Site) -> None:
    nobody = shelf.browser()
    nothing = nobody.get("/search", params={"q": "Zzyzx"}).text
    for word in (WALL, HIDDEN):
        for text in (word, word[:4], f'"{word} more"', f"the {word}", word.upper()):
            answer = nobody.get("/search", params={"q": text})
            assert found(answer) == []
            assert answer.text.replace(text, "").count("<li>") == nothing.count("<li>")
        narrowed = nobody.get("/search", params={"q": word, "access": "mine", "kind": "report"})
        assert found(narrowed) == []
    make_editor(shelf)
    ada = shelf.browser()
    sign_in(ada, "ada")
    assert found(ada.get("/search", params={"q": HIDDEN})) == []


def test_who_may_read_finds_what_stands_inside(shelf: Site) -> None:
    cleo = shelf.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get("/search", params={"q": WALL})
    assert found(answer) == ["rivers-of-paper"]
    assert f"<mark>{WALL}</mark>" in answer.text
    assert set(found(cleo.get("/search", params={"q": "rivers", "access": "mine"}))) == {
        "rivers-of-paper",
        "open-waters",
    }
    assert found(cleo.get("/search", params={"q": "rivers", "access": "open"})) == ["open-waters"]


def test_an_editor_lets_everyone_see_a_line(shelf: Site) -> None:
    make_editor(shelf)
    ada, nobody = shelf.browser(), shelf.browser()
    address = "/desk/titles/rivers-of-paper/access"
    assert nobody.post(f"{address}/search", data={"shows_lines": "yes"}).status_code == 404
    sign_in(ada, "ada")
    assert ada.post(f"{address}/search", data={"shows_lines": "yes"}).status_code == 303
    assert 'name="shows_lines" value="yes" checked' in ada.get(address).text
    answer = nobody.get("/search", params={"q": WALL})
    assert found(answer) == ["rivers-of-paper"]
    assert "A line from inside" in answer.text
    assert ada.post(f"{address}/search", data={}).status_code == 303
    assert found(nobody.get("/search", params={"q": WALL})) == []


def test_nothing_that_is_typed_breaks_the_page(shelf: Site) -> None:
    nobody = shelf.browser()
    assert "Every published title is searched" in nobody.get("/search").text
    assert "There is no word in that" in nobody.get("/search", params={"q": "*** %%"}).text
    assert nobody.get("/search", params={"q": "x" * 10_000}).status_code == 422
    for query in (
        "q=%00&kind=%00&subject=%00%01&language=%ff&from=0&until=-1&page=0&access=%00",
        "q=rivers%00&page=99999999999999999999&from=%D9%A1%D9%A9%D9%A9%D9%A9",
        "q=%22rivers&subject=%27%3B--&kind=book&page=x&page=2",
        "q=%ED%A0%80&subject=%ED%A0%80",
        "q=<script>alert(1)</script>&subject=<script>",
    ):
        answer = nobody.get(f"/search?{query}")
        assert answer.status_code == 200, query
        assert "<script>" not in answer.text
    assert nobody.head("/search?q=rivers").status_code == 200


def test_the_forms_lead_to_it(shelf: Site) -> None:
    for address, status in (("/", 200), ("/no-such-page", 404)):
        answer = shelf.browser().get(address)
        assert answer.status_code == status
        assert 'role="search" method="get" action="/search"' in answer.text


def searches(site: Site) -> list[Event]:
    site.settle()
    site.portal.journal.flush()
    with site.portal.database.reading() as db:
        return list(db.exec(select(Event).where(Event.kind == EventKind.SEARCH)).all())


def test_a_search_by_a_person_is_counted_and_its_words_are_not_kept(shelf: Site) -> None:
    make_editor(shelf)
    nobody, ada = shelf.browser(), shelf.browser()
    nobody.get("/search")
    nobody.get("/search?q=***")
    nobody.head("/search?q=rivers")
    nobody.get("/search?q=rivers", headers={"sec-purpose": "prefetch"})
    sign_in(ada, "ada")
    ada.get("/search?q=rivers")
    assert searches(shelf) == []
    with clock.frozen(clock.now()):  # what was searched is told by another word each day
        for query in ("q=rivers", "q=rivers", "q=rivers&page=2", "q=tides", "q=tides&kind=report"):
            nobody.get(f"/search?{query}")
    events = searches(shelf)
    assert len(events) == 4
    assert len({event.what for event in events}) == 3
    assert all(event.title_id is None and event.what and "rivers" not in event.what for event in events)


def test_who_searches_too_often_waits(shelf: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    few = limits.Limit("searches", limits.Whose.NETWORK, 2, limits.TEN_MINUTES, "made", "searches")
    monkeypatch.setattr(limits, "SEARCHES_OF_NOBODY", (few,))
    nobody = shelf.browser()
    with clock.frozen(clock.now()):  # a network's count begins anew each day
        answers = [nobody.get("/search?q=rivers").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert nobody.get("/search").status_code == 200
