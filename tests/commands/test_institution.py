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


def house_of(run: Run, slug: str = "example-university") -> dict[str, object]:
    found: dict[str, object] = json.loads(run("institution", "show", slug, "--json").stdout)
    return found


def test_what_the_options_name_changes_and_the_rest_stays(run: Run, press: Path) -> None:
    (press / "house.toml").write_text(HOUSE)
    run("institution", "add", "house.toml")
    before = house_of(run)
    said = run(
        *("institution", "edit", "example-university", "--name", "The Example University"),
        *("--network", "198.51.100.0/24", "--network", "2001:db8::/32", "--ror", "", "--domain", ""),
    ).stdout
    assert said.startswith("“example-university” is The Example University: 198.51.100.0/24, 2001:db8::/32, issuer")
    changed = {"name": "The Example University", "networks": ["198.51.100.0/24", "2001:db8::/32"]}
    assert house_of(run) == before | changed | {"ror": None, "domains": []}


def test_a_file_describes_it_whole(run: Run, press: Path) -> None:
    (press / "house.toml").write_text(HOUSE)
    run("institution", "add", "house.toml")
    (press / "new.toml").write_text('slug = "example-university"\nname = "Example"\ndomains = ["example.org"]\n')
    run("institution", "edit", "example-university", "new.toml")
    found = house_of(run)
    assert (found["name"], found["domains"], found["networks"]) == ("Example", ["example.org"], [])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("example-university",), 2, "one of the two"),
        (("example-university", "house.toml", "--name", "X"), 2, "one of the two"),
        (("example-university", "other.toml"), 1, "so that word stays"),
        (("example-university", "--name", ""), 1, "needs a name"),
        (("example-university", "--domain", "", "--network", "", "--issuer", ""), 1, "how one belongs"),
        (("example-university", "--network", "::/0"), 1, "wider than any institution"),
        (("nowhere", "--name", "X"), 1, "There is no institution “nowhere”"),
    ],
)
def test_an_edit_that_is_refused_changes_nothing(
    run: Run, press: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (press / "house.toml").write_text(HOUSE)
    (press / "other.toml").write_text(HOUSE.replace('"example-university"', '"other"'))
    run("institution", "add", "house.toml")
    before = house_of(run)
    assert said in run("institution", "edit", *words, code=code).stderr
    assert house_of(run) == before


def test_one_that_no_rule_names_can_go(run: Run, press: Path) -> None:
    (press / "house.toml").write_text(HOUSE)
    run("institution", "add", "house.toml")
    assert run("institution", "remove", "example-university").stdout == (
        "“example-university”, Example University, is forgotten.\n"
    )
    assert "There is no institution" in run("institution", "remove", "example-university", code=1).stderr
