"""A provider is believed only where its metadata, its answers and its callback hold up, over real HTTP."""

import asyncio
import gzip
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.seal import new_secret
from api.signin import asking
from api.signin.attempts import Begun, Spent
from api.signin.people import Profile
from tests.signin.hostile import CLIENT_ID, Hostile, mute
from tests.signin.twists import PORTAL, Twist, always, less, more, provider_of, refusal, sign_in


def test_the_address_asks_for_code_proof_and_nonce(hostile: Hostile) -> None:
    address = asyncio.run(provider_of(hostile).start(Begun("the-state", "the-nonce", "v" * 43)))
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{hostile.issuer}/authorize?")
    assert asked["response_type"] == ["code"]
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["redirect_uri"] == [f"{PORTAL}/sign-in/hostile/callback"]
    assert asked["scope"] == ["openid profile email"]
    assert (asked["state"], asked["nonce"]) == (["the-state"], ["the-nonce"])
    assert asked["code_challenge_method"] == ["S256"]
    assert "v" * 43 not in address


def test_an_honest_provider_is_believed(hostile: Hostile) -> None:
    profile = asyncio.run(sign_in(provider_of(hostile), hostile))
    assert profile == Profile(hostile.issuer, "reader-1", "Rea Der", "rea@example.org")
    assert not hostile.served


def test_two_hundred_at_once_are_not_mixed_up(hostile: Hostile) -> None:
    provider = provider_of(hostile)
    subject_of: dict[str, str] = {}
    hostile.twist("claims", lambda given: {**given, "sub": subject_of[given["nonce"]]})

    async def one(number: int) -> tuple[int, str]:
        begun = Begun(new_secret(), new_secret(), new_secret())
        subject_of[begun.nonce] = f"reader-{number}"
        callback = hostile.sign_in(await provider.start(begun))
        return number, (await provider.finish(Spent(begun.nonce, begun.code_verifier, "/"), callback)).subject

    async def crowd() -> list[tuple[int, str]]:
        await provider.start(Begun("s", "n", "v" * 43))
        found: list[tuple[int, str]] = []
        for start in range(0, 200, 25):
            found += await asyncio.gather(*(one(number) for number in range(start, start + 25)))
        return found

    assert all(subject == f"reader-{number}" for number, subject in asyncio.run(crowd()))
    assert hostile.asked["/.well-known/openid-configuration"] == 1
    assert hostile.asked["/keys"] == 1


@pytest.mark.parametrize(
    ("twist", "name", "email"),
    [
        (more(name="  Rea\n\u202eDer\x00 "), "Rea Der", "rea@example.org"),
        (more(name="R" * 500), "R" * 200, "rea@example.org"),
        (more(name=["Rea"]), None, "rea@example.org"),
        (more(name=""), None, "rea@example.org"),
        (more(email=None), "Rea Der", None),
        (more(email="r" * 300 + "@example.org"), "Rea Der", None),
        (more(email="rea\r\n@example.org"), "Rea Der", None),
        (more(email={"rea": True}), "Rea Der", None),
        (less("email"), "Rea Der", None),
        (more(email_verified="true"), "Rea Der", "rea@example.org"),
    ],
)
def test_what_is_shown_is_made_harmless(hostile: Hostile, twist: Twist, name: str | None, email: str | None) -> None:
    hostile.twist("claims", twist)
    profile = asyncio.run(sign_in(provider_of(hostile), hostile))
    assert (profile.name, profile.email) == (name, email)


@pytest.mark.parametrize(
    ("said", "verified"), [(True, True), (False, False), ("true", False), (1, False), (None, False), ([True], False)]
)
def test_an_address_is_verified_only_by_a_real_true(hostile: Hostile, said: object, verified: bool) -> None:
    hostile.twist("claims", more(email_verified=said))
    assert asyncio.run(sign_in(provider_of(hostile), hostile)).email_verified is verified


def test_what_rules_ask_for_is_kept_and_nothing_else(hostile: Hostile) -> None:
    hostile.twist("claims", more(eduperson_scoped_affiliation=["Member@example.edu", 7], groups=["secret"]))
    vouched = asyncio.run(sign_in(provider_of(hostile), hostile)).vouched
    assert (vouched.orcid, vouched.affiliations) == (None, ("member@example.edu",))


def test_what_an_extra_scope_asked_for_is_fetched_where_the_token_lacks_it(hostile: Hostile) -> None:
    hostile.twist("userinfo", more(eduperson_scoped_affiliation="staff@example.edu"))
    plain = asyncio.run(sign_in(provider_of(hostile), hostile))
    assert (plain.vouched.affiliations, hostile.asked["/userinfo"]) == ((), 0)
    asking = provider_of(hostile, scopes="openid profile email eduperson")
    assert asyncio.run(sign_in(asking, hostile)).vouched.affiliations == ("staff@example.edu",)


def test_a_single_audience_in_a_list_is_fine(hostile: Hostile) -> None:
    hostile.twist("claims", more(aud=[CLIENT_ID], azp=CLIENT_ID))
    assert asyncio.run(sign_in(provider_of(hostile), hostile)).subject == "reader-1"


def test_a_missing_name_is_asked_for(hostile: Hostile) -> None:
    hostile.twist("claims", less("name"))
    assert asyncio.run(sign_in(provider_of(hostile), hostile)).name == "Rea Der from userinfo"
    assert hostile.asked["/userinfo"] == 1


def test_the_other_way_to_name_the_client(hostile: Hostile) -> None:
    """Only `client_secret_post` on offer: the secret goes into the form, which this provider then refuses."""
    hostile.twist("metadata", more(token_endpoint_auth_methods_supported=["client_secret_post"]))
    assert refusal(sign_in(provider_of(hostile), hostile)) == "callback-code-refused"


def compressed(document: dict[str, Any]) -> Response:
    return Response(gzip.compress(json.dumps(document).encode()), headers={"content-encoding": "gzip"})


ALGORITHMS = "id_token_signing_alg_values_supported"
METADATA = [
    ("another issuer", more(issuer="https://other.example.org"), "provider-metadata-issuer"),
    ("no issuer", less("issuer"), "provider-metadata-issuer"),
    ("a slash more", lambda given: {**given, "issuer": given["issuer"] + "/"}, "provider-metadata-issuer"),
    ("only weak algorithms", more(**{ALGORITHMS: ["none", "HS256"]}), "provider-metadata-algorithms"),
    ("algorithms of a wrong kind", more(**{ALGORITHMS: "RS256"}), "provider-metadata-algorithms"),
    ("no token endpoint", less("token_endpoint"), "provider-metadata-endpoint"),
    ("keys over plain http", more(jwks_uri="http://keys.example.org/"), "provider-metadata-endpoint"),
    ("a file as token endpoint", more(token_endpoint="file:///etc/passwd"), "provider-metadata-endpoint"),
    ("a script to go to", more(authorization_endpoint="javascript:alert(1)"), "provider-metadata-endpoint"),
    ("a link-local address", more(userinfo_endpoint="http://169.254.169.254/"), "provider-metadata-endpoint"),
    ("a broken address", more(token_endpoint="https://[::1"), "provider-metadata-endpoint"),
    ("no way to name the client", more(token_endpoint_auth_methods_supported=["none"]), None),
    ("a list", always([]), "provider-metadata"),
    ("HTML", always(HTMLResponse("<p>hello")), "provider-metadata"),
    ("a redirect", always(RedirectResponse("/elsewhere")), "provider-metadata"),
    ("an error", always(JSONResponse({}, 500)), "provider-metadata"),
    ("too much", lambda given: {**given, "more": "x" * 300_000}, "provider-metadata"),
    ("too deep", always(Response("[" * 100_000, media_type="application/json")), "provider-metadata"),
    ("compressed", lambda given: compressed(given), "provider-metadata"),
]


@pytest.mark.parametrize(("twist", "code"), [case[1:] for case in METADATA], ids=[case[0] for case in METADATA])
def test_metadata_that_does_not_hold_up(hostile: Hostile, twist: Twist, code: str | None) -> None:
    hostile.twist("metadata", twist)
    assert refusal(sign_in(provider_of(hostile), hostile)) == (code or "provider-metadata-authentication")
    assert hostile.served["metadata"] == 1
    assert hostile.asked["/token"] == hostile.asked["/elsewhere"] == 0


EXCHANGES: list[tuple[str, Twist, str]] = [
    ("a redirect", always(RedirectResponse("/elsewhere", 302)), "provider-exchange"),
    ("a redirect that keeps the form", always(RedirectResponse("/elsewhere", 307)), "provider-exchange"),
    ("HTML", always(HTMLResponse("<p>hello")), "provider-exchange"),
    ("a list", always([]), "provider-exchange"),
    ("a number", always(7), "provider-exchange"),
    ("nothing at all", always(Response(b"")), "provider-exchange"),
    ("a server error", always(JSONResponse({"error": "x"}, 500)), "provider-exchange"),
    ("tokens with a wrong status", lambda given: JSONResponse(given, 403), "provider-exchange"),
    ("too much", lambda given: {**given, "more": "x" * 300_000}, "provider-exchange"),
    ("too deep", always(Response("[" * 100_000, media_type="application/json")), "provider-exchange"),
    ("an odd lifetime", more(expires_in="soon"), "provider-exchange"),
    ("an endless lifetime", more(expires_in=float("inf")), "provider-exchange"),
    ("an error", always(JSONResponse({"error": "invalid_client"}, 401)), "provider-refused"),
    ("an error with a script", always(JSONResponse({"error": "<script>", "error_description": "<b>"}, 400)), ""),
    ("an error that is no text", always(JSONResponse({"error": {"a": 1}}, 400)), "provider-refused"),
    ("an error with status 200", always({"error": "server_error"}), "provider-refused"),
    ("a refused code", always(JSONResponse({"error": "invalid_grant"}, 400)), "callback-code-refused"),
]


@pytest.mark.parametrize(("twist", "code"), [case[1:] for case in EXCHANGES], ids=[case[0] for case in EXCHANGES])
def test_exchanges_that_fail(hostile: Hostile, twist: Twist, code: str) -> None:
    hostile.twist("token", twist)
    assert refusal(sign_in(provider_of(hostile), hostile)) == (code or "provider-refused")
    assert hostile.served["token"] == 1
    assert hostile.asked["/elsewhere"] == 0


def test_a_token_endpoint_that_hangs_up(hostile: Hostile) -> None:
    with mute(hang=False) as (address, heard):
        hostile.twist("metadata", more(token_endpoint=f"{address}/token"))
        assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-exchange"
        assert heard["requests"] == 1


def test_a_token_endpoint_that_never_answers(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    with mute(hang=True) as (address, heard):  # for ever
        hostile.twist("metadata", more(token_endpoint=f"{address}/token"))
        provider = provider_of(hostile)
        asyncio.run(provider.start(Begun("s", "n", "v" * 43)))  # its metadata are known
        monkeypatch.setattr(asking, "TIMEOUT", 1.0)
        assert refusal(sign_in(provider, hostile)) == "provider-unreachable"
        assert heard["requests"] == 1


def test_a_provider_that_is_not_there() -> None:
    with mute(hang=False) as (address, _):
        pass
    gone = Hostile(RSAKey.generate_key(2048))
    gone.issuer = address
    assert refusal(sign_in(provider_of(gone), gone)) == "provider-unreachable"


CALLBACKS = [
    ("another issuer", more(iss="https://other.example.org"), "callback-issuer"),
    ("a slash more", lambda given: {**given, "iss": given["iss"] + "/"}, "callback-issuer"),
    ("no issuer though promised", less("iss"), "callback-issuer-missing"),
    ("no code", less("code"), "callback-code"),
    ("an empty code", more(code=""), "callback-code"),
    ("a huge code", more(code="c" * 5000), "callback-code"),
    ("a code with a line break", more(code="c\r\nd"), "callback-code"),
    ("a code of someone else", more(code=new_secret()), "callback-code-refused"),
    ("cancelled", more(error="access_denied"), "cancelled"),
    ("an error", more(error="server_error"), "provider-error"),
    ("an error of another issuer", more(error="access_denied", iss="https://other.example.org"), "callback-issuer"),
]


@pytest.mark.parametrize(("twist", "code"), [case[1:] for case in CALLBACKS], ids=[case[0] for case in CALLBACKS])
def test_callbacks_that_do_not_hold_up(hostile: Hostile, twist: Twist, code: str) -> None:
    hostile.twist("callback", twist)
    assert refusal(sign_in(provider_of(hostile), hostile)) == code
    assert hostile.served["callback"] == 1
    assert hostile.asked["/token"] == (1 if code == "callback-code-refused" else 0)


def test_a_callback_without_issuer_where_none_is_promised(hostile: Hostile) -> None:
    hostile.twist("metadata", less("authorization_response_iss_parameter_supported"))
    hostile.twist("callback", less("iss"))
    assert asyncio.run(sign_in(provider_of(hostile), hostile)).subject == "reader-1"


def test_a_wrong_verifier_is_refused(hostile: Hostile) -> None:
    async def with_another_verifier() -> Profile:
        provider = provider_of(hostile)
        begun = Begun(new_secret(), new_secret(), new_secret())
        callback = hostile.sign_in(await provider.start(begun))
        return await provider.finish(Spent(begun.nonce, new_secret(), "/"), callback)

    assert refusal(with_another_verifier()) == "callback-code-refused"


def test_half_a_character_in_a_name_is_dropped(hostile: Hostile) -> None:
    hostile.twist("claims", less("name"))
    hostile.twist("userinfo", always(Response(b'{"sub": "reader-1", "name": "\\ud800Rea"}')))
    assert asyncio.run(sign_in(provider_of(hostile), hostile)).name == "Rea"


USERINFO = [
    ("another subject", more(sub="someone-else"), "provider-userinfo-subject"),
    ("no subject", less("sub"), "provider-userinfo-subject"),
    ("HTML", always(HTMLResponse("<p>hello")), "provider-userinfo"),
    ("an error", always(JSONResponse({}, 500)), "provider-userinfo"),
    ("a redirect", always(RedirectResponse("/elsewhere")), "provider-userinfo"),
]


@pytest.mark.parametrize(("twist", "code"), [case[1:] for case in USERINFO], ids=[case[0] for case in USERINFO])
def test_userinfo_that_does_not_hold_up(hostile: Hostile, twist: Twist, code: str) -> None:
    hostile.twist("claims", less("name"))
    hostile.twist("userinfo", twist)
    assert refusal(sign_in(provider_of(hostile), hostile)) == code
    assert hostile.served["userinfo"] == 1
    assert hostile.asked["/elsewhere"] == 0


def test_userinfo_cannot_speak_over_the_token(hostile: Hostile) -> None:
    hostile.twist("claims", less("name"))
    hostile.twist("userinfo", more(email="other@example.org", iss="https://other.example.org"))
    profile = asyncio.run(sign_in(provider_of(hostile), hostile))
    assert (profile.issuer, profile.email) == (hostile.issuer, "rea@example.org")
