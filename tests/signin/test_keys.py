"""Metadata and keys are kept for an hour, fetched anew when keys change, and never in a flood."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from api import clock
from api.errors import SignInFailed
from api.signin.attempts import Begun
from api.signin.documents import read_keys
from tests.signin.hostile import Hostile, on_the_air
from tests.signin.twists import Twist, always, more, provider_of, refusal, sign_in

METADATA, KEYS = "/.well-known/openid-configuration", "/keys"


def test_both_are_fetched_once_an_hour(hostile: Hostile) -> None:
    provider, start = provider_of(hostile), clock.now()
    for minutes, fetched in ((0, 1), (30, 1), (59, 1), (60, 2)):
        with clock.frozen(start + timedelta(minutes=minutes)):
            asyncio.run(sign_in(provider, hostile))
        assert (hostile.asked[METADATA], hostile.asked[KEYS]) == (fetched, fetched)


def test_a_new_key_is_found_at_once(hostile: Hostile) -> None:
    provider = provider_of(hostile)
    asyncio.run(sign_in(provider, hostile))
    hostile.key = RSAKey.generate_key(2048, {"kid": "key-2"})
    assert asyncio.run(sign_in(provider, hostile)).subject == "reader-1"
    assert hostile.asked[KEYS] == 2


def test_a_withdrawn_key_is_trusted_no_longer_than_an_hour(hostile: Hostile) -> None:
    provider, start, old = provider_of(hostile), clock.now(), hostile.key
    with clock.frozen(start):
        asyncio.run(sign_in(provider, hostile))
    new = RSAKey.generate_key(2048, {"kid": "key-2"})
    hostile.twist("keys", always({"keys": [new.as_dict(private=False)]}))
    with clock.frozen(start + timedelta(minutes=61)):
        assert refusal(sign_in(provider, hostile)) == "provider-token-key"
    assert old.kid == "key-1"


def test_a_flood_of_unknown_keys_costs_one_fetch(hostile: Hostile) -> None:
    provider = provider_of(hostile)
    hostile.twist("header", more(kid="nobody-knows"))

    async def flood() -> list[Any]:
        return await asyncio.gather(*(sign_in(provider, hostile) for _ in range(100)), return_exceptions=True)

    with clock.frozen(clock.now()):
        outcomes = asyncio.run(flood())
    assert {outcome.code for outcome in outcomes} == {"provider-token-key"}
    assert hostile.served["header"] == 100
    assert hostile.asked[KEYS] <= 2


def test_after_a_minute_it_may_be_asked_again(hostile: Hostile) -> None:
    provider, start = provider_of(hostile), clock.now()
    hostile.twist("header", more(kid="nobody-knows"))
    for seconds, fetched in ((0, 2), (59, 2), (60, 3)):
        with clock.frozen(start + timedelta(seconds=seconds)):
            assert refusal(sign_in(provider, hostile)) == "provider-token-key"
        assert hostile.asked[KEYS] == fetched


def test_a_failure_is_shared_by_those_who_waited_and_kept_for_half_a_minute(hostile: Hostile) -> None:
    provider, start = provider_of(hostile), clock.now()
    hostile.twist("metadata", always([]))

    async def crowd() -> list[Any]:
        return await asyncio.gather(*(sign_in(provider, hostile) for _ in range(20)), return_exceptions=True)

    with clock.frozen(start):
        assert {outcome.code for outcome in asyncio.run(crowd())} == {"provider-metadata"}
    hostile.honest()
    with clock.frozen(start + timedelta(seconds=29)):
        assert refusal(sign_in(provider, hostile)) == "provider-metadata"
        assert provider.is_down
    assert hostile.asked[METADATA] == 1
    with clock.frozen(start + timedelta(seconds=30)):
        assert not provider.is_down
        assert asyncio.run(sign_in(provider, hostile)).subject == "reader-1"
        assert not provider.is_down


OUTAGES = [
    ("an error", always(JSONResponse({}, 503))),
    ("HTML", always(HTMLResponse("<p>We will be back"))),
    ("a redirect", always(RedirectResponse("/elsewhere"))),
]


@pytest.mark.parametrize("where", ["metadata", "keys"])
@pytest.mark.parametrize("twist", [case[1] for case in OUTAGES], ids=[case[0] for case in OUTAGES])
def test_the_old_is_kept_through_an_outage_for_a_day(hostile: Hostile, where: str, twist: Twist) -> None:
    provider, start = provider_of(hostile), clock.now()
    with clock.frozen(start):
        asyncio.run(sign_in(provider, hostile))
    hostile.twist(where, twist)
    for hours in (2, 23.99):
        with clock.frozen(start + timedelta(hours=hours)):
            assert asyncio.run(sign_in(provider, hostile)).subject == "reader-1"
            assert asyncio.run(sign_in(provider, hostile)).subject == "reader-1"
            assert not provider.is_down
    assert hostile.served[where] == 2
    with clock.frozen(start + timedelta(hours=24)):
        assert refusal(sign_in(provider, hostile)) == f"provider-{where}"
        assert provider.is_down
    assert hostile.served[where] == 3


def test_an_outage_without_any_connection(hostile: Hostile, provider_key: RSAKey) -> None:
    start = clock.now()
    with on_the_air(Hostile(provider_key)) as going:
        going.start_over(provider_key)
        provider = provider_of(going)
        asyncio.run(provider.start(Begun("s", "n", "v" * 43)))
    with clock.frozen(start + timedelta(hours=2)):
        assert asyncio.run(provider.start(Begun("s", "n", "v" * 43))).startswith(going.issuer)
    with clock.frozen(start + timedelta(days=1, minutes=1)):
        assert refusal(provider.start(Begun("s", "n", "v" * 43))) == "provider-unreachable"


WORDS = [
    ("metadata", more(issuer="https://other.example.org"), "provider-metadata-issuer"),
    ("keys", always({"keys": []}), "provider-keys"),
]


@pytest.mark.parametrize(("where", "twist", "code"), WORDS)
def test_a_word_against_the_old_is_no_outage(hostile: Hostile, where: str, twist: Twist, code: str) -> None:
    provider, start = provider_of(hostile), clock.now()
    with clock.frozen(start):
        asyncio.run(sign_in(provider, hostile))
    hostile.twist(where, twist)
    with clock.frozen(start + timedelta(hours=2)):
        assert refusal(sign_in(provider, hostile)) == code
    assert hostile.served[where] == 1


def test_a_flood_in_an_outage_costs_one_fetch_a_minute(hostile: Hostile) -> None:
    provider, start = provider_of(hostile), clock.now()
    with clock.frozen(start):
        asyncio.run(sign_in(provider, hostile))
        hostile.twist("header", more(kid="nobody-knows"))
        hostile.twist("keys", always(JSONResponse({}, 503)))
        for _ in range(5):
            assert refusal(sign_in(provider, hostile)) == "provider-token-key"
    assert hostile.served["keys"] == 1
    assert hostile.served["header"] == 5


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"keys": "none"},
        {"keys": []},
        {"keys": [None, 7, {}, {"kty": "RSA"}, {"kty": "RSA", "n": 1, "e": 2}, {"kty": "XYZ"}]},
        {"keys": [OctKey.generate_key(256).as_dict()]},
        {"keys": [{"kty": ["RSA"]}]},
    ],
)
def test_key_sets_without_a_usable_key(document: dict[str, Any]) -> None:
    with pytest.raises(SignInFailed) as caught:
        read_keys(document)
    assert caught.value.code == "provider-keys"


def test_a_bad_key_does_not_spoil_a_good_one(provider_key: RSAKey) -> None:
    document = {"keys": [{"kty": "RSA", "n": "!", "e": "!"}, provider_key.as_dict(private=False)]}
    assert [key.kid for key in read_keys(document)] == ["key-1"]


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_short_key_is_none(provider_key: RSAKey) -> None:
    short = RSAKey.generate_key(1024).as_dict(private=False)
    assert len(read_keys({"keys": [short, provider_key.as_dict(private=False)]})) == 1
    with pytest.raises(SignInFailed):
        read_keys({"keys": [short]})


def test_a_key_for_encryption_is_not_for_signatures(hostile: Hostile) -> None:
    entry = hostile.key.as_dict(private=False) | {"use": "enc"}
    hostile.twist("keys", always({"keys": [entry]}))
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-keys"


def test_two_keys_of_one_name_are_none(hostile: Hostile, other_key: RSAKey) -> None:
    both = [key.as_dict(private=False) for key in (hostile.key, other_key)]
    hostile.twist("keys", always({"keys": both}))
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-key"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        ("PS256", lambda: RSAKey.generate_key(2048)),
        ("ES256", lambda: ECKey.generate_key("P-256")),
        ("EdDSA", lambda: OKPKey.generate_key("Ed25519")),
    ],
)
def test_the_other_algorithms(hostile: Hostile, algorithm: str, make: Any) -> None:
    key = make()
    hostile.twist("metadata", more(id_token_signing_alg_values_supported=[algorithm]))
    hostile.twist("keys", always({"keys": [key.as_dict(private=False)]}))
    hostile.twist("token", lambda given: {**given, "id_token": resigned(given["id_token"], algorithm, key)})
    assert asyncio.run(sign_in(provider_of(hostile), hostile)).subject == "reader-1"
    assert hostile.served["token"] == 1


def resigned(token: str, algorithm: str, key: Any) -> str:
    import base64
    import json

    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return jwt.encode({"alg": algorithm}, claims, key, [algorithm])
