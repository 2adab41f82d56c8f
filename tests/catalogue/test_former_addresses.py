"""A title that has moved: its old addresses lead to the new ones, and to nothing else."""

import time
from dataclasses import replace

import pytest

from api.catalogue.memory import ASK_AGAIN_AFTER
from api.shelf.drafts import draft_of
from api.shelf.records import record_of
from api.shelf.revising import revise
from api.shelf.shelving import find_title
from api.tables import Kind, RuleKind, State
from tests.cast import ADA, make_editor, sign_in
from tests.make import Made, shelve
from tests.site import Site


def move(site: Site, old: str, **said: object) -> None:
    with site.portal.database.writing() as db:
        title = find_title(db, old)
        draft = draft_of(record_of(title))
        revise(db, old, replace(draft, facts=replace(draft.facts, **said)), title.version)


@pytest.fixture
def made(site: Site) -> Made:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    move(site, "rivers-of-paper", slug="streams", kind=Kind.PAPER)
    return made


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("below", ["", "?get=pdf", ".pdf", ".pdf?a=b%20c", ".csl.json", "/linkset"])
def test_old_addresses_lead_on(site: Site, made: Made, method: str, below: str) -> None:
    answer = site.program().request(method, made.path + below)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"/papers/streams{below}"
    assert answer.headers["cache-control"] == "public, max-age=0"
    assert site.program().request(method, f"/papers/streams{below}").status_code == 200


def test_an_address_that_was_in_memory_leads_on_too(site: Site) -> None:
    made = shelve(site)
    browser = site.browser()
    assert browser.get(made.path).status_code == browser.get(made.path).status_code == 200
    move(site, "rivers-of-paper", slug="streams")
    time.sleep(ASK_AGAIN_AFTER + 0.1)
    assert browser.get(made.path).status_code == 301


def test_it_leads_where_the_title_stands_now_however_often_it_moved(site: Site, made: Made) -> None:
    move(site, "streams", slug="brooks")
    for path in (made.path, "/papers/streams"):
        assert site.program().get(path).headers["location"] == "/papers/brooks"
    move(site, "brooks", slug="rivers-of-paper", kind=Kind.REPORT)
    assert site.program().get(made.path).status_code == 200
    assert site.program().get("/papers/streams").headers["location"] == made.path


def test_what_was_never_there_and_what_is_no_page_is_the_common_404(site: Site, made: Made) -> None:
    for path in ("/papers/rivers-of-paper", "/reports/rivers", "/reports/streams", f"{made.path}/nothing"):
        assert site.program().get(path).status_code == 404, path
    assert site.program().post(f"{made.path}/tickets").status_code == 404
    assert site.program().get("/api/v1/titles/rivers-of-paper").status_code == 404


def test_a_draft_has_no_former_address_for_anyone(site: Site) -> None:
    made = shelve(site, state=State.DRAFT)
    with site.portal.database.writing() as db:
        find_title(db, "rivers-of-paper").posted_at = None
    move(site, "rivers-of-paper", slug="streams")
    ada = site.browser()
    make_editor(site, ADA)
    sign_in(ada, ADA)
    assert site.program().get(made.path).status_code == ada.get(made.path).status_code == 404


def test_sign_in_from_an_old_address_comes_back(site: Site, made: Made) -> None:
    page = site.browser().get(f"/sign-in?next={made.path}%3Fget%3Dpdf")
    assert page.status_code == 200
