"""Unique secrets go through every flow, and none of them is in any line of the log, even with every logger at DEBUG."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select
from starlette.responses import HTMLResponse

from api.delivery import tickets
from api.ops.logs import RequestLog
from api.settings import Settings
from api.shelf import queries
from api.signin.reader import LAST
from api.tables import Attempt
from tests.make import shelve
from tests.ops.conftest import Kept
from tests.signin.hostile import CLIENT_SECRET, Hostile
from tests.signin.twists import more
from tests.site import served

NAME, EMAIL, QUERY, SUBJECT = "Canary Yellowfeather", "canary@nest.example", "canary-query-4711", "canary-subject-0815"
PATH, AGENT, ADDRESS = "canary-path-2501", "CanaryBrowser/1.0", "203.0.113.77"


def test_no_secret_and_nobodys_name_is_in_the_log(
    settings: Settings, hostile: Hostile, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    secrets = {CLIENT_SECRET, settings.secret_key.get_secret_value(), NAME, EMAIL, QUERY, SUBJECT, PATH, AGENT, ADDRESS}
    given = settings.model_copy(update={"providers": {"hostile": hostile.settings(label="Hostile House")}})
    monkeypatch.setattr(tickets, "withdrawn", lambda _: 1 / 0)

    def noted(answer: dict[str, str]) -> dict[str, str]:
        secrets.update((answer["id_token"], answer["access_token"]))
        return answer

    with served(given, RequestLog(kept.sink)) as site:
        made = shelve(site)
        client = site.browser()
        client.headers.update({"user-agent": AGENT, "x-forwarded-for": ADDRESS, "referer": f"{site.url}/{QUERY}"})
        hostile.twist("claims", more(name=NAME, email=EMAIL, sub=SUBJECT))
        hostile.twist("token", noted)

        # to the provider and back, once well and once badly
        for twist in (None, more(name=NAME, email=EMAIL, sub=SUBJECT, aud=[QUERY])):
            if twist is not None:
                hostile.twist("claims", twist)
            address = client.post("/sign-in/hostile", data={"next": f"/{PATH}?q={QUERY}"}).headers["location"]
            with site.portal.database.reading() as db:
                attempt = db.exec(select(Attempt)).one()
                secrets.update((attempt.code_verifier, attempt.nonce, attempt.state_digest))
            callback = hostile.sign_in(address)
            secrets.update((callback["code"], callback["state"], *parse_qs(urlsplit(address).query)["code_challenge"]))
            client.get("/sign-in/hostile/callback", params=callback)
            secrets.update(value for name, value in client.cookies.items() if value and name != LAST)  # LAST: an id
        assert hostile.served["claims"] == 2
        address = client.post("/sign-in/hostile", data={"next": "/"}).headers["location"]
        hostile.twist("token", lambda _: HTMLResponse(f"<p>{QUERY}</p>", 500))
        client.get("/sign-in/hostile/callback", params=hostile.sign_in(address))
        client.get("/sign-in/hostile/callback", params={"error": QUERY, "error_description": f"{NAME}\r\n{EMAIL}"})

        # a link, its bytes, and links that are bent
        link = client.get(made.pdf).headers["location"]
        ticket = link.split("/")[2]
        secrets.update((ticket, site.portal.seal.digest("ticket", ticket)))
        assert client.get(link).content == made.file
        assert client.get(f"{link}?q={QUERY}", headers={"range": "bytes=5-9"}).status_code == 206
        assert client.get(f"/t/{ticket}/{PATH}.pdf").status_code == 404
        client.post(f"{made.path}/tickets", headers={"accept": "application/json"})

        # pages, wrong turns, refusals, faults
        for path in (
            "/account",
            f"/{PATH}?q={QUERY}",
            f"/reports/{PATH}",
            f"{made.path}?{QUERY}",
            f"/static/{PATH}.css",
        ):
            client.get(path)
        client.get("/", headers={"host": f"{PATH}.example"})
        client.post("/sign-out", headers={"origin": f"https://{PATH}.example"})
        client.get("/metrics", headers={"authorization": f"Bearer {QUERY}"})
        monkeypatch.setattr(queries, "find", lambda *_: {}[NAME, EMAIL])
        assert client.get(made.path, params={"q": QUERY}).status_code == 500
        client.post("/sign-out")

    lines = kept.lines()
    text = kept.text()
    assert len(secrets) >= 20
    assert not [secret for secret in secrets if secret in text]
    assert {line["route"] for line in lines if "route" in line} >= {
        "/t/{ticket}/{filename}",
        "/sign-in/{provider_id}/callback",
        "/reports/{slug}",
        "/{anything:path}",
    }
    said = [line["message"] for line in lines if line.get("logger") == "gatefold.signin"]
    assert said == [
        "signed in provider=hostile",
        "sign-in failed reason=provider-token-audience provider=hostile",
        "sign-in failed reason=provider-exchange provider=hostile",
        "sign-in failed reason=attempt-unknown provider=hostile",
    ]
    (fault,) = [line for line in lines if line.get("message") == "fault"]
    assert fault["fault"] == ["KeyError"]
    assert fault["request"] in {line["request"] for line in lines if line.get("status") == 500}
