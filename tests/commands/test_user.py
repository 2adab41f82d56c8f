"""`gatefold user`: a grant names issuer and subject, so it may be given before the first sign-in."""

import json
from pathlib import Path

import pytest

from api.database import Database
from api.signin.people import Profile, recognise
from tests.commands.conftest import ISSUER, Run

TENANT = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def shelf(run: Run) -> Run:
    run("title", "add", "title.toml", "--access", "listed")
    return run


def grants(run: Run) -> object:
    return json.loads(run("title", "show", "a-title", "--json").stdout)["grants"]


@pytest.fixture
def people(press: Path, database: Database) -> Path:
    """Ada and Ben have signed in once."""
    with database.writing() as db:
        for subject in ("ada", "ben"):
            recognise(db, "campus", Profile(ISSUER, subject))
    return press


def test_grant_and_revoke(shelf: Run) -> None:
    assert shelf("user", "grant", "a-title", "campus:ben").stdout == "campus:ben is on the list of “a-title” now.\n"
    assert grants(shelf) == [{"issuer": ISSUER, "subject": "ben", "source": "listed"}]
    assert "is off the list" in shelf("user", "revoke", "a-title", "campus:ben").stdout
    assert grants(shelf) == []


def test_saying_it_twice_changes_nothing(shelf: Run) -> None:
    shelf("user", "grant", "a-title", "campus:ben")
    again = json.loads(shelf("user", "grant", "a-title", "campus:ben", "--json").stdout)
    assert again == {"slug": "a-title", "issuer": ISSUER, "subject": "ben", "changed": False}
    shelf("user", "revoke", "a-title", "campus:ben")
    assert "is not on the list" in shelf("user", "revoke", "a-title", "campus:ben").stdout


def test_a_subject_may_have_colons(shelf: Run) -> None:
    shelf("user", "grant", "a-title", "campus:urn:id:7")
    assert grants(shelf) == [{"issuer": ISSUER, "subject": "urn:id:7", "source": "listed"}]


def test_a_list_without_its_rule_says_so(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "signed-in")
    assert "gatefold title access a-title --rule listed" in run("user", "grant", "a-title", "campus:ben").stdout


@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_an_unknown_provider_is_refused_with_those_that_are_known(shelf: Run, command: str) -> None:
    assert shelf("user", command, "a-title", "elsewhere:ben", code=1).stderr == (
        "There is no sign-in provider “elsewhere” in the settings; known: campus.\n"
    )


@pytest.mark.parametrize(
    ("given", "issuer"),
    [
        ({"KIND": "github"}, "https://github.com"),
        ({"KIND": "microsoft", "TENANT": TENANT}, f"https://login.microsoftonline.com/{TENANT}/v2.0"),
    ],
)
def test_the_fixed_kinds_are_named_as_any_other(
    shelf: Run, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], issuer: str
) -> None:
    set_up(monkeypatch, given)
    shelf("user", "grant", "a-title", "x:583231")
    assert grants(shelf) == [{"issuer": issuer, "subject": "583231", "source": "listed"}]


def test_a_tenant_named_by_its_domain_is_no_name_for_a_reader(shelf: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, {"KIND": "microsoft", "TENANT": "example.edu"})
    assert "set its TENANT to the tenant's id" in shelf("user", "grant", "a-title", "x:1", code=1).stderr
    assert grants(shelf) == []


def set_up(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    for name, value in ({"CLIENT_ID": "gatefold", "CLIENT_SECRET": "not looked at here"} | given).items():
        monkeypatch.setenv(f"GATEFOLD_PROVIDERS__X__{name}", value)


@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_an_unknown_title_is_refused(shelf: Run, command: str) -> None:
    assert shelf("user", command, "nowhere", "campus:ben", code=1).stderr == "There is no title “nowhere”.\n"


@pytest.mark.parametrize("person", ["ben", "campus:", f"campus:{'x' * 256}"])
def test_a_person_has_a_form(shelf: Run, person: str) -> None:
    assert "is not of the form <provider id>:<subject>" in shelf("user", "grant", "a-title", person, code=2).stderr


def test_promote_gives_a_role_and_says_so(run: Run, people: Path) -> None:
    assert run("user", "promote", "campus:ada", "--role", "editor").stdout == "campus:ada is now an editor.\n"
    assert run("user", "promote", "campus:ada", "--role", "editor").stdout == "campus:ada is already an editor.\n"
    assert json.loads(run("user", "promote", "campus:ada", "--role", "reader", "--json").stdout) == {
        "issuer": ISSUER,
        "subject": "ada",
        "role": "reader",
        "changed": True,
    }


def test_who_has_not_come_yet_has_no_role(run: Run, people: Path) -> None:
    refusal = run("user", "promote", "campus:cleo", "--role", "administrator", code=1).stderr
    assert "campus:cleo has not signed in here yet" in refusal
    assert "GATEFOLD_ADMINS" in refusal


def test_the_last_administrator_stays(run: Run, people: Path) -> None:
    run("user", "promote", "campus:ada", "--role", "administrator")
    refusal = run("user", "promote", "campus:ada", "--role", "reader", code=1).stderr
    assert refusal == "This is the last administrator; make someone else one first.\n"
    run("user", "promote", "campus:ben", "--role", "administrator")
    run("user", "promote", "campus:ada", "--role", "editor")
    assert "is the last" in run("user", "promote", "campus:ben", "--role", "editor", code=1).stderr


def test_a_demotion_that_the_settings_undo_says_so(run: Run, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEFOLD_ADMINS", "campus:ada, campus:ben")
    for person in ("campus:ada", "campus:ben"):
        run("user", "promote", person, "--role", "administrator")
    assert "again at their next sign-in" in run("user", "promote", "campus:ada", "--role", "reader").stdout


def test_an_address_is_invited_until_its_owner_comes(shelf: Run) -> None:
    words = shelf("user", "grant", "a-title", "Ada@Example.org").stdout
    assert words == (
        "Ada@Example.org is on the list of “a-title” now.\n"
        "It counts from their next sign-in with this address verified.\n"
    )
    shown = shelf("title", "show", "a-title")
    assert "invited  ada@example.org" in shown.stdout
    assert "is off the list" in shelf("user", "revoke", "a-title", "ada@example.ORG").stdout
    assert "name them by <provider id>:<subject>" in shelf("user", "revoke", "a-title", "ada@example.org").stdout


def test_a_whole_list_by_csv_with_a_dry_run_first(shelf: Run, press: Path) -> None:
    (press / "readers.csv").write_text("person\ncampus:ben\nada@example.org\n=1+1\nelsewhere:x\n")
    dry = shelf("user", "grant", "a-title", "--csv", "readers.csv", "--dry-run").stdout
    assert dry.splitlines() == [
        "line 2  added  campus:ben",
        "line 3  added  ada@example.org: counts from their next sign-in with this address verified",
        "line 4  bad  =1+1: begins like a spreadsheet's formula",
        "line 5  bad  elsewhere:x: names no sign-in provider of the settings; known: campus",
        "2 added, 0 already, 2 bad.",
        "Nothing was changed: this was a dry run.",
    ]
    assert grants(shelf) == []
    done = json.loads(shelf("user", "grant", "a-title", "--csv", "readers.csv", "--json").stdout)
    assert done["counts"] == {"added": 2, "already": 0, "bad": 2}
    assert done["lines"][0] == {"number": 2, "who": "campus:ben", "outcome": "added", "reason": None}
    assert grants(shelf) == [{"issuer": ISSUER, "subject": "ben", "source": "listed"}]
    assert "0 added, 2 already, 2 bad." in shelf("user", "grant", "a-title", "--csv", "readers.csv").stdout


def test_a_list_that_is_not_there_or_not_said_is_refused(shelf: Run) -> None:
    assert "readers.csv can't be read" in shelf("user", "grant", "a-title", "--csv", "readers.csv", code=1).stderr
    shelf("user", "grant", "a-title", code=2)
    shelf("user", "grant", "a-title", "campus:ben", "--csv", "readers.csv", code=2)
    shelf("user", "grant", "a-title", "campus:ben", "--dry-run", code=2)


def test_who_has_never_come_can_not_be_shut_out(shelf: Run) -> None:
    assert shelf("user", "disable", "campus:ben", code=1).stderr == f"Nobody has signed in as ben at {ISSUER}.\n"
