"""GitHub speaks OAuth 2 alone: the account's number is who someone is, and only a verified primary address counts."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.seal import new_secret
from api.settings_parts import ProviderSettings
from api.signin.attempts import Begun, Spent
from api.signin.people import Profile
from api.signin.providers import Provider
from tests.signin.doubles import GitHubDouble
from tests.signin.hostile import CLIENT_ID, CLIENT_SECRET, on_the_air
from tests.signin.twists import PORTAL, Twist, always, less, more, refusal, sign_in

REA = Profile("https://github.com", "583231", "Rea Der", "rea@example.org", True)


@pytest.fixture(scope="module")
def on_air() -> Iterator[GitHubDouble]:
    with on_the_air(GitHubDouble()) as double:
        yield double


@pytest.fixture
def github(on_air: GitHubDouble) -> GitHubDouble:
    on_air.start_over()
    return on_air


def provider_of(github: GitHubDouble, **given: Any) -> Provider:
    secret = SecretStr(given.pop("client_secret", CLIENT_SECRET))
    settings = ProviderSettings(kind="github", client_id=CLIENT_ID, client_secret=secret, **given)
    return Provider("code", settings, PORTAL, github.relay())


def test_the_address_asks_for_code_and_proof(github: GitHubDouble) -> None:
    address = asyncio.run(provider_of(github).start(Begun("the-state", "the-nonce", "v" * 43)))
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith("https://github.com/login/oauth/authorize?")
    assert asked["redirect_uri"] == [f"{PORTAL}/sign-in/code/callback"]
    assert asked["scope"] == ["user:email"]
    assert asked["state"] == ["the-state"]
    assert asked["code_challenge_method"] == ["S256"]


def test_an_account_is_known_by_its_number(github: GitHubDouble) -> None:
    provider = provider_of(github)
    assert asyncio.run(sign_in(provider, github)) == REA
    assert (provider.label, provider.shares) == ("GitHub", "Shares your username and email address")
    assert github.asked == {"/login/oauth/access_token": 1, "/user": 1, "/user/emails": 1}


def test_a_renamed_account_is_the_same_and_a_taken_over_name_is_not(github: GitHubDouble) -> None:
    github.twist("user", more(login="someone-else", id=583231))
    assert asyncio.run(sign_in(provider_of(github), github)).subject == REA.subject
    github.twist("user", more(login="rea", id=77))
    assert asyncio.run(sign_in(provider_of(github), github)).subject == "77"


def test_who_gives_no_name_is_called_by_the_login(github: GitHubDouble) -> None:
    github.twist("user", more(name=None))
    assert asyncio.run(sign_in(provider_of(github), github)).name == "rea"


def entry(**given: Any) -> dict[str, Any]:
    return {"email": "rea@example.org", "primary": True, "verified": True} | given


EMAILS: list[tuple[str, Twist]] = [
    ("not verified", always([entry(verified=False)])),
    ("verified as a text", always([entry(verified="true")])),
    ("verified as a number", always([entry(verified=1)])),
    ("no word on it", always([less("verified")(entry())])),
    ("none is primary", always([entry(primary=False)])),
    ("primary as a text", always([entry(primary="true")])),
    ("two are primary", always([entry(), entry(email="other@example.org")])),
    ("an unverified primary beside a verified one", always([entry(verified=False), entry(primary=False)])),
    ("none", always([])),
    ("no objects", always([None, 7, "rea@example.org"])),
    ("no text", always([entry(email=["rea@example.org"])])),
    ("a line break", always([entry(email="rea\r\n@example.org")])),
    ("not shared", always(JSONResponse({"message": "Not Found"}, 404))),
    ("forbidden", always(JSONResponse({"message": "Resource not accessible"}, 403))),
]


@pytest.mark.parametrize("twist", [case[1] for case in EMAILS], ids=[case[0] for case in EMAILS])
def test_no_other_address_counts(github: GitHubDouble, twist: Twist) -> None:
    """Nor does the public address of `/user`, which nobody has verified."""
    github.twist("emails", twist)
    profile = asyncio.run(sign_in(provider_of(github), github))
    assert (profile.subject, profile.email, profile.email_verified) == ("583231", None, False)
    assert github.served["emails"] == 1


EXCHANGES: list[tuple[str, Twist, str]] = [
    ("an error with status 200", always({"error": "bad_verification_code"}), "callback-code-refused"),
    ("a wrong client with status 200", always({"error": "incorrect_client_credentials"}), "provider-refused"),
    ("a wrong redirect with status 200", always({"error": "redirect_uri_mismatch"}), "provider-refused"),
    ("an unknown error with a token", more(error="unsupported"), "provider-refused"),
    ("no token", less("access_token"), "provider-account"),
    ("a token that is no text", more(access_token={"a": 1}), "provider-account"),
    ("a token with a line break", more(access_token="a\r\nX-Evil: 1"), "provider-account"),
    ("a token of someone unknown", more(access_token="gho_unknown"), "provider-account"),
    ("a form", always(Response("access_token=gho_x&token_type=bearer")), "provider-exchange"),
    ("HTML", always(HTMLResponse("<p>hello")), "provider-exchange"),
    ("a redirect", always(RedirectResponse("/elsewhere", 307)), "provider-exchange"),
    ("an error page", always(HTMLResponse("<p>unicorn", 502)), "provider-exchange"),
]


@pytest.mark.parametrize(("twist", "code"), [case[1:] for case in EXCHANGES], ids=[case[0] for case in EXCHANGES])
def test_exchanges_that_fail(github: GitHubDouble, twist: Twist, code: str) -> None:
    github.twist("token", twist)
    assert refusal(sign_in(provider_of(github), github)) == code
    assert github.served["token"] == 1
    assert github.asked["/elsewhere"] == 0


def test_a_wrong_secret_is_refused_by_the_double_itself(github: GitHubDouble) -> None:
    assert refusal(sign_in(provider_of(github, client_secret="wrong"), github)) == "provider-refused"


def test_a_wrong_verifier_is_refused_by_the_double_itself(github: GitHubDouble) -> None:
    async def with_another_verifier() -> Profile:
        provider = provider_of(github)
        begun = Begun(new_secret(), new_secret(), new_secret())
        callback = github.sign_in(await provider.start(begun))
        return await provider.finish(Spent(begun.nonce, new_secret(), "/"), callback)

    assert refusal(with_another_verifier()) == "callback-code-refused"


ACCOUNTS: list[tuple[str, str, Twist]] = [
    ("no number", "user", less("id")),
    ("a number as text", "user", more(id="583231")),
    ("a truth for a number", "user", more(id=True)),
    ("a fraction", "user", more(id=1.5)),
    ("nought", "user", more(id=0)),
    ("a negative number", "user", more(id=-1)),
    ("a list", "user", always([])),
    ("HTML", "user", always(HTMLResponse("<p>hello"))),
    ("an error", "user", always(JSONResponse({"message": "Bad credentials"}, 401))),
    ("a redirect", "user", always(RedirectResponse("/elsewhere"))),
    ("too much", "user", more(more="x" * 300_000)),
    ("addresses that are no list", "emails", always({"email": "rea@example.org"})),
    ("addresses as HTML", "emails", always(HTMLResponse("<p>hello"))),
    ("addresses out of order", "emails", always(JSONResponse({}, 500))),
]


@pytest.mark.parametrize(("where", "twist"), [case[1:] for case in ACCOUNTS], ids=[case[0] for case in ACCOUNTS])
def test_accounts_that_do_not_hold_up(github: GitHubDouble, where: str, twist: Twist) -> None:
    github.twist(where, twist)
    assert refusal(sign_in(provider_of(github), github)) == "provider-account"
    assert github.served[where] == 1
    assert github.asked["/elsewhere"] == 0


CALLBACKS = [
    ("another issuer", more(iss="https://github.com.evil.example"), "callback-issuer"),
    ("the identity's issuer", more(iss="https://github.com"), "callback-issuer"),
    ("cancelled", more(error="access_denied"), "cancelled"),
    ("a suspended client", more(error="application_suspended"), "provider-error"),
    ("no code", less("code"), "callback-code"),
    ("a code of someone else", more(code="x" * 20), "callback-code-refused"),
]


@pytest.mark.parametrize(("twist", "code"), [case[1:] for case in CALLBACKS], ids=[case[0] for case in CALLBACKS])
def test_callbacks_that_do_not_hold_up(github: GitHubDouble, twist: Twist, code: str) -> None:
    github.twist("callback", twist)
    assert refusal(sign_in(provider_of(github), github)) == code
    assert github.served["callback"] == 1
    assert github.asked["/user"] == 0


def test_a_callback_may_name_no_issuer(github: GitHubDouble) -> None:
    github.twist("callback", less("iss"))
    assert asyncio.run(sign_in(provider_of(github), github)) == REA
