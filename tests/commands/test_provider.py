"""`gatefold provider check`: findings in words or JSON, and an exit code that tells whether a provider will do."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joserfc.jwk import RSAKey

from api.commands import gatefold
from tests.commands.conftest import Run
from tests.signin.hostile import Hostile, on_the_air
from tests.signin.twists import more


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "key-1"})


@pytest.fixture
def campus(press: Path, key: RSAKey, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    with on_the_air(Hostile(key)) as provider:
        provider.start_over(key)
        monkeypatch.setenv("GATEFOLD_PROVIDERS__CAMPUS__ISSUER", provider.address)
        monkeypatch.setenv("GATEFOLD_PUBLIC_URL", "https://books.example.org")
        yield provider


def check(*words: str) -> Result:
    return CliRunner().invoke(gatefold, ["provider", "check", *words], prog_name="gatefold")


def test_a_provider_that_will_do(campus: Hostile) -> None:
    done = check("campus")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "campus (campus, oidc)"
    assert (
        "ok     redirect address: Give the provider exactly this: https://books.example.org/sign-in/campus/callback"
    ) in lines
    assert any(line.startswith("look   PKCE: ") for line in lines)
    assert not any(line.startswith("FAULT") for line in lines)
    assert "not looked at here" not in done.output  # the client secret


def test_a_fault_is_an_exit_code(campus: Hostile) -> None:
    campus.twist("metadata", more(issuer="https://id.example.edu"))
    done = check()
    assert done.exit_code == 1
    assert "FAULT  issuer: The discovery document names another issuer;" in done.stdout
    assert campus.served["metadata"] == 1


def test_json_says_the_same(campus: Hostile) -> None:
    (found,) = json.loads(check("--json").stdout)
    assert (found["id"], found["kind"], found["ok"]) == ("campus", "oidc", True)
    assert found["redirect_address"] == "https://books.example.org/sign-in/campus/callback"
    assert {"point": "keys", "verdict": "good", "words": "1 key for signatures, by RS256."} in found["findings"]
    campus.twist("keys", lambda _: {"keys": []})
    done = check("--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)[0]["ok"] is False


def test_an_unknown_provider_is_refused_with_those_that_are_known(run: Run) -> None:
    assert run("provider", "check", "elsewhere", code=1).stderr == (
        "There is no sign-in provider “elsewhere” in the settings; known: campus.\n"
    )


def test_without_any_provider_there_is_nothing_to_check(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KIND", "ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"GATEFOLD_PROVIDERS__CAMPUS__{name}")
    assert run("provider", "check", code=1).stderr == "No sign-in provider is set up; docs/sign-in.md says how.\n"
