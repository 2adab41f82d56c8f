"""The catalogue: what is published, newest first; a single title is the front page itself."""

from datetime import timedelta

from api import clock
from api.tables import RuleKind, State
from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site


def test_an_empty_shelf_says_so(site: Site) -> None:
    answer = site.browser().get("/")
    assert answer.status_code == 200
    assert "Nothing" in answer.text or "nothing" in answer.text


def test_newest_first_with_each_titles_access(site: Site) -> None:
    start = clock.now()
    for days, (slug, rules) in enumerate([("older", [RuleKind.EVERYONE]), ("newer", [RuleKind.SIGNED_IN])]):
        with clock.frozen(start + timedelta(days=days)):
            shelve(site, slug, rules=rules)
    page = site.browser().get("/")
    assert page.text.index("/reports/newer") < page.text.index("/reports/older")
    assert page.headers["cache-control"].startswith("public")
    assert "Sign in to read" in page.text


def test_drafts_and_withdrawn_titles_are_not_listed(site: Site) -> None:
    for slug in ("one", "two"):
        shelve(site, slug)
    shelve(site, "a-draft", state=State.DRAFT)
    shelve(site, "gone", state=State.WITHDRAWN)
    page = site.browser().get("/").text
    assert "/reports/one" in page
    assert "a-draft" not in page
    assert "gone" not in page


def test_a_single_published_title_is_the_front_page(site: Site) -> None:
    made = shelve(site)
    shelve(site, "a-draft", state=State.DRAFT)
    answer = site.browser().get("/")
    assert answer.status_code == 200
    assert f'<link rel="canonical" href="{site.url}{made.path}">' in answer.text
    assert "What archives carry." in answer.text


def test_signed_in_the_catalogue_is_private(site: Site) -> None:
    shelve(site, "one")
    shelve(site, "two")
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get("/")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "Cleo Specimen" in answer.text
