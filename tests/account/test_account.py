"""The reader's own page, and the way out."""

from tests.cast import CLEO, sign_in
from tests.site import Site


def test_it_says_who_the_portal_thinks_i_am(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    page = cleo.get("/account")
    assert page.status_code == 200
    assert "Cleo Specimen" in page.text
    assert "demo:cleo" in page.text
    assert 'action="/sign-out"' in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    cookie = cleo.cookies["gatefold"]
    out = cleo.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    stolen = site.browser()
    stolen.cookies.set("gatefold", cookie)
    assert stolen.get("/account").status_code == 303
