"""`gatefold doctor`: one line for each finding, and an exit code that a monitor can use."""

import json

import pytest
from click.testing import CliRunner, Result

from api.commands import gatefold
from tests.commands.conftest import Run
from tests.site import free_port


def examined(*words: str) -> Result:
    return CliRunner().invoke(gatefold, ["doctor", *words], prog_name="gatefold")


@pytest.fixture
def well(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press without a provider, which is a warning; one that does not answer would be a failure."""
    for name in ("KIND", "ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"GATEFOLD_PROVIDERS__CAMPUS__{name}")
    monkeypatch.setenv("GATEFOLD_PUBLIC_URL", f"http://localhost:{free_port()}")


@pytest.mark.usefixtures("well")
def test_warnings_are_no_failure() -> None:
    seen = examined()
    assert seen.exit_code == 0, seen.output
    verdicts = [line.split()[0] for line in seen.stdout.splitlines()]
    assert set(verdicts) == {"ok", "warn"}
    assert "job opening embargoes" in seen.stdout


@pytest.mark.usefixtures("well")
def test_a_failure_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEFOLD_DATABASE_URL", "sqlite:///fresh.db")
    seen = examined("--json")
    assert seen.exit_code == 1
    (failed,) = [each for each in json.loads(seen.stdout) if each["verdict"] == "fail"]
    assert failed["check"] == "database"
    assert failed["words"].startswith("There is no database at fresh.db yet; run `gatefold migrate`.")


@pytest.mark.usefixtures("well")
def test_each_wrong_setting_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEFOLD_TICKET_LIFETIME", "5")
    monkeypatch.setenv("GATEFOLD_SECRET_KEY", "short")
    seen = examined()
    assert seen.exit_code == 1
    assert seen.stdout.splitlines()[0] == "fail  settings  GATEFOLD_SECRET_KEY is shorter than 32 characters."
    assert len(seen.stdout.splitlines()) == 2
    assert seen.stderr == ""
