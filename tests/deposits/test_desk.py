"""The desk shows how the press's DOIs stand, what would go, and sends it; so does the command line."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from api import clock
from api.deposits import listed
from api.deposits.registrar import registrar_of
from api.deposits.sending import work_through
from api.settings import Settings
from api.settings_crossref import CrossrefSettings
from api.shelf.shelving import add_draft, publish
from api.spoken import speaking, told
from tests.cast import CLEO, sign_in
from tests.deposits.crossref_server import PASSWORD, USER, Crossref
from tests.desk.conftest import editor_of
from tests.make import shelve
from tests.records import RICH
from tests.site import Site, served

HERE = "/desk/deposits/rivers"


@pytest.fixture
def with_account(settings: Settings, crossref: Crossref) -> Iterator[Site]:
    account = CrossrefSettings(username=USER, password=PASSWORD, address=crossref.url, prefix="10.5555")
    with served(settings.model_copy(update={"crossref": account, "demo": True})) as running:
        with running.portal.database.writing() as db:
            add_draft(db, RICH)
        shelve(running, "without")
        yield running


def test_a_kept_fault_is_told_in_the_language_of_the_page() -> None:
    busy, own = "Crossref is busy or out of order (status 503).", "Crossref: 100 % {broken} words"
    assert (listed.in_words(busy), listed.in_words(own)) == (busy, own)
    with speaking("de"):
        assert told(listed.in_words(busy)) == "Crossref ist überlastet oder gestört (Status 503)."
        assert told(listed.in_words("Sending broke off.")) == "Das Senden brach ab."
        assert told(listed.in_words(own)) == own


def test_an_editor_sends_a_title(with_account: Site) -> None:
    site, ada = with_account, editor_of(with_account)
    listed = ada.get("/desk/deposits").text
    assert "Never sent" in listed
    assert "/desk/deposits/without" not in listed
    draft = ada.post(HERE)
    assert (draft.status_code, "It is a draft" in draft.text) == (422, True)
    with site.portal.database.writing() as db:
        publish(db, "rivers")
    page = ada.get(HERE).text
    assert "&lt;doi_batch" in page
    assert "10.5555/gf.rivers.2" in page
    assert ada.post(HERE).status_code == 303
    work_through(site.portal.database, registrar_of(site.portal.settings))
    assert ada.post(HERE).status_code == 409
    with clock.frozen(clock.now() + timedelta(hours=1)):
        work_through(site.portal.database, registrar_of(site.portal.settings))
    done = ada.get(HERE).text
    assert "Crossref has exactly this" in done
    assert "doi_batch_diagnostic" in done
    assert PASSWORD not in done
    assert "Registered" in ada.get("/desk/deposits").text
    assert "Never sent" not in ada.get("/desk/deposits").text


def test_without_an_account_it_can_only_be_looked_at(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    ada = editor_of(site)
    page = ada.get(HERE)
    assert (page.status_code, "<button" in page.text.partition('id="h-now"')[2]) == (200, False)
    assert ada.post(HERE).status_code == 409
    assert ada.get("/desk/deposits/none-such").status_code == 404


def test_it_is_for_staff(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for client in (cleo, site.browser()):
        for address in ("/desk/deposits", HERE):
            assert client.get(address).status_code == 404
        assert client.post(HERE).status_code == 404


def test_the_command_line_shows_and_queues(
    with_account: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from api.commands import gatefold

    for name, value in {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "DATABASE_URL": settings.database_url,
        "CROSSREF__USERNAME": USER,
        "CROSSREF__PASSWORD": PASSWORD,
        "CROSSREF__PREFIX": "10.5555",
    }.items():
        monkeypatch.setenv(f"GATEFOLD_{name}", value)

    def run(*arguments: str) -> tuple[int, str]:
        ran = CliRunner().invoke(gatefold, arguments)
        return ran.exit_code, ran.output

    dry = json.loads(run("title", "deposit", "rivers", "--dry-run", "--json")[1])
    assert dry["missing"] == ["It is a draft: a DOI leads to a page that everyone can see."]
    assert dry["document"].startswith("<?xml")
    assert run("title", "deposit", "rivers")[0] == 1
    with with_account.portal.database.writing() as db:
        publish(db, "rivers")
    assert json.loads(run("title", "deposit", "rivers", "--json")[1])["dois"] == [
        "10.5555/gf.rivers",
        "10.5555/gf.rivers.2",
    ]
    [listed] = json.loads(run("report", "deposits", "--json")[1])
    assert (listed["slug"], listed["state"]) == ("rivers", "waiting")
