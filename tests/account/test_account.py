"""The reader's own page, and the way out."""

from api.settings import Settings
from tests.cast import BEN, CLEO, sign_in
from tests.site import Site, served


def test_it_says_who_the_portal_thinks_i_am(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    page = cleo.get("/account")
    assert page.status_code == 200
    assert "Cleo Specimen" in page.text
    assert "demo:cleo" in page.text
    assert 'action="/sign-out"' in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_whom_the_settings_name_is_an_administrator(settings: Settings) -> None:
    with served(settings.model_copy(update={"admins": ("demo:cleo",)})) as site:
        for person, has_role in ((CLEO, True), (BEN, False)):
            someone = site.browser()
            sign_in(someone, person)
            assert ("Administrator" in someone.get("/account").text) is has_role


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
