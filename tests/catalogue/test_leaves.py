"""The catalogue in leaves: each title on one of them, none twice, and addresses that nobody can invent."""

import re
from datetime import timedelta

import pytest

from api import clock
from api.shelf import queries
from api.shelf.shelving import withdraw
from api.tables import State
from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site


@pytest.fixture
def long_shelf(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven titles, newest first, the middle ones posted at the same instant; three go on a leaf."""
    monkeypatch.setattr(queries, "LEAF", 3)
    start = clock.now() - timedelta(days=9)
    slugs = [f"title-{number}" for number in range(7)]
    for number, slug in enumerate(slugs):
        with clock.frozen(start + timedelta(days=0 if 2 <= number <= 4 else number - 10 if number < 2 else number)):
            shelve(site, slug, file=None)
    return slugs[::-1]


def titles(page: str) -> list[str]:
    return re.findall(r'<h2[^>]*><a href="/reports/([a-z0-9-]+)"', page)


def older(page: str) -> str | None:
    found = re.search(r'<a class="btn btn--line" href="([^"]+)" rel="next">Older titles</a>', page)
    return found[1] if found else None


@pytest.mark.parametrize("who", ["nobody", CLEO])
def test_each_title_is_on_one_leaf(site: Site, long_shelf: list[str], who: str) -> None:
    client, seen, address = site.browser(), [], "/"
    if who == CLEO:
        sign_in(client, CLEO)
    while address is not None:
        answer = client.get(address)
        assert answer.status_code == 200
        seen.append(titles(answer.text))
        address = older(answer.text)
    assert seen == [long_shelf[0:3], long_shelf[3:6], long_shelf[6:]]


def test_an_older_leaf_says_so_and_leads_back(site: Site, long_shelf: list[str]) -> None:
    page = site.browser().get(f"/?after={long_shelf[2]}").text
    assert '<a href="/">See the newest</a>' in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "noindex" not in site.browser().get("/").text


def test_a_leaf_stays_where_it_was_when_its_mark_is_withdrawn(site: Site, long_shelf: list[str]) -> None:
    with site.portal.database.writing() as db:
        withdraw(db, long_shelf[2])
    assert titles(site.browser().get(f"/?after={long_shelf[2]}").text) == long_shelf[3:6]


@pytest.mark.parametrize("after", ["no-such-title", "a-draft", "title-%33", "TITLE-3", "", "x" * 500, "a'b", "%00"])
def test_only_listed_titles_mark_a_leaf(site: Site, long_shelf: list[str], after: str) -> None:
    shelve(site, "a-draft", state=State.DRAFT, file=None)
    answer = site.browser().get(f"/?after={after}")
    if re.fullmatch(r"[a-z0-9-]{1,120}", after):
        assert answer.status_code == 404
    else:  # no slug: the same page and the same place in memory as without it
        assert answer.text == site.browser().get("/").text
    assert {key.after for key in site.app.state.public_pages._pages} <= {None}


def test_other_pages_have_no_leaves(site: Site, long_shelf: list[str]) -> None:
    client = site.browser()
    for address in ("/reports/title-1", "/reports/title-1?after=title-2", "/reports/title-1?after=title-3&x=y"):
        assert client.get(address).status_code == 200
    assert len(site.app.state.public_pages._pages) == 1
