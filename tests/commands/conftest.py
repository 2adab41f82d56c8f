"""The command line in a folder of its own, over a migrated database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.commands import gatefold

SECRET = "k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca"
ISSUER = "https://id.example.org"
TITLE_FILE = """
slug = "a-title"
title = "A Title"
subtitle = "And More"
kind = "report"
"""
Run = Callable[..., Result]


@pytest.fixture
def press(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a press that is set up: settings in the environment, a database, a title's file."""
    (tmp_path / "title.toml").write_text(TITLE_FILE)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": database_url,
        "STORAGE__ROOT": str(tmp_path / "files"),
        "PROVIDERS__CAMPUS__KIND": "oidc",
        "PROVIDERS__CAMPUS__ISSUER": ISSUER,
        "PROVIDERS__CAMPUS__CLIENT_ID": "gatefold",
        "PROVIDERS__CAMPUS__CLIENT_SECRET": "not looked at here",
    }.items():
        monkeypatch.setenv(f"GATEFOLD_{name}", value)
    return tmp_path


@pytest.fixture
def run(press: Path) -> Run:
    """Runs `gatefold` with these words and expects this exit code."""

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(gatefold, words, prog_name="gatefold")
        assert result.exit_code == code, result.output
        if code:
            assert result.stdout == ""
            assert "Traceback" not in result.stderr
        return result

    return run
