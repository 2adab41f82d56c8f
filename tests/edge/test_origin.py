"""Writes from other sites' pages are refused before any route sees them."""

import pytest

from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site

UNSAFE = ("/sign-out", "/sign-in/demo", "/reports/rivers-of-paper/tickets")
FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "null"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://evil.example", "content-type": "text/plain"},
)


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_sites_form_does_nothing(site: Site, headers: dict[str, str]) -> None:
    shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for path in UNSAFE:
        assert cleo.post(path, headers=headers).status_code == 403, path
    assert cleo.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
    ],
    ids=str,
)
def test_our_own_forms_and_programs_are_heard(site: Site, headers: dict[str, str]) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert cleo.post("/sign-out", headers=headers).status_code == 303


def test_our_own_origin_is_ours(site: Site) -> None:
    assert site.browser().post("/sign-out", headers={"origin": site.url}).status_code == 303
