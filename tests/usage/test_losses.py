"""A lost statistic never stands in anyone's way, and a killed server loses no request."""

import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa
from sqlmodel import select

from api import clock
from api.database import Database
from api.settings import Settings
from api.tables import Event, EventKind, RuleKind
from api.usage import journal
from tests.cast import CLEO, sign_in
from tests.conftest import SECRET
from tests.faults.workers import wait_for
from tests.make import Made, shelve
from tests.patience import PATIENCE
from tests.site import Site, free_port, served
from tests.usage.conftest import CHROME, Events, link_of, person, signed_in

ROOT = Path(__file__).parents[2]


@pytest.fixture
def broken(site: Site) -> None:
    """A database whose table of events is not there."""
    with site.portal.database.writing() as db:
        db.connection().execute(sa.text("ALTER TABLE event RENAME TO lost"))


def mend(site: Site) -> None:
    with site.portal.database.writing() as db:
        db.connection().execute(sa.text("ALTER TABLE lost RENAME TO event"))


@pytest.mark.usefixtures("broken")
def test_with_a_broken_table_everything_else_works(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    ticketed, opened = shelve(site), shelve(site, "opened", rules=[RuleKind.EVERYONE])
    with caplog.at_level(logging.WARNING, "gatefold.usage"):
        cleo, nobody = signed_in(site), person(site)
        assert cleo.get(ticketed.pdf, follow_redirects=True).content == ticketed.file
        assert nobody.get(opened.pdf).content == opened.file
        assert nobody.get(ticketed.path).status_code == 200
        site.settle()
        site.portal.journal.flush()
    said = [record.getMessage() for record in caplog.records if record.name == "gatefold.usage"]
    assert len(said) == 1
    assert re.fullmatch("use can't be recorded error=(Operational|Programming)Error", said[0])


@pytest.mark.usefixtures("broken")
def test_a_use_is_taken_from_the_ticket_though_nothing_could_be_recorded(site: Site) -> None:
    cleo = signed_in(site)
    link = link_of(cleo, shelve(site))
    assert [cleo.get(link).status_code for _ in range(6)] == [200] * 5 + [410]


@pytest.mark.usefixtures("broken")
def test_what_was_waiting_is_written_once_the_database_is_back(site: Site, events: Events) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    at = clock.now()
    with clock.frozen(at):
        person(site).get(made.path)
        person(site).get(made.pdf)
    site.settle()
    site.portal.journal.flush()
    mend(site)
    assert {(event.kind, event.happened_at) for event in events()} == {("investigation", at), ("request", at)}


def test_what_waits_is_bounded_and_the_loss_is_counted(
    site: Site, made: Made, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "WAITING_AT_MOST", 3)
    nobody = person(site)
    with site.portal.journal._one_at_a_time:  # nothing is written meanwhile
        for _ in range(5):
            nobody.get(made.path)
        site.settle()
        assert site.portal.journal.lost == 2
    assert len(events()) == 3


def test_what_is_waiting_is_written_when_the_portal_stops(settings: Settings, database: Database) -> None:
    with served(settings) as site:
        made = shelve(site)
        person(site).get(made.path)
    with database.reading() as db:
        assert len(db.exec(select(Event)).all()) == 1


def test_a_killed_server_loses_no_request_and_at_most_a_second_of_views(settings: Settings, database: Database) -> None:
    with served(settings) as site:
        opened = shelve(site, rules=[RuleKind.EVERYONE])
        ticketed = shelve(site, "ticketed")
        client = site.browser()
        sign_in(client, CLEO)
        links = [link_of(client, ticketed) for _ in range(3)]
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GATEFOLD_PUBLIC_URL": url,
        "GATEFOLD_SECRET_KEY": SECRET,
        "GATEFOLD_DATABASE_URL": settings.database_url,
        "GATEFOLD_STORAGE__ROOT": str(settings.storage.root),
    }
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Gatefold is ready at {url}\n"
            for _ in range(10):
                _get(url + opened.path)
            wait_for(lambda: kinds(database).count(EventKind.INVESTIGATION) == 10)
            for address in [opened.pdf] * 10 + links:
                _get(url + address)
            _get(url + opened.path)
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait(timeout=PATIENCE)
    assert kinds(database).count(EventKind.REQUEST) == 13
    assert kinds(database).count(EventKind.INVESTIGATION) in (10, 11)


def kinds(database: Database) -> list[EventKind]:
    """Of all events that are written."""
    with database.reading() as db:
        return list(db.exec(select(Event.kind)).all())


def _get(address: str) -> None:
    with urlopen(Request(address, headers={"user-agent": CHROME})) as answer:
        assert answer.status == 200
        answer.read()
