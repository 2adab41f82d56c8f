"""`gatefold institution`: from options or a file, listed and shown."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import ISSUER, Run

HOUSE = """
slug = "example-university"
name = "Example University"
ror = "https://ror.org/03yrm5c26"
domains = ["example.edu", "mail.example.edu"]
networks = ["192.0.2.0/24"]
issuer = "https://id.example.org"
"""


def test_from_a_file(run: Run, press: Path) -> None:
    assert run("institution", "list").stdout == "There are no institutions yet.\n"
    (press / "house.toml").write_text(HOUSE)
    assert run("institution", "add", "house.toml").stdout == (
        f"“example-university” is Example University: example.edu, mail.example.edu, 192.0.2.0/24, issuer {ISSUER}.\n"
    )
    shown = json.loads(run("institution", "show", "example-university", "--json").stdout)
    assert shown["domains"] == ["example.edu", "mail.example.edu"]
    assert "network  192.0.2.0/24" in run("institution", "show", "example-university").stdout
    assert run("institution", "list").stdout.startswith("example-university  Example University  example.edu")


def test_by_options_and_an_issuer_nobody_signs_in_with_is_said(run: Run) -> None:
    words = run(
        *("institution", "add", "--slug", "away", "--name", "Away", "--domain", "away.example"),
        *("--issuer", "https://id.away.example"),
    ).stdout
    assert "No sign-in provider of the settings has that issuer" in words


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--slug", "x"), 2, "--slug and --name"),
        (("house.toml", "--slug", "x"), 2, "not both"),
        (("nowhere.toml",), 1, "can't be read"),
        (("bad.toml",), 1, "is not TOML"),
        (("odd.toml",), 1, "colour is not known here"),
        (("--slug", "x", "--name", "X"), 1, "how one belongs"),
        (("--slug", "x", "--name", "X", "--network", "0.0.0.0/0"), 1, "wider than any institution"),
    ],
)
def test_refusals(run: Run, press: Path, words: tuple[str, ...], code: int, said: str) -> None:
    (press / "house.toml").write_text(HOUSE)
    (press / "bad.toml").write_text("slug =")
    (press / "odd.toml").write_text(HOUSE + 'colour = "red"\n')
    assert said in run("institution", "add", *words, code=code).stderr
    assert json.loads(run("institution", "list", "--json").stdout) == []


def test_an_unknown_one_is_refused(run: Run) -> None:
    assert "There is no institution “x”" in run("institution", "show", "x", code=1).stderr
