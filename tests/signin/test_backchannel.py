"""The provider ends its sessions: only by a token that holds up in every point, and only once."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from api import clock
from api.seal import new_secret
from api.signin.logout_token import EVENT
from tests.cast import sign_in
from tests.signin.hostile import CLIENT_ID, Hostile, signed_with_public_key, unsigned
from tests.signin.travel import back_from, sessions_kept
from tests.signin.twists import less, more
from tests.site import Site

Twist = Callable[[Any], Any]
ADDRESS = "/sign-in/hostile/backchannel-logout"


def claims_of(hostile: Hostile) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {
        "iss": hostile.issuer,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": new_secret(),
        "sub": "reader-1",
        "events": {EVENT: {}},
    }


def signed(hostile: Hostile, claims: dict[str, Any], **header: Any) -> str:
    given = {"alg": "RS256", "kid": hostile.key.kid, "typ": "logout+jwt", **header}
    return jwt.encode(given, claims, hostile.key, ["RS256"])


def tell(site: Site, token: str, address: str = ADDRESS) -> httpx2.Response:
    """As a provider's server would: no cookie, none of a browser's headers."""
    return site.program().post(address, data={"logout_token": token})


def signed_in(site: Site, hostile: Hostile, **claims: Any) -> httpx2.Client:
    client = site.browser()
    hostile.twist("claims", more(**claims))
    assert back_from(client, hostile).status_code == 303
    hostile.honest()
    return client


def test_the_sessions_of_a_subject_end(guarded: Site, hostile: Hostile) -> None:
    clients = [signed_in(guarded, hostile) for _ in range(2)]
    other = signed_in(guarded, hostile, sub="reader-2")
    demo = guarded.browser()
    sign_in(demo, "cleo")
    answer = tell(guarded, signed(hostile, claims_of(hostile)))
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (200, b"", "no-store")
    assert [client.get("/account").status_code for client in (*clients, other, demo)] == [303, 303, 200, 200]
    again = signed_in(guarded, hostile)
    assert "Signed out by the provider" in again.get("/account").text


def test_one_session_of_the_providers_ends_alone(guarded: Site, hostile: Hostile) -> None:
    here, there = (signed_in(guarded, hostile, sid=sid) for sid in ("s-1", "s-2"))
    assert tell(guarded, signed(hostile, less("sub")(claims_of(hostile)) | {"sid": "s-2"})).status_code == 200
    assert [client.get("/account").status_code for client in (here, there)] == [200, 303]
    assert tell(guarded, signed(hostile, claims_of(hostile) | {"sub": "reader-2", "sid": "s-1"})).status_code == 200
    assert here.get("/account").status_code == 200


def test_a_token_with_nobody_to_sign_out_is_fine(guarded: Site, hostile: Hostile) -> None:
    assert tell(guarded, signed(hostile, claims_of(hostile))).status_code == 200


def test_a_token_that_names_no_type_is_judged_by_the_rest(guarded: Site, hostile: Hostile) -> None:
    client = signed_in(guarded, hostile)
    header = {"alg": "RS256", "kid": hostile.key.kid}
    token = jws.serialize_compact(header, json.dumps(claims_of(hostile)).encode(), hostile.key, ["RS256"])
    assert tell(guarded, token).status_code == 200
    assert client.get("/account").status_code == 303


def test_a_token_counts_once(guarded: Site, hostile: Hostile) -> None:
    token = signed(hostile, claims_of(hostile))
    assert tell(guarded, token).status_code == 200
    client = signed_in(guarded, hostile)
    assert tell(guarded, token).status_code == 400
    assert client.get("/account").status_code == 200


def test_a_token_remembered_is_forgotten_only_when_it_is_too_old_anyway(guarded: Site, hostile: Hostile) -> None:
    start = clock.now()
    ahead = signed(
        hostile, claims_of(hostile) | {"iat": int(start.timestamp()) + 50, "exp": int(start.timestamp()) + 9999}
    )
    with clock.frozen(start):
        assert tell(guarded, ahead).status_code == 200
    for minutes in range(1, 20):
        with clock.frozen(start + timedelta(minutes=minutes)):
            tell(guarded, signed(hostile, claims_of(hostile)))  # each sweeps what has expired
            assert tell(guarded, ahead).status_code == 400, minutes


@pytest.mark.parametrize(
    ("twist", "code"),
    [
        (more(iss="https://other.example.org"), "issuer"),
        (less("iss"), "issuer"),
        (more(aud="someone-else"), "audience"),
        (more(aud=[CLIENT_ID, "someone-else"]), "audience"),
        (less("aud"), "audience"),
        (more(nonce="n"), "nonce"),
        (less("events"), "events"),
        (more(events=[EVENT]), "events"),
        (more(events={EVENT: True}), "events"),
        (more(events={"https://other.example.org/event": {}}), "events"),
        (less("jti"), "id"),
        (more(jti=""), "malformed"),
        (more(jti="x" * 256), "malformed"),
        (less("sub"), "nobody"),
        (more(sub=7), "malformed"),
        (more(sid="x" * 256), "malformed"),
        (less("iat"), "issued"),
        (more(iat=True), "issued"),
        (lambda claims: claims | {"iat": claims["iat"] - 661}, "issued"),
        (lambda claims: claims | {"iat": claims["iat"] + 120}, "issued"),
        (lambda claims: claims | {"exp": claims["iat"] - 61}, "expired"),
    ],
)
def test_claims_that_do_not_hold_up(
    guarded: Site, hostile: Hostile, caplog: pytest.LogCaptureFixture, twist: Twist, code: str
) -> None:
    client = signed_in(guarded, hostile)
    answer = tell(guarded, signed(hostile, twist(claims_of(hostile))))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/account").status_code == 200
    assert f"provider sign-out refused reason=logout-token-{code}" in caplog.messages


def test_signatures_and_kinds_that_do_not_hold_up(
    guarded: Site, hostile: Hostile, other_key: RSAKey, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(guarded, hostile)
    good = signed(hostile, claims_of(hostile))
    foreign = jwt.encode(
        {"alg": "RS256", "kid": "key-1", "typ": "logout+jwt"}, claims_of(hostile), other_key, ["RS256"]
    )
    hostile_tokens = {
        foreign: "logout-token-signature",
        unsigned(good): "provider-token-algorithm",
        signed_with_public_key(good, hostile.key): "provider-token-algorithm",
        signed(hostile, claims_of(hostile), typ="JWT"): "logout-token-type",
        "": "provider-token-missing",
        "x" * 20_000: "provider-token-size",
        "a.b.c": "provider-token-malformed",
    }
    for token, code in hostile_tokens.items():
        assert tell(guarded, token).status_code == 400, code
        assert caplog.messages[-1] == f"provider sign-out refused reason={code}"
    assert client.get("/account").status_code == 200
    assert sessions_kept(guarded) == 1


def test_an_id_token_is_no_logout_token(guarded: Site, hostile: Hostile) -> None:
    seen: list[str] = []
    hostile.twist("id_token", lambda token: seen.append(token) or token)
    client = guarded.browser()
    back_from(client, hostile)
    assert tell(guarded, seen[0]).status_code == 400
    assert client.get("/account").status_code == 200


def test_a_token_of_one_provider_says_nothing_at_another(guarded: Site, hostile: Hostile) -> None:
    token = signed(hostile, claims_of(hostile))
    assert tell(guarded, token, "/sign-in/demo/backchannel-logout").status_code == 400
    assert tell(guarded, token, "/sign-in/nobody/backchannel-logout").status_code == 400


def test_another_sites_page_can_not_bring_it(guarded: Site, hostile: Hostile) -> None:
    token = signed(hostile, claims_of(hostile))
    browser = guarded.browser()
    answer = browser.post(ADDRESS, data={"logout_token": token}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
