"""The provider doctor finds each fault that is really served, and says what to mend in one sentence."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

import api.signin
from api import clock
from api.settings_parts import ProviderSettings
from api.signin.doctor import Finding, Verdict, examine
from api.signin.faults import FAULTS
from api.signin.providers import Provider
from tests.signin.doubles import GitHubDouble, Relay
from tests.signin.hostile import CLIENT_ID, Hostile, mute, on_the_air
from tests.signin.test_kinds import TENANT, as_microsoft
from tests.signin.twists import Twist, always, less, more, provider_of


def found(provider: Provider) -> dict[str, Finding]:
    return {finding.point: finding for finding in asyncio.run(examine(provider))}


def verdicts(findings: dict[str, Finding], verdict: Verdict) -> list[str]:
    return [point for point, finding in findings.items() if finding.verdict is verdict]


def public(hostile: Hostile, **given: Any) -> Provider:
    return Provider("hostile", hostile.settings(**given), "https://books.example.org")


def test_an_honest_provider_has_no_fault(hostile: Hostile) -> None:
    hostile.twist("metadata", more(code_challenge_methods_supported=["S256"]))
    findings = found(public(hostile))
    assert list(findings) == ["client", "redirect address", "discovery", "clock", "issuer", "keys", "PKCE"]
    assert verdicts(findings, Verdict.GOOD) == list(findings)
    assert "https://books.example.org/sign-in/hostile/callback" in findings["redirect address"].words
    assert findings["keys"].words == "1 key for signatures, by RS256."
    assert hostile.served["metadata"] == 1


FAULTY = [
    ("no document", "metadata", always(HTMLResponse("", 404)), "discovery", "200 with JSON"),
    ("a redirect", "metadata", always(RedirectResponse("/elsewhere")), "discovery", "200 with JSON"),
    ("another issuer", "metadata", more(issuer="https://id.example.edu/"), "issuer", "“https://id.example.edu/”"),
    ("no issuer", "metadata", less("issuer"), "issuer", "set ISSUER"),
    ("plain http", "metadata", more(token_endpoint="http://id.example.edu/token"), "discovery", "https"),
    ("no address", "metadata", less("jwks_uri"), "discovery", "lacks an address"),
    ("weak", "metadata", more(id_token_signing_alg_values_supported=["HS256"]), "discovery", "RS256"),
    ("no secret", "metadata", more(token_endpoint_auth_methods_supported=["none"]), "discovery", "client_secret_basic"),
    ("no keys", "keys", always({"keys": []}), "keys", "keys"),
    ("keys out of order", "keys", always(JSONResponse({}, 500)), "keys", "/keys: "),
]


@pytest.mark.parametrize(
    ("where", "twist", "point", "words"), [case[1:] for case in FAULTY], ids=[case[0] for case in FAULTY]
)
def test_each_fault_is_found(hostile: Hostile, where: str, twist: Twist, point: str, words: str) -> None:
    hostile.twist(where, twist)
    findings = found(public(hostile))
    assert hostile.served[where] == 1
    assert verdicts(findings, Verdict.FAULT) == [point]
    assert words in findings[point].words
    assert hostile.asked["/elsewhere"] == 0


LOOKS = [
    ("no word on PKCE", less("code_challenge_methods_supported"), "PKCE", "does not say"),
    ("only plain", more(code_challenge_methods_supported=["plain"]), "PKCE", "does not offer S256"),
    ("a scope too many", more(scopes_supported=["openid", "email"]), "scopes", "does not list profile;"),
    ("no clock", lambda given: JSONResponse(given, headers={"date": "yesterday"}), "clock", "does not tell the time"),
]


@pytest.mark.parametrize(("twist", "point", "words"), [case[1:] for case in LOOKS], ids=[case[0] for case in LOOKS])
def test_what_is_worth_a_look_is_no_fault(hostile: Hostile, twist: Twist, point: str, words: str) -> None:
    hostile.twist("metadata", twist)
    findings = found(public(hostile))
    assert hostile.served["metadata"] == 1
    assert verdicts(findings, Verdict.FAULT) == []
    assert findings[point].verdict is Verdict.WARNING
    assert words in findings[point].words


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        (["gold", "plain"], []),
        (["plain"], ["The provider does not list gold for strong sign-ins; see STAFF_ACR."]),
        (None, []),  # it need not list any
    ],
)
def test_a_word_for_strong_sign_ins_that_the_provider_does_not_list(
    hostile: Hostile, offered: list[str] | None, words: list[str]
) -> None:
    hostile.twist("metadata", more(acr_values_supported=offered))
    told = found(public(hostile, staff_acr="gold"))
    assert [str(each.words) for point, each in told.items() if point == "strong sign-ins"] == words


@pytest.mark.parametrize(
    ("seconds", "verdict", "words"),
    [
        (90, Verdict.FAULT, "s ahead of the provider's, so good tokens are refused"),
        (-90, Verdict.FAULT, "s behind the provider's, so good tokens are refused"),
        (30, Verdict.WARNING, "s ahead of the provider's; let it follow"),
        (-30, Verdict.WARNING, "s behind the provider's; let it follow"),
        (0, Verdict.GOOD, "agrees"),
    ],
)
def test_our_clock_is_held_against_theirs(hostile: Hostile, seconds: int, verdict: Verdict, words: str) -> None:
    with clock.frozen(clock.now() + timedelta(seconds=seconds)):
        finding = found(public(hostile))["clock"]
    assert finding.verdict is verdict
    assert words in finding.words


def test_an_answer_out_of_a_cache_tells_the_time_too(hostile: Hostile) -> None:
    hostile.twist("metadata", lambda given: JSONResponse(given, headers={"age": "600"}))
    with clock.frozen(clock.now() + timedelta(seconds=600)):
        assert found(public(hostile))["clock"].verdict is Verdict.GOOD
    assert hostile.served["metadata"] == 1


def test_a_provider_that_is_not_there() -> None:
    with mute(hang=False) as (address, _):
        pass
    settings = ProviderSettings(kind="oidc", issuer=address, client_id="x", client_secret=SecretStr("y"))
    findings = found(Provider("gone", settings, "https://books.example.org"))
    assert verdicts(findings, Verdict.FAULT) == ["discovery"]
    assert "did not answer" in findings["discovery"].words


@pytest.mark.parametrize("given", [{"client_id": " gatefold"}, {"client_secret": SecretStr("secret\n")}])
def test_a_sloppy_copy_is_seen_and_no_secret_is_told(hostile: Hostile, given: dict[str, Any]) -> None:
    settings = hostile.settings().model_copy(update=given)
    findings = found(Provider("hostile", settings, "https://books.example.org"))
    assert verdicts(findings, Verdict.FAULT) == ["client"]
    assert not any("secret\n" in finding.words for finding in findings.values())


def test_an_address_for_this_machine_only_is_worth_a_look(hostile: Hostile) -> None:
    assert found(provider_of(hostile))["redirect address"].verdict is Verdict.WARNING


def test_a_tenant_named_by_its_domain_is_told_its_id(hostile: Hostile) -> None:
    assert TENANT in found(as_microsoft(hostile, known_as="example.edu"))["issuer"].words


def test_what_a_provider_says_is_quoted_harmlessly(hostile: Hostile) -> None:
    hostile.twist("metadata", more(issuer="https://id.example.edu\n\x1b[2J\u202e" + "x" * 5000))
    words = found(public(hostile))["issuer"].words
    assert words.isprintable()
    assert len(words) < 400
    assert hostile.served["metadata"] == 1


@pytest.fixture(scope="module")
def github() -> Iterator[GitHubDouble]:
    with on_the_air(GitHubDouble()) as double:
        yield double


def code_host(relay: Relay) -> Provider:
    settings = ProviderSettings(kind="github", client_id=CLIENT_ID, client_secret=SecretStr("y"))
    return Provider("code", settings, "https://books.example.org", relay)


def test_github_has_fixed_addresses(github: GitHubDouble) -> None:
    findings = found(code_host(github.relay()))
    assert list(findings) == ["client", "redirect address", "connection", "clock"]
    assert verdicts(findings, Verdict.GOOD) == list(findings)


def test_github_out_of_reach() -> None:
    with mute(hang=False) as (address, _):
        pass
    findings = found(code_host(Relay({"https://api.github.com": address})))
    assert verdicts(findings, Verdict.FAULT) == ["connection"]


def test_every_reason_has_its_sentence() -> None:
    """The codes as the source has them, those of the id_token put together as `idtoken.py` does."""
    here = Path(api.signin.__file__).parent
    source = "\n".join(path.read_text() for path in here.glob("*.py"))
    used = set(re.findall(r'"((?:provider|callback|attempt)-[a-z-]+|cancelled|disabled)"', source))
    used |= {
        f"provider-token-{point}" for point in re.findall(r'refuse\("([a-z]+)"\)', (here / "idtoken.py").read_text())
    }
    assert used - {"provider-"} == set(FAULTS)
    for sentence in FAULTS.values():
        assert sentence.endswith(".")
        assert sentence.isprintable()
