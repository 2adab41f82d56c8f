"""Where I am signed in: every browser by name, and each can be signed out from any."""

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.tables import Session, User
from tests.account.moves import in_future
from tests.cast import sign_in
from tests.site import Site

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def browsers(site: Site, count: int, person: str = "cleo") -> list[httpx2.Client]:
    found = []
    for number in range(count):
        client = site.browser()
        client.headers["user-agent"] = (FIREFOX, IPHONE)[number % 2]
        sign_in(client, person)
        found.append(client)
    return found


def statuses(clients: list[httpx2.Client]) -> list[int]:
    return [client.get("/account").status_code for client in clients]


def number_of(site: Site, device: str) -> int:
    with site.portal.database.reading() as db:
        return db.exec(select(Session.id).where(Session.device == device)).one() or 0


def test_each_browser_is_named_and_its_long_name_is_not_kept(site: Site) -> None:
    here, _ = browsers(site, 2)
    page = here.get("/account").text
    assert "Firefox on Linux <span" in page
    assert "This browser" in page
    assert "Safari on iPhone" in page
    with site.portal.database.reading() as db:
        assert "Mozilla" not in str(db.exec(select(Session)).all())


def test_one_is_signed_out(site: Site) -> None:
    here, there = browsers(site, 2)
    answer = here.post("/account/sign-outs", data={"session": number_of(site, "Safari on iPhone")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account#sessions")
    assert statuses([here, there]) == [200, 303]


def test_this_one_is_signed_out(site: Site) -> None:
    here, there = browsers(site, 2)
    answer = here.post("/account/sign-outs", data={"session": number_of(site, "Firefox on Linux")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "gatefold" not in here.cookies
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert statuses([here, there]) == [303, 200]


@pytest.mark.parametrize(("which", "after"), [("others", [200, 303, 303]), ("all", [303, 303, 303])])
def test_others_or_all_are_signed_out(site: Site, which: str, after: list[int]) -> None:
    clients = browsers(site, 3)
    (ben,) = browsers(site, 1, "ben")
    assert clients[0].post("/account/sign-outs", data={"session": which}).status_code == 303
    assert statuses(clients) == after
    assert statuses([ben]) == [200]


def test_nobody_signs_another_person_out(site: Site) -> None:
    (cleo,) = browsers(site, 1)
    (ben,) = browsers(site, 1, "ben")
    with site.portal.database.reading() as db:
        for session_id in db.exec(select(Session.id).join(User).where(User.name == "Cleo Specimen")):
            assert ben.post("/account/sign-outs", data={"session": session_id}).status_code == 303
    assert statuses([cleo, ben]) == [200, 200]


@pytest.mark.parametrize("text", ["", "x", "-1", "9" * 40, "1 or 1", "²"])
def test_nonsense_signs_nobody_out(site: Site, text: str) -> None:
    clients = browsers(site, 2)
    assert clients[0].post("/account/sign-outs", data={"session": text}).status_code == 400
    assert statuses(clients) == [200, 200]


def test_an_idle_one_is_not_listed(site: Site) -> None:
    browsers(site, 2)
    with in_future(hours=13):
        (here,) = browsers(site, 1)
        listed = here.get("/account").text.partition("Sign-in log")[0]
        assert "Firefox on Linux" in listed
        assert "Safari on iPhone" not in listed


def test_use_keeps_a_session_alive_over_http(site: Site) -> None:
    (here,) = browsers(site, 1)
    for hours in (11, 22):
        with in_future(hours=hours):
            assert here.get("/account").status_code == 200
    with in_future(hours=35):
        assert here.get("/account").status_code == 303


def test_a_disabled_user_is_out_everywhere_at_once(site: Site) -> None:
    """T12."""
    clients = browsers(site, 3)
    with site.portal.database.writing() as db:
        db.exec(select(User)).one().disabled_at = clock.now()
    assert statuses(clients) == [303, 303, 303]


def test_the_log_shows_who_was_here(site: Site) -> None:
    here, _ = browsers(site, 2)
    log = here.get("/account").text.partition("Sign-in log")[2]
    assert log.count("Signed in") == 2
    assert "Firefox on Linux" in log
    assert "Safari on iPhone" in log
    assert "127.0.0.1" not in log
