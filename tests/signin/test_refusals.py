"""Every way in which coming back from a provider can fail ends on one plain page, without a session."""

import logging
import threading
import time
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from sqlmodel import select
from starlette.responses import HTMLResponse

from api import clock
from api.signin import asking
from api.signin.documents import FAILURE_KEPT
from api.signin.reader import BROWSER, SESSION
from api.tables import Attempt, User
from tests.cast import pick_person, sign_in
from tests.patience import PATIENCE
from tests.signin.hostile import Hostile, mute
from tests.signin.travel import assert_refused, back_from, cookies_of, start
from tests.signin.twists import always, more
from tests.site import Site


def test_a_callback_works_once(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    callback = hostile.sign_in(start(client, "hostile"))
    assert client.get("/sign-in/hostile/callback", params=callback).status_code == 303
    client.post("/sign-out")
    assert_refused(guarded, client.get("/sign-in/hostile/callback", params=callback))
    assert hostile.asked["/token"] == 1


def test_of_twenty_callbacks_at_once_one_succeeds(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    callback = hostile.sign_in(start(client, "hostile"))
    cookie = {"cookie": f"{BROWSER}={client.cookies.get(BROWSER)}", "accept": "text/html"}
    barrier, statuses = threading.Barrier(20), []

    def come_back() -> None:
        barrier.wait()
        answer = httpx2.get(
            f"{guarded.url}/sign-in/hostile/callback", params=callback, headers=cookie, timeout=PATIENCE
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=come_back) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [400] * 19
    assert hostile.asked["/token"] == 1


def test_a_browser_without_the_cookie_is_refused(guarded: Site, hostile: Hostile) -> None:
    callback = hostile.sign_in(start(guarded.browser(), "hostile"))
    assert_refused(guarded, guarded.browser().get("/sign-in/hostile/callback", params=callback))
    assert hostile.asked["/token"] == 0


def test_an_honest_code_at_another_providers_address_is_refused(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    callback = hostile.sign_in(start(client, "hostile"))
    assert_refused(guarded, client.get("/sign-in/demo/callback", params=callback))


@pytest.mark.parametrize("query", ["", "?state=", "?state=x", "?code=x", "?state=x&code=y", "?error=access_denied"])
def test_a_callback_out_of_nowhere_is_refused(site: Site, query: str) -> None:
    client = site.browser()
    start(client)
    assert_refused(site, client.get(f"/sign-in/demo/callback{query}"))


def test_a_repeated_parameter_is_refused(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    callback = hostile.sign_in(start(client, "hostile"))
    query = "&".join(f"{name}={quote(value)}" for name, value in callback.items())
    assert_refused(guarded, client.get(f"/sign-in/hostile/callback?code=again&{query}"))


def test_another_issuer_in_the_callback_is_refused(guarded: Site, hostile: Hostile) -> None:
    assert_refused(guarded, back_from(guarded.browser(), hostile, iss="https://other.example.org"))


def test_cancelling_is_a_page_with_a_way_back(site: Site) -> None:
    client = site.browser()
    address = start(client, next_path="/books/edited/a-volume?get=pdf")
    chosen = pick_person(client, address, "nobody-on-the-list")
    assert parse_qs(urlsplit(chosen.headers["location"]).query)["error"] == ["access_denied"]
    answer = client.get(chosen.headers["location"])
    assert_refused(site, answer)
    assert "You cancelled at Example Sign-in" in answer.text
    assert "/sign-in?next=%2Fbooks%2Fedited%2Fa-volume%3Fget%3Dpdf" in answer.text


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("token", always(HTMLResponse("<p>hello"))),
        ("token", always({"error": "server_error", "error_description": "<script>alert(1)</script>"})),
        ("claims", more(aud="someone-else")),
        ("claims", more(nonce="another")),
        ("id_token", always(None)),
        ("keys", always({"keys": []})),
    ],
)
def test_a_provider_at_fault_is_a_page_that_says_so(
    guarded: Site, hostile: Hostile, where: str, answer: object
) -> None:
    hostile.twist(where, answer)  # type: ignore[arg-type]
    page = back_from(guarded.browser(), hostile)
    assert_refused(guarded, page, 502)
    assert hostile.served[where] == 1
    assert "<script>alert" not in page.text
    with guarded.portal.database.reading() as db:
        assert db.exec(select(Attempt)).all() == []
        assert db.exec(select(User)).all() == []


def test_no_transaction_is_open_while_the_provider_is_asked(guarded: Site, hostile: Hostile) -> None:
    open_connections: list[int] = []

    def look_around(answer: object) -> object:
        database = guarded.portal.database
        open_connections.extend(engine.pool.checkedout() for engine in (database._read, database._write))
        with database.writing() as db:  # would wait for a lock that the callback held
            assert db.exec(select(Attempt)).all() == []
        return answer

    hostile.twist("token", look_around)
    assert back_from(guarded.browser(), hostile).status_code == 303
    assert hostile.served["token"] == 1
    assert open_connections == [0, 0]


def test_a_provider_that_is_down_is_a_page_too(guarded: Site, hostile: Hostile) -> None:
    hostile.twist("metadata", always(HTMLResponse("down", 503)))
    client = guarded.browser()
    assert_refused(guarded, client.post("/sign-in/hostile", data={"next": "/account"}), 502)
    hostile.honest()
    with clock.frozen(clock.now() + FAILURE_KEPT):
        assert back_from(client, hostile).status_code == 303


def test_a_provider_that_hangs_is_told_in_six_seconds_and_then_at_once(
    guarded: Site, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 5.0)
    with mute(hang=True) as (address, heard):
        monkeypatch.setattr(guarded.portal.providers["hostile"], "settings", hostile.settings(label="Hostile House"))
        guarded.portal.providers["hostile"].settings.issuer = address
        client, times = guarded.browser(), []
        for _ in range(2):
            begun = time.monotonic()
            answer = client.post("/sign-in/hostile", data={"next": "/account"})
            times.append(time.monotonic() - begun)
            assert_refused(guarded, answer, 502)
            assert "Hostile House did not answer" in answer.text
            assert "Try again, or choose another account." in answer.text
        assert heard["requests"] == 1
    assert times[1] < 5 <= times[0] < 10, "the second one has not waited"
    page = client.get("/sign-in").text
    assert "Did not answer a moment ago" in page.partition("Hostile House")[2].partition("</li>")[0]
    assert page.count("Did not answer a moment ago") == 1
    assert sign_in(client, "cleo").status_code == 303


def test_a_disabled_reader_is_refused_and_a_running_session_ends(site: Site) -> None:
    client = site.browser()
    sign_in(client, "cleo")
    with site.portal.database.writing() as db:
        db.exec(select(User)).one().disabled_at = clock.now()
    assert client.get("/account").status_code == 303
    client.cookies.clear()
    answer = sign_in(client, "cleo")
    assert answer.status_code == 400
    assert "closed" in answer.text
    assert SESSION not in cookies_of(answer)


def test_the_log_has_the_reason_and_no_secret(
    guarded: Site, hostile: Hostile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = guarded.browser()
    assert back_from(client, hostile).status_code == 303
    hostile.twist("claims", more(aud="someone-else"))
    callback = hostile.sign_in(start(client, "hostile"))
    client.get("/sign-in/hostile/callback", params=callback)
    ours = [record.getMessage() for record in caplog.records if record.name == "gatefold.signin"]
    assert ours == ["signed in provider=hostile", "sign-in failed reason=provider-token-audience provider=hostile"]
    everything = "\n".join(record.getMessage() for record in caplog.records if not is_test_client(record))
    for secret in (callback["code"], callback["state"], str(client.cookies.get(SESSION)), "hostile-client-password"):
        assert secret not in everything
    assert "code_verifier" not in everything


def is_test_client(record: logging.LogRecord) -> bool:
    """The tests' own HTTP client logs the addresses it asks for; the server's access log is switched off here."""
    return record.name.startswith(("httpx2", "httpcore2", "uvicorn", "asyncio", "python_multipart"))
