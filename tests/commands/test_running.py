"""Commands beside a running portal: requests answered, links ended, people shut out at once."""

import json
from collections.abc import Callable

import httpx2
import pytest
from click.testing import CliRunner

from api.commands import gatefold
from api.tables import Role, RuleKind, User
from tests.cast import ADA, BEN, CLEO, make_editor, sign_in
from tests.make import Made, grant, shelve
from tests.site import Site

Run = Callable[..., str]


@pytest.fixture
def run(site: Site, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`gatefold` with the settings of the portal that is running."""
    settings = site.portal.settings
    for name, value in {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "DATABASE_URL": settings.database_url,
        "STORAGE__ROOT": str(settings.storage.root),
        "PUBLIC_URL": settings.public_url,
        "DEMO": "true",
    }.items():
        monkeypatch.setenv(f"GATEFOLD_{name}", value)

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(gatefold, words, prog_name="gatefold")
        assert result.exit_code == code, result.output
        return result.stderr if code else result.stdout

    return run


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


def reader(site: Site, person: str) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


def link(client: httpx2.Client, made: Made) -> str:
    answer = client.post(f"{made.path}/tickets", headers={"accept": "application/json"})
    return str(answer.json()["url"])


def test_links_are_listed_and_ended_for_one_reader_or_for_all(site: Site, made: Made, run: Run) -> None:
    ben, cleo = reader(site, BEN), reader(site, CLEO)
    bens, cleos, other = link(ben, made), link(cleo, made), link(cleo, shelve(site, "another"))
    listed = run("ticket", "list", "--title", "rivers-of-paper")
    assert "demo:ben" in listed
    assert "demo:cleo" in listed
    assert bens.split("/")[4] not in listed
    assert len(json.loads(run("ticket", "list", "--title", "rivers-of-paper", "--json"))) == 2
    assert run("ticket", "revoke", "--title", "rivers-of-paper", "--reader", "demo:ben") == (
        "1 link of demo:ben to “rivers-of-paper” ended.\n"
    )
    assert (site.program().get(bens).status_code, site.program().get(cleos).status_code) == (410, 200)
    assert run("ticket", "revoke", "--title", "rivers-of-paper") == "1 link to “rivers-of-paper” ended.\n"
    assert (site.program().get(cleos).status_code, site.program().get(other).status_code) == (410, 200)
    assert run("ticket", "list", "--title", "rivers-of-paper") == "No link to “rivers-of-paper” is open.\n"
    assert site.program().get(link(cleo, made)).status_code == 200


def test_ending_links_of_an_unknown_title_or_person_is_refused(made: Made, run: Run) -> None:
    assert "There is no title" in run("ticket", "revoke", "--title", "nowhere", code=1)
    who = ("--title", "rivers-of-paper", "--reader", "demo:nobody")
    assert "Nobody has signed in as nobody" in run("ticket", "revoke", *who, code=1)


def test_shutting_a_reader_out_ends_sessions_and_links_at_once_and_for_good(site: Site, made: Made, run: Run) -> None:
    cleo, ben = reader(site, CLEO), reader(site, BEN)
    cleos, bens = link(cleo, made), link(ben, made)
    assert run("user", "disable", "demo:cleo") == "demo:cleo is shut out; sessions and links have ended.\n"
    assert cleo.get("/account").status_code == 303
    assert site.program().get(cleos).status_code in (403, 410)
    assert sign_in(cleo, CLEO).status_code == 400
    assert (ben.get("/account").status_code, site.program().get(bens).status_code) == (200, 200)
    assert run("user", "disable", "demo:cleo") == "demo:cleo is shut out already.\n"

    assert run("user", "enable", "demo:cleo") == "demo:cleo may sign in again.\n"
    assert cleo.get("/account").status_code == 303
    assert site.program().get(cleos).status_code == 410
    assert sign_in(cleo, CLEO).status_code == 303
    assert run("user", "enable", "demo:cleo") == "demo:cleo may sign in, as before.\n"


def test_the_last_administrator_stays(site: Site, run: Run) -> None:
    make_editor(site)
    with site.portal.database.writing() as db:
        user = db.get(User, 1)
        assert user is not None
        user.role = Role.ADMINISTRATOR
    assert "last administrator" in run("user", "disable", "demo:ada", code=1)
    assert reader(site, ADA).get("/account").status_code == 200


def test_requests_are_listed_and_answered(site: Site, run: Run) -> None:
    made = shelve(site, rules=[RuleKind.ON_REQUEST])
    assert run("request", "list") == "Nobody is waiting for an answer.\n"
    cleo = reader(site, CLEO)
    cleo.post(f"{made.path}/requests", data={"sentence": "For a seminar."})
    assert run("request", "list") == "1  rivers-of-paper  open  Cleo Specimen (demo:cleo): For a seminar.\n"
    assert run("request", "approve", "1") == ("Cleo Specimen may read “rivers-of-paper”; their account page says so.\n")
    opened = link(cleo, made)
    assert "already" in run("request", "approve", "1", code=1)
    assert run("request", "list") == "Nobody is waiting for an answer.\n"
    assert "approved" in run("request", "list", "--all")
    assert "may not read" in run("request", "refuse", "1")
    assert site.program().get(opened).status_code == 403
    assert "There is no request 9" in run("request", "approve", "9", code=1)


def test_taking_a_name_off_the_list_ends_the_link(site: Site, run: Run) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    opened = link(reader(site, BEN), made)
    assert site.program().get(opened).status_code == 200
    assert "is off the list" in run("user", "revoke", "rivers-of-paper", "demo:ben")
    assert site.program().get(opened).status_code == 403
