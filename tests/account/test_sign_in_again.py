"""A fresh sign-in for what hands over the account: by the same person only, and back to where they were."""

from sqlmodel import select

from api.signin.reader import SESSION
from api.tables import Session
from tests.account.moves import identities, in_future, sign_in_there
from tests.cast import pick_person, sign_in
from tests.signin.hostile import Hostile
from tests.signin.travel import sessions_kept
from tests.site import Site


def test_the_session_stays_under_a_new_secret(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    old = cleo.cookies.get(SESSION)
    with in_future(minutes=30):
        page = cleo.get("/account/sign-in-again?next=/account%23ways")
        assert 'value="/account#ways"' in page.text
        started = cleo.post("/account/sign-in-again", data={"provider": "demo", "next": "/account#ways"})
        back = cleo.get(pick_person(cleo, started.headers["location"], "cleo").headers["location"])
        assert (back.status_code, back.headers["location"]) == (303, "/account#ways")
        assert cleo.get("/account/export.json").status_code == 200
        stolen = site.browser()
        stolen.cookies.set(SESSION, str(old))
        assert stolen.get("/account").status_code == 303
    assert sessions_kept(site) == 1
    with site.portal.database.reading() as db:
        session = db.exec(select(Session)).one()
        assert session.authenticated_at > session.created_at


def test_another_person_is_refused_and_the_session_stays_old(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    with in_future(minutes=30):
        for person in ("ben", "ada"):
            started = cleo.post("/account/sign-in-again", data={"provider": "demo", "next": "/account"})
            answer = cleo.get(pick_person(cleo, started.headers["location"], person).headers["location"])
            assert (answer.status_code, "not one of yours here" in answer.text) == (400, True)
        assert "Cleo Specimen" in cleo.get("/account").text
        assert cleo.get("/account/export.json").status_code == 303
    assert set(identities(site)) == {"demo:cleo"}


def test_only_the_readers_own_providers_are_offered(guarded: Site, hostile: Hostile) -> None:
    someone = guarded.browser()
    sign_in_there(someone, hostile, "someone")
    page = someone.get("/account/sign-in-again").text
    assert "Hostile House" in page
    assert "Example Sign-in" not in page


def test_the_way_back_stays_on_this_portal(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    for text in ("https://evil.example", "//evil.example", "/sign-out", "/\\evil.example"):
        started = cleo.post("/account/sign-in-again", data={"provider": "demo", "next": text})
        back = cleo.get(pick_person(cleo, started.headers["location"], "cleo").headers["location"])
        assert back.headers["location"] == "/", text
