"""`gatefold init`: the file it writes is a whole, sound beginning, for its owner's eyes alone."""

import os
import re
import stat
from pathlib import Path

import pytest

from api.settings import load
from tests.commands.conftest import Run
from tests.commands.test_serve import ended


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and nothing set."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_from_nothing_to_a_house_in_order(bare: Path) -> None:
    words = ended("init", cwd=bare)
    assert words.returncode == 0, words.stderr
    assert "gatefold migrate" in words.stdout
    assert ended("migrate", cwd=bare).returncode == 0
    examined = ended("doctor", cwd=bare)
    assert examined.returncode == 0, examined.stdout
    again = ended("init", cwd=bare)
    assert (again.returncode, again.stderr) == (1, ".env is there already and was not touched.\n")


def test_every_line_of_it_is_a_setting_with_its_default(bare: Path, run: Run) -> None:
    run("init", "--path", "fresh.env")
    text = (bare / "fresh.env").read_text()
    assert stat.S_IMODE((bare / "fresh.env").stat().st_mode) == 0o600
    assert re.findall("^GATEFOLD_[A-Z_]+", text, re.MULTILINE) == ["GATEFOLD_SECRET_KEY"]


def test_it_loads_as_it_is_and_with_every_default_spelt_out(bare: Path, run: Run, clean: None) -> None:
    run("init", "--path", "fresh.env")
    as_it_is = load(_env_file="fresh.env")
    text = (bare / "fresh.env").read_text()
    spelt_out = re.sub("^# (GATEFOLD_(?!PROVIDERS))", r"\1", text, flags=re.MULTILINE)
    assert spelt_out.count("\nGATEFOLD_") > 5
    (bare / "spelt-out.env").write_text(spelt_out)
    assert load(_env_file="spelt-out.env") == as_it_is


def test_its_provider_needs_only_what_the_provider_gives(bare: Path, run: Run, clean: None) -> None:
    run("init", "--path", "fresh.env")
    text = re.sub("^# (GATEFOLD_PROVIDERS)", r"\1", (bare / "fresh.env").read_text(), flags=re.MULTILINE)
    given = {"KIND": "oidc", "ISSUER": "https://id.example.edu", "CLIENT_ID": "gatefold", "CLIENT_SECRET": "hush"}
    for name, value in given.items():
        text = text.replace(f"__{name}=\n", f"__{name}={value}\n")
    (bare / "given.env").write_text(text)
    assert load(_env_file="given.env").providers["campus"].issuer == "https://id.example.edu"


def test_no_two_files_share_a_secret(bare: Path, run: Run, clean: None) -> None:
    for name in ("one.env", "other.env"):
        run("init", "--path", name)
    assert load(_env_file="one.env").secret_key != load(_env_file="other.env").secret_key


def test_a_folder_that_is_not_there_is_one_sentence(bare: Path, run: Run) -> None:
    assert run("init", "--path", "nowhere/.env", code=1).stderr == (
        "nowhere/.env can't be written: No such file or directory.\n"
    )


@pytest.fixture
def clean(press: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The press's settings are out of the environment, so that files alone speak."""
    for name in list(os.environ):
        if name.startswith("GATEFOLD_"):
            monkeypatch.delenv(name)
