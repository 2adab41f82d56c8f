"""A fresh sign-in is asked for as one, and an open session at the provider does not pass for it where that shows."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from sqlmodel import select

from api import clock
from api.seal import new_secret
from api.settings_parts import ProviderSettings
from api.signin.attempts import Begun, Errand, Spent
from api.signin.github import ACCOUNTS
from api.signin.providers import Provider
from api.tables import Purpose, Session
from tests.account.moves import come_back, in_future, sign_in_there
from tests.signin.hostile import Hostile
from tests.signin.twists import PORTAL, more, provider_of, refusal
from tests.site import Site

NOW = clock.now()


def asked_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def again(provider: Provider, hostile: Hostile, purpose: Purpose = Purpose.AGAIN) -> Any:
    begun, at = Begun(new_secret(), new_secret(), new_secret()), clock.now()
    callback = hostile.sign_in(await provider.start(begun, afresh=True))
    return await provider.finish(Spent(begun.nonce, begun.code_verifier, "/", False, Errand(purpose), at), callback)


def test_a_provider_is_asked_for_it(hostile: Hostile) -> None:
    begun, provider = Begun("s", "n", "v" * 43), provider_of(hostile)
    afresh, first = (asked_of(asyncio.run(provider.start(begun, afresh=wanted))) for wanted in (True, False))
    assert afresh == {**first, "prompt": "login", "max_age": "0"}


def test_who_knows_no_fresh_sign_in_at_least_asks_which_account() -> None:
    settings = ProviderSettings(kind="github", client_id="x", client_secret=SecretStr("y"))
    address = asyncio.run(Provider("code", settings, PORTAL).start(Begun("s", "n", "v" * 43), afresh=True))
    assert address.startswith(ACCOUNTS.metadata.authorization_endpoint)
    assert asked_of(address)["prompt"] == "select_account"
    assert "max_age" not in asked_of(address)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@pytest.mark.parametrize("claims", [{}, {"auth_time": seconds(NOW)}, {"auth_time": seconds(NOW) - 30}])
def test_a_sign_in_since_then_will_do(hostile: Hostile, claims: dict[str, Any]) -> None:
    hostile.twist("claims", more(**claims))
    with clock.frozen(NOW):
        assert asyncio.run(again(provider_of(hostile), hostile)).subject == "reader-1"
    assert hostile.served["claims"] == 1


@pytest.mark.parametrize(
    ("auth_time", "point"),
    [
        (seconds(NOW) - 90, "authentication"),
        (seconds(NOW) - 86_400, "authentication"),
        (0, "authentication"),
        (float("nan"), "authentication"),
        ("today", "malformed"),
        (True, "malformed"),
        (None, "malformed"),
    ],
)
def test_a_sign_in_from_before_will_not(hostile: Hostile, auth_time: object, point: str) -> None:
    hostile.twist("claims", more(auth_time=auth_time))
    with clock.frozen(NOW):
        assert refusal(again(provider_of(hostile), hostile)) == f"provider-token-{point}"
    assert hostile.served["claims"] == 1


def test_for_an_ordinary_sign_in_any_session_there_will_do(hostile: Hostile) -> None:
    hostile.twist("claims", more(auth_time=seconds(NOW) - 86_400))
    assert asyncio.run(again(provider_of(hostile), hostile, Purpose.SIGN_IN)).subject == "reader-1"
    assert hostile.served["claims"] == 1


def test_a_forgotten_session_there_proves_nothing_here(guarded: Site, hostile: Hostile) -> None:
    someone = guarded.browser()
    sign_in_there(someone, hostile, "someone")
    with in_future(minutes=30):
        started = someone.post("/account/sign-in-again", data={"provider": "hostile", "next": "/account"})
        address = started.headers["location"]
        assert asked_of(address)["prompt"] == "login"
        an_hour_ago = seconds(clock.now() - timedelta(hours=1))
        answer = come_back(someone, hostile, address, "someone", auth_time=an_hour_ago)
        assert answer.status_code == 502
        assert "Hostile House did not ask you to sign in again" in answer.text
        assert someone.get("/account/export.json").status_code == 303
    with guarded.portal.database.reading() as db:
        session = db.exec(select(Session)).one()
        assert session.authenticated_at == session.created_at
