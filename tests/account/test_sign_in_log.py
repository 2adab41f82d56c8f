"""What failed stands in the log of whom the provider has proven it was, and in nobody's where it has proven nobody."""

from sqlmodel import select

from api import clock
from api.tables import SignIn, SignInOutcome, User
from tests.account.moves import come_back, connect, identities, sign_in_there
from tests.cast import sign_in
from tests.signin.hostile import Hostile, unsigned
from tests.signin.travel import back_from, start
from tests.site import Site


def turned_away(site: Site) -> list[int]:
    """Whose logs say so, by user."""
    with site.portal.database.reading() as db:
        return list(db.exec(select(SignIn.user_id).where(SignIn.outcome == SignInOutcome.TURNED_AWAY)).all())


def test_a_disabled_account_and_its_owner_read_it_once_they_are_back(guarded: Site, hostile: Hostile) -> None:
    someone = guarded.browser()
    sign_in_there(someone, hostile, "someone")
    user_id = identities(guarded)["hostile:someone"]
    with guarded.portal.database.writing() as db:
        db.get_one(User, user_id).disabled_at = clock.now()
    assert sign_in_there(guarded.browser(), hostile, "someone").status_code == 400
    assert turned_away(guarded) == [user_id]
    with guarded.portal.database.writing() as db:
        db.get_one(User, user_id).disabled_at = None
    sign_in_there(someone, hostile, "someone")
    assert "Turned away" in someone.get("/account").text


def test_another_persons_sign_in_stands_in_their_own_log(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "other")
    someone = guarded.browser()
    sign_in_there(someone, hostile, "someone")
    asked = someone.post("/account/sign-in-again", data={"provider": "hostile", "next": "/account"})
    assert come_back(someone, hostile, asked.headers["location"], "other").status_code == 400
    assert turned_away(guarded) == [identities(guarded)["hostile:other"]]
    assert "Turned away" not in someone.get("/account").text


def test_a_disabled_account_that_can_not_be_merged(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "other")
    other = identities(guarded)["hostile:other"]
    with guarded.portal.database.writing() as db:
        db.get_one(User, other).disabled_at = clock.now()
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    assert connect(cleo, hostile, "other").status_code == 400
    assert turned_away(guarded) == [other]


def test_nobody_is_accused_by_what_is_not_proven(guarded: Site, hostile: Hostile) -> None:
    someone = guarded.browser()
    sign_in_there(someone, hostile, "reader-1")
    for where, twist in (("id_token", unsigned), ("callback", lambda given: {"error": "access_denied", **given})):
        hostile.twist(where, twist)
        assert back_from(guarded.browser(), hostile).status_code in (400, 502)
        assert hostile.served[where] == 1
        hostile.honest()
    callback = hostile.sign_in(start(guarded.browser(), "hostile"))
    assert guarded.browser().get("/sign-in/hostile/callback", params=callback).status_code == 400
    assert turned_away(guarded) == []


def test_someone_unknown_leaves_no_line(guarded: Site, hostile: Hostile) -> None:
    someone = guarded.browser()
    sign_in_there(someone, hostile, "someone")
    asked = someone.post("/account/sign-in-again", data={"provider": "hostile", "next": "/account"})
    assert come_back(someone, hostile, asked.headers["location"], "stranger").status_code == 400
    assert set(identities(guarded)) == {"hostile:someone"}
    assert turned_away(guarded) == []
