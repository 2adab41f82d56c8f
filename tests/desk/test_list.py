"""The list of titles is narrowed by state, access and words, and goes on leaf by leaf within that."""

import re
from datetime import timedelta

import httpx2
import pytest

from api import clock
from api.shelf import overview
from api.tables import RuleKind, State, Title
from tests.make import shelve
from tests.site import Site


@pytest.fixture(autouse=True)
def titles(site: Site) -> None:
    shelve(site, "open", rules=[RuleKind.SIGNED_IN, RuleKind.EVERYONE], file=None)
    shelve(site, "signed", rules=[RuleKind.LISTED, RuleKind.SIGNED_IN], file=None)
    shelve(site, "listed", rules=[RuleKind.LISTED], state=State.DRAFT, file=None)
    shelve(site, "closed", rules=[], state=State.WITHDRAWN, file=None)
    shelve(site, "later", opens_at=clock.now() + timedelta(days=9), file=None)
    with site.portal.database.writing() as db:
        db.add(Title(slug="own", kind="paper", title="100%_Übung", full_title="100%_Übung", doi="10.5555/gf.1"))


def listed(editor: httpx2.Client, query: str) -> set[str]:
    page = editor.get(f"/desk{query}")
    assert page.status_code == 200
    return set(re.findall('href="/desk/titles/([^/"]+)"', page.text)) - {"new"}


ALL = {"open", "signed", "listed", "closed", "later", "own"}
NARROWED = [
    ("", ALL),
    ("?state=draft", {"listed", "own"}),
    ("?state=withdrawn", {"closed"}),
    ("?access=everyone", {"open"}),
    ("?access=signed-in", {"signed", "later"}),
    ("?access=some", {"listed"}),
    ("?access=nobody", {"closed", "own"}),
    ("?access=later", {"later"}),
    ("?state=draft&access=nobody", {"own"}),
    ("?q=rivers+PAPER&state=draft", {"listed"}),
    ("?q=10.5555/gf.1", {"own"}),
    ("?q=%25_", {"own"}),
    ("?q=Übung", {"own"}),
    ("?q=signe", {"signed"}),
    ("?q=nothing+like+it", set()),
    ("?q=%00&state=none&access=none", ALL),
]


def test_the_list_is_narrowed(editor: httpx2.Client) -> None:
    for query, slugs in NARROWED:
        assert listed(editor, query) == slugs, query


def test_the_next_leaf_is_narrowed_too(editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "LEAF", 2)
    page = editor.get("/desk?q=rivers").text
    address = page.partition('<a class="btn btn--line" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert address == "/desk?q=rivers&after=closed"
    assert listed(editor, address.removeprefix("/desk")) == {"listed", "signed"}
    assert "No title fits this." in editor.get("/desk?q=nothing").text
    assert 'href="/desk/titles/new"' in page
