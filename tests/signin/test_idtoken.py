"""An id_token is believed only where every point of it holds up. Each fault is really served, over HTTP."""

import asyncio
import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from api import clock
from api.seal import new_secret
from tests.signin.hostile import CLIENT_ID, Hostile, signed_with_public_key, unsigned
from tests.signin.twists import Twist, always, less, more, moved, provider_of, refusal, sign_in

CLAIMS = [
    ("another issuer", more(iss="https://other.example.org"), "issuer"),
    ("no issuer", less("iss"), "issuer"),
    ("another client's", more(aud="someone-else"), "audience"),
    ("another client's, we as azp", more(aud="someone-else", azp=CLIENT_ID), "audience"),
    ("ours and another's", more(aud=[CLIENT_ID, "someone-else"]), "audience"),
    ("ours and another's, we as azp", more(aud=["someone-else", CLIENT_ID], azp=CLIENT_ID), "audience"),
    ("ours twice", more(aud=[CLIENT_ID, CLIENT_ID]), "audience"),
    ("no audience", less("aud"), "audience"),
    ("an empty audience", more(aud=[]), "audience"),
    ("another azp", more(azp="someone-else"), "audience"),
    ("another nonce", more(nonce=new_secret()), "nonce"),
    ("no nonce", less("nonce"), "nonce"),
    ("expired", moved("exp", -400), "expired"),
    ("no end", less("exp"), "malformed"),
    ("an end in words", more(exp="tomorrow"), "malformed"),
    ("an end that is no number", more(exp=float("nan")), "expired"),
    ("a true end", more(exp=True), "malformed"),
    ("made eleven minutes ago", moved("iat", -660), "issued"),
    ("made a year ago", moved("iat", -31_536_000), "issued"),
    ("made in two minutes", moved("iat", 120), "issued"),
    ("no time of making", less("iat"), "malformed"),
    ("not to be used yet", lambda given: {**given, "nbf": given["iat"] + 600}, "claims"),
    ("for another access token", more(at_hash="c29tZXRoaW5nIGVsc2U"), "claims"),
    ("nobody", less("sub"), "subject"),
    ("an empty subject", more(sub=""), "subject"),
    ("a number as subject", more(sub=7), "subject"),
    ("256 characters", more(sub="s" * 256), "subject"),
    ("1000 characters", more(sub="s" * 1000), "subject"),
    ("not ASCII", more(sub="reader-\u00e9"), "subject"),
    ("a line break", more(sub="reader\n1"), "subject"),
]


@pytest.mark.parametrize(("twist", "point"), [case[1:] for case in CLAIMS], ids=[case[0] for case in CLAIMS])
def test_claims_that_do_not_hold_up(hostile: Hostile, twist: Twist, point: str) -> None:
    hostile.twist("claims", twist)
    assert refusal(sign_in(provider_of(hostile), hostile)) == f"provider-token-{point}"
    assert hostile.served["claims"] == 1


@pytest.mark.parametrize(
    "twist",
    [moved("exp", -350), moved("iat", 50), moved("iat", -590), more(sub="s" * 255), more(sub="a b~!")],
)
def test_claims_at_the_edge_still_hold_up(hostile: Hostile, twist: Twist) -> None:
    hostile.twist("claims", twist)
    with clock.frozen(clock.now()):
        asyncio.run(sign_in(provider_of(hostile), hostile))
    assert hostile.served["claims"] == 1


def test_a_signature_by_another_key(hostile: Hostile, other_key: RSAKey) -> None:
    def resigned(token: str) -> str:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, other_key, ["RS256"])

    hostile.twist("id_token", resigned)
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-signature"
    assert hostile.served["id_token"] == 1


def test_a_changed_claim_breaks_the_signature(hostile: Hostile) -> None:
    def changed(token: str) -> str:
        header, payload, mark = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": "ada"}
        return f"{header}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{mark}"

    hostile.twist("id_token", changed)
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-signature"


def test_no_signature_though_the_provider_lists_none(hostile: Hostile) -> None:
    hostile.twist("id_token", unsigned)
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-algorithm"
    assert hostile.served["id_token"] == 1


def test_the_public_key_as_a_password(hostile: Hostile, provider_key: RSAKey) -> None:
    hostile.twist("id_token", lambda token: signed_with_public_key(token, provider_key))
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-algorithm"
    assert hostile.served["id_token"] == 1


def test_a_key_inside_the_token(hostile: Hostile, other_key: RSAKey) -> None:
    def own_key(token: str) -> str:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        header = {"alg": "RS256", "jwk": other_key.as_dict(private=False)}
        registry = JWSRegistry(algorithms=["RS256"])
        registry.max_header_length = 4096
        return jwt.encode(header, claims, other_key, registry=registry)

    hostile.twist("id_token", own_key)
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-header"
    assert hostile.served["id_token"] == 1


def _head(**header: Any) -> Twist:
    text = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return lambda token: f"{text}.{token.split('.', 1)[1]}"


TOKENS = [
    ("a critical header", _head(alg="RS256", kid="key-1", crit=["exp"], exp=1), "header"),
    ("an unencoded payload", _head(alg="RS256", kid="key-1", crit=["b64"], b64=False), "header"),
    ("no algorithm", _head(kid="key-1"), "malformed"),
    ("a list of algorithms", _head(alg=["RS256"]), "algorithm"),
    ("a key id that is no text", _head(alg="RS256", kid={"a": 1}), "malformed"),
    ("another kind of key", _head(alg="ES256", kid="key-1"), "algorithm"),
    ("too large", lambda token: token + "x" * 17_000, "size"),
    ("two parts", lambda token: token.rpartition(".")[0], "malformed"),
    ("no parts", always("token"), "malformed"),
    ("not ASCII", always("t\u00f6ken"), "malformed"),
    ("empty", always(""), "missing"),
    ("a number", always(7), "missing"),
    ("null", always(None), "missing"),
    ("too deep", always(base64.urlsafe_b64encode(b"[" * 1400).decode().rstrip("=") + ".e30.e30"), "malformed"),
]


@pytest.mark.parametrize(("twist", "point"), [case[1:] for case in TOKENS], ids=[case[0] for case in TOKENS])
def test_tokens_that_are_none(hostile: Hostile, twist: Twist, point: str) -> None:
    hostile.twist("id_token", twist)
    assert refusal(sign_in(provider_of(hostile), hostile)) == f"provider-token-{point}"
    assert hostile.served["id_token"] == 1


def test_no_id_token(hostile: Hostile) -> None:
    hostile.twist("token", less("id_token"))
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-token-missing"
    assert hostile.served["token"] == 1
