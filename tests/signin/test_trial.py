"""A sign-in on trial shows staff what a provider sends, and leaves no session, user or mark behind."""

import logging

import httpx2
import pytest
from sqlmodel import select

from api.signin.reader import LAST, SESSION
from api.tables import Attempt, Event, Identity, Session, User
from tests.cast import Forms, make_editor, sign_in
from tests.signin.hostile import Hostile
from tests.signin.travel import cookies_of
from tests.signin.twists import more
from tests.site import Site

TRIAL = "/sign-in/hostile/trial"


@pytest.fixture
def ada(guarded: Site) -> httpx2.Client:
    """An editor, signed in by the demo's provider."""
    make_editor(guarded)
    client = guarded.browser()
    sign_in(client, "ada")
    return client


def kept(site: Site) -> list[object]:
    with site.portal.database.reading() as db:
        return [row.model_dump() for table in (User, Identity, Session, Event) for row in db.exec(select(table)).all()]


def on_trial(client: httpx2.Client, hostile: Hostile) -> httpx2.Response:
    form = next(form for form in Forms.of(client.get(TRIAL).text) if form.action == TRIAL)
    started = client.post(form.action, data=form.fields)
    assert started.status_code == 303
    return client.get("/sign-in/hostile/callback", params=hostile.sign_in(started.headers["location"]))


def test_the_page_shows_what_the_doctor_finds(guarded: Site, ada: httpx2.Client) -> None:
    page = ada.get(TRIAL)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    assert f"{guarded.url}/sign-in/hostile/callback" in page.text
    assert "<b>Keys: good</b> <span>1 key for signatures, by RS256.</span>" in page.text


def test_a_trial_shows_claims_and_profile_and_changes_nothing(
    guarded: Site, ada: httpx2.Client, hostile: Hostile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatefold.signin")
    hostile.twist("claims", more(affiliation="staff <b>\u202e@example.edu", email_verified="true"))
    before, session = kept(guarded), ada.cookies.get(SESSION)
    page = on_trial(ada, hostile)
    assert page.status_code == 200
    assert hostile.served["claims"] == 1
    assert "hostile:reader-1" in page.text
    assert "rea@example.org, not verified" in page.text
    assert "&#34;affiliation&#34;: &#34;staff &lt;b&gt;\\u202e@example.edu&#34;" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    assert kept(guarded) == before
    assert ada.cookies.get(SESSION) == session
    assert ada.cookies.get(LAST) == "demo"
    assert [record.getMessage() for record in caplog.records] == ["trial finished provider=hostile"]


def test_a_trial_that_fails_says_what_to_mend(guarded: Site, ada: httpx2.Client, hostile: Hostile) -> None:
    hostile.twist("claims", more(aud="someone-else"))
    before = kept(guarded)
    page = on_trial(ada, hostile)
    assert hostile.served["claims"] == 1
    assert "provider-token-audience" in page.text
    assert "check the client id" in page.text
    assert "someone-else" not in page.text
    assert kept(guarded) == before


def test_a_provider_that_is_down_is_found_at_the_start(ada: httpx2.Client, hostile: Hostile) -> None:
    hostile.twist("metadata", more(issuer="https://other.example.org"))
    page = ada.post(TRIAL)
    assert "provider-metadata-issuer" in page.text
    assert "location" not in page.headers
    assert hostile.served["metadata"] == 1


@pytest.mark.parametrize("person", [None, "cleo"])
def test_for_all_but_staff_there_is_nothing_here(guarded: Site, hostile: Hostile, person: str | None) -> None:
    client = guarded.browser()
    if person is not None:
        sign_in(client, person)
    for answer in (client.get(TRIAL), client.post(TRIAL)):
        assert answer.status_code == 404
        assert answer.text.replace(TRIAL, "/nowhere") == client.get("/nowhere").text
    assert not hostile.asked
    with guarded.portal.database.reading() as db:
        assert db.exec(select(Attempt)).all() == []


@pytest.mark.parametrize("person", [None, "cleo"])
def test_a_trial_ends_with_nothing_for_who_is_no_staff_any_more(
    guarded: Site, ada: httpx2.Client, hostile: Hostile, person: str | None
) -> None:
    callback = hostile.sign_in(ada.post(TRIAL).headers["location"])
    if person is None:
        ada.cookies.delete(SESSION)
    else:
        sign_in(ada, person)
    before = kept(guarded)
    answer = ada.get("/sign-in/hostile/callback", params=callback)
    assert answer.status_code == 404
    assert "reader-1" not in answer.text
    assert SESSION not in cookies_of(answer)
    assert kept(guarded) == before
    assert hostile.asked["/token"] == 0


def test_a_trial_works_once_and_in_its_own_browser(guarded: Site, ada: httpx2.Client, hostile: Hostile) -> None:
    callback = hostile.sign_in(ada.post(TRIAL).headers["location"])
    stranger = guarded.browser().get("/sign-in/hostile/callback", params=callback)
    assert stranger.status_code == 400
    assert ada.get("/sign-in/hostile/callback", params=callback).status_code == 200
    assert ada.get("/sign-in/hostile/callback", params=callback).status_code == 400
    assert hostile.asked["/token"] == 1


def test_a_plain_attempt_never_becomes_a_trial(guarded: Site, ada: httpx2.Client, hostile: Hostile) -> None:
    started = ada.post("/sign-in/hostile", data={"next": TRIAL})
    answer = ada.get("/sign-in/hostile/callback", params=hostile.sign_in(started.headers["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_another_site_can_start_no_trial(ada: httpx2.Client, hostile: Hostile) -> None:
    assert ada.post(TRIAL, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert not hostile.asked


def test_there_is_no_trial_of_an_unknown_provider(ada: httpx2.Client) -> None:
    assert ada.get("/sign-in/nobody/trial").status_code == 404
