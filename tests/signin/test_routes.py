"""The way to a provider and back over HTTP. The browser here is a real HTTP client."""

import pytest
from sqlmodel import select

from api.seal import new_secret
from api.settings import Settings
from api.signin.reader import BROWSER, LAST, SESSION, TYPED
from api.tables import Identity
from tests.cast import pick_person, sign_in
from tests.make import shelve
from tests.signin.hostile import Hostile
from tests.signin.test_next_path import HOSTILE
from tests.signin.travel import back_from, cookies_of, sessions_kept, start
from tests.signin.twists import more
from tests.site import Site, served


def test_a_reader_signs_in_and_comes_back_to_where_they_were(site: Site) -> None:
    client = site.browser()
    answer = sign_in(client, "cleo", "/account?from=here")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/account?from=here"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    page = client.get("/account")
    assert page.status_code == 200
    assert "Cleo Specimen" in page.text
    assert "demo:cleo" in page.text


def test_the_choice_names_the_providers_and_keeps_the_way_back(guarded: Site) -> None:
    page = guarded.browser().get("/sign-in", params={"next": "/account?a=1&b=2"})
    assert page.status_code == 200
    assert 'action="/sign-in/demo"' in page.text
    assert "Hostile House" in page.text
    assert 'value="/account?a=1&amp;b=2"' in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in page.headers


def test_where_no_provider_is_set_up_the_pages_say_so(settings: Settings) -> None:
    with served(settings.model_copy(update={"demo": False})) as site:
        nobody, made = site.browser(), shelve(site)
        assert "No sign-in is set up yet" in nobody.get("/sign-in").text
        for address in (made.path, f"{made.path}?get=pdf"):
            page = nobody.get(address).text
            assert "Nobody can sign in here yet" in page
            assert "Sign in to read" not in page
        assert nobody.post("/sign-in/demo").status_code == 404


def test_who_is_signed_in_need_not_choose(site: Site) -> None:
    client = site.browser()
    sign_in(client, "cleo")
    answer = client.get("/sign-in", params={"next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


def test_next_never_leads_away(site: Site) -> None:
    client = site.browser()
    for text in HOSTILE:
        assert sign_in(client, "cleo", text or "").headers["location"] == "/", text
        assert client.get("/sign-in", params={"next": text or ""}).headers["location"] == "/", text


def test_the_cookies_are_kept_from_scripts_and_other_sites(site: Site) -> None:
    client = site.browser()
    started = client.post("/sign-in/demo", data={"next": "/"})
    chosen = pick_person(client, started.headers["location"], "cleo")
    finished = client.get(chosen.headers["location"])
    assert list(cookies_of(started)) == [BROWSER]
    assert list(cookies_of(finished)) == [SESSION, LAST]
    for answer, name, seconds in ((started, BROWSER, "600"), (finished, SESSION, "604800")):
        cookie = cookies_of(answer)[name]
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("lax", "/", "")
        assert cookie["max-age"] == seconds
        assert not cookie["secure"]  # http on localhost
        assert len(cookie.value) == 43


def test_two_tabs_both_finish(site: Site) -> None:
    client = site.browser()
    tabs = [start(client, next_path=path) for path in ("/one", "/two")]
    for address, path in zip(reversed(tabs), ("/two", "/one"), strict=True):
        chosen = pick_person(client, address, "cleo")
        assert client.get(chosen.headers["location"]).headers["location"] == path


def test_the_session_before_ends_and_a_planted_one_is_not_taken(site: Site) -> None:
    client = site.browser()
    planted = new_secret()
    client.cookies.set(SESSION, planted, domain="localhost.local")
    sign_in(client, "cleo")
    first = client.cookies.get(SESSION, domain="localhost.local")
    assert first not in (None, planted)
    sign_in(client, "ben")
    assert client.cookies.get(SESSION, domain="localhost.local") != first
    assert sessions_kept(site) == 1
    other = site.browser()
    assert other.get("/account", headers={"cookie": f"{SESSION}={first}"}).status_code == 303
    assert other.get("/account", headers={"cookie": f"{SESSION}={planted}"}).status_code == 303


def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    client = site.browser()
    sign_in(client, "cleo")
    secret = client.cookies.get(SESSION)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert {name: cookie["max-age"] for name, cookie in cookies_of(answer).items()} == {
        SESSION: "0",
        BROWSER: "0",
        TYPED: "0",
    }
    assert sessions_kept(site) == 0
    assert site.browser().get("/account", headers={"cookie": f"{SESSION}={secret}"}).status_code == 303


def test_nobody_may_sign_out_too(site: Site) -> None:
    assert site.browser().post("/sign-out").status_code == 303


def test_signing_out_by_a_link_is_no_thing(site: Site) -> None:
    client = site.browser()
    sign_in(client, "cleo")
    assert client.get("/sign-out").status_code in (404, 405)
    assert sessions_kept(site) == 1


@pytest.mark.parametrize("path", ["/sign-in/demo", "/sign-out"])
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
def test_another_site_can_start_and_end_nothing(site: Site, path: str, headers: dict[str, str]) -> None:
    answer = site.browser().post(path, data={"next": "/"}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_an_unknown_provider_is_no_page(site: Site) -> None:
    client = site.browser()
    assert client.post("/sign-in/nobody", data={"next": "/"}).status_code == 404
    assert client.get("/sign-in/nobody/callback?state=x").status_code == 404


@pytest.mark.parametrize("said", [{}, {"email_verified": True}, {"email_verified": False}, {"email_verified": "true"}])
def test_one_address_at_two_providers_is_two_accounts(guarded: Site, hostile: Hostile, said: dict[str, object]) -> None:
    sign_in(guarded.browser(), "cleo")
    hostile.twist("claims", more(email="cleo@example.org", **said))
    assert back_from(guarded.browser(), hostile).status_code == 303
    assert hostile.served["claims"] == 1
    with guarded.portal.database.reading() as db:
        identities = db.exec(select(Identity)).all()
    assert {identity.email for identity in identities} == {"cleo@example.org"}
    assert len({identity.user_id for identity in identities}) == 2
    known = {identity.provider: identity.email_verified for identity in identities}
    assert known == {"demo": True, "hostile": said.get("email_verified") is True}
