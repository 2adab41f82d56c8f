"""Connecting another way to sign in, and taking one off again. Threats T01, T02 and T52, case by case."""

import pytest
from sqlmodel import select

from api.seal import new_secret
from api.signin.reader import SESSION
from api.tables import Attempt, Audit, Identity, SignIn
from tests.account.moves import (
    ask_to_connect,
    come_back,
    connect,
    identities,
    in_future,
    sign_in_there,
    users,
)
from tests.cast import sign_in
from tests.signin.hostile import Hostile
from tests.signin.travel import sessions_kept
from tests.site import Site


def acts(site: Site) -> list[str]:
    with site.portal.database.reading() as db:
        return [act.action for act in db.exec(select(Audit).order_by(Audit.id))]


def identity_id(site: Site, subject: str) -> int:
    with site.portal.database.reading() as db:
        return db.exec(select(Identity.id).where(Identity.subject == subject)).one() or 0


def test_one_account_with_two_ways_in(guarded: Site, hostile: Hostile) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    answer = connect(cleo, hostile, "cleo-there")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account#ways")
    page = cleo.get("/account").text
    assert "demo:cleo" in page
    assert "hostile:cleo-there" in page
    assert "Connect Hostile House" not in page
    elsewhere = guarded.browser()
    sign_in_there(elsewhere, hostile, "cleo-there")
    assert "demo:cleo" in elsewhere.get("/account").text
    assert len(users(guarded)) == 1
    assert acts(guarded) == ["identity-connected"]
    with guarded.portal.database.reading() as db:
        assert [line.outcome for line in db.exec(select(SignIn).order_by(SignIn.id))] == [
            "signed-in",
            "connected",
            "signed-in",
        ]


def test_connecting_what_is_connected_changes_nothing(guarded: Site, hostile: Hostile) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    for _ in range(2):
        assert connect(cleo, hostile, "cleo-there").headers["location"] == "/account#ways"
    assert len(identities(guarded)) == 2
    assert acts(guarded) == ["identity-connected"]


@pytest.mark.parametrize("verified", [True, False, "true", None], ids=str)
def test_the_same_email_makes_two_accounts(guarded: Site, hostile: Hostile, verified: object) -> None:
    """T01."""
    sign_in(guarded.browser(), "cleo")
    claims = {"email": "cleo@example.org"} | ({} if verified is None else {"email_verified": verified})
    other = guarded.browser()
    sign_in_there(other, hostile, "someone", **claims)
    found = identities(guarded)
    assert found["demo:cleo"] != found["hostile:someone"]
    assert "demo:cleo" not in other.get("/account").text


def test_the_same_subject_of_two_issuers_is_two_people(guarded: Site, hostile: Hostile) -> None:
    """T52."""
    sign_in(guarded.browser(), "cleo")
    sign_in_there(guarded.browser(), hostile, "cleo")
    found = identities(guarded)
    assert found["demo:cleo"] != found["hostile:cleo"]


def test_an_old_sign_in_is_not_enough(guarded: Site, hostile: Hostile) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    with in_future(minutes=15):
        answer = ask_to_connect(cleo)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/account/sign-in-again?next=%2Faccount%23ways",
        )
        assert guarded.program().post("/account/connections", data={"provider": "hostile"}).status_code == 401
    with guarded.portal.database.reading() as db:
        assert db.exec(select(Attempt)).all() == []


def test_a_program_with_an_old_sign_in_is_told_so(guarded: Site) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    with in_future(minutes=15):
        answer = cleo.post("/account/connections", data={"provider": "hostile"}, headers={"accept": "*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


def test_nobody_connects(guarded: Site) -> None:
    assert guarded.browser().post("/account/connections", data={"provider": "hostile"}).status_code == 401


def test_an_unknown_provider_is_no_page(guarded: Site) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    assert cleo.post("/account/connections", data={"provider": "nobody"}).status_code == 404


def test_the_proof_counts_only_in_the_session_that_asked(guarded: Site, hostile: Hostile) -> None:
    """T02: on the way back the browser holds another person's session; both are good."""
    cleo, ben = guarded.browser(), guarded.browser()
    sign_in(cleo, "cleo")
    sign_in(ben, "ben")
    address = ask_to_connect(cleo).headers["location"]
    del cleo.cookies[SESSION]
    cleo.cookies.set(SESSION, str(ben.cookies.get(SESSION)), domain="localhost.local")
    answer = come_back(cleo, hostile, address, "someone")
    assert (answer.status_code, "not signed in as before" in answer.text) == (400, True)
    assert "hostile:someone" not in identities(guarded)


def test_the_proof_counts_for_no_later_session_of_the_same_person(guarded: Site, hostile: Hostile) -> None:
    """T02: signed out and in again meanwhile. The attempt went with the session that began it."""
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    address = ask_to_connect(cleo).headers["location"]
    sign_in(cleo, "cleo")
    assert come_back(cleo, hostile, address, "someone").status_code == 400
    assert "hostile:someone" not in identities(guarded)


def test_the_proof_is_no_sign_in_for_another_browser(guarded: Site, hostile: Hostile) -> None:
    """T02: someone lures a victim to finish the attempt, or finishes a victim's."""
    cleo, thief = guarded.browser(), guarded.browser()
    sign_in(cleo, "cleo")
    sign_in(thief, "ben")
    address = ask_to_connect(cleo).headers["location"]
    assert come_back(thief, hostile, address, "someone").status_code == 400
    assert come_back(guarded.browser(), hostile, address, "someone").status_code == 400
    assert "hostile:someone" not in identities(guarded)


def test_the_way_back_works_once(guarded: Site, hostile: Hostile) -> None:
    """T02: the upstream account is swapped between two uses of the same attempt."""
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    address = ask_to_connect(cleo).headers["location"]
    assert come_back(cleo, hostile, address, "first").status_code == 303
    assert come_back(cleo, hostile, address, "second").status_code == 400
    assert set(identities(guarded)) == {"demo:cleo", "hostile:first"}


def test_the_way_back_works_for_ten_minutes(guarded: Site, hostile: Hostile) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    address = ask_to_connect(cleo).headers["location"]
    with in_future(minutes=10, seconds=1):
        assert come_back(cleo, hostile, address, "late").status_code == 400
    assert set(identities(guarded)) == {"demo:cleo"}


def test_a_token_of_another_sign_in_is_refused(guarded: Site, hostile: Hostile) -> None:
    """T02: the proof of another upstream identity, made for another attempt, has another nonce."""
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    address = ask_to_connect(cleo).headers["location"]
    assert come_back(cleo, hostile, address, "someone", nonce=new_secret()).status_code == 502
    assert set(identities(guarded)) == {"demo:cleo"}


def test_a_disabled_user_connects_nothing(guarded: Site, hostile: Hostile) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    address = ask_to_connect(cleo).headers["location"]
    with guarded.portal.database.writing() as db:
        db.exec(select(Identity)).one().user.disabled_at = db.exec(select(Identity)).one().created_at
    assert come_back(cleo, hostile, address, "someone").status_code == 400
    assert set(identities(guarded)) == {"demo:cleo"}


def test_disconnecting_ends_the_sessions_of_that_way_in(guarded: Site, hostile: Hostile) -> None:
    cleo, elsewhere = guarded.browser(), guarded.browser()
    sign_in(cleo, "cleo")
    connect(cleo, hostile, "cleo-there")
    sign_in_there(elsewhere, hostile, "cleo-there")
    gone = cleo.post("/account/disconnections", data={"identity": identity_id(guarded, "cleo-there")})
    assert (gone.status_code, gone.headers["location"]) == (303, "/account#ways")
    assert cleo.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    sign_in_there(elsewhere, hostile, "cleo-there")
    found = identities(guarded)
    assert found["hostile:cleo-there"] != found["demo:cleo"]
    assert acts(guarded) == ["identity-connected", "identity-disconnected"]


def test_the_last_way_in_stays(guarded: Site) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    assert "Disconnect" not in cleo.get("/account").text
    answer = cleo.post("/account/disconnections", data={"identity": identity_id(guarded, "cleo")})
    assert (answer.status_code, "last way to sign in" in answer.text) == (409, True)
    assert set(identities(guarded)) == {"demo:cleo"}


def test_a_way_in_that_no_longer_works_is_none(guarded: Site) -> None:
    """The other identity's provider has left the settings."""
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    user_id = identities(guarded)["demo:cleo"]
    with guarded.portal.database.writing() as db:
        db.add(Identity(user_id=user_id, provider="gone", issuer="https://gone.example.org", subject="cleo-gone"))
    answer = cleo.post("/account/disconnections", data={"identity": identity_id(guarded, "cleo")})
    assert answer.status_code == 409
    assert cleo.post("/account/disconnections", data={"identity": identity_id(guarded, "cleo-gone")}).status_code == 303


def test_nobody_disconnects_anothers_way_in(guarded: Site, hostile: Hostile) -> None:
    cleo, ben = guarded.browser(), guarded.browser()
    sign_in(cleo, "cleo")
    connect(cleo, hostile, "cleo-there")
    sign_in(ben, "ben")
    for subject in ("cleo", "cleo-there"):
        assert ben.post("/account/disconnections", data={"identity": identity_id(guarded, subject)}).status_code == 404
    assert len(identities(guarded)) == 3


def test_disconnecting_needs_a_fresh_sign_in(guarded: Site, hostile: Hostile) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    connect(cleo, hostile, "cleo-there")
    with in_future(minutes=15):
        answer = cleo.post("/account/disconnections", data={"identity": identity_id(guarded, "cleo-there")})
    assert answer.headers["location"].startswith("/account/sign-in-again")
    assert len(identities(guarded)) == 2


def test_another_site_connects_nothing(guarded: Site) -> None:
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    for path in ("/account/connections", "/account/disconnections", "/account/sign-in-again", "/account/merge/x"):
        answer = cleo.post(path, data={"provider": "hostile"}, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
    assert sessions_kept(guarded) == 1
    assert cleo.cookies.get(SESSION)
