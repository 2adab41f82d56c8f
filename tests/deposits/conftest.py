"""A published title with two DOIs of ours, and a Crossref to deposit them at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.deposits import preparing
from api.deposits.registrar import Registrar
from api.deposits.sending import Outcome, work_through
from api.settings_crossref import CrossrefSettings
from api.shelf.drafts import draft_of
from api.shelf.records import record_of
from api.shelf.revising import revise
from api.shelf.shelving import add_draft, find_title, id_of, publish
from api.tables import Deposit
from tests.deposits.crossref_server import PASSWORD, USER, Crossref, serving
from tests.records import RICH

OURS = ("10.5555/gf.rivers", "10.5555/gf.rivers.2")


@pytest.fixture(scope="module")
def running() -> Iterator[Crossref]:
    with serving() as server:
        yield server


@pytest.fixture
def crossref(running: Crossref) -> Iterator[Crossref]:
    running.meanwhile, running.has_read, running.let_go = lambda: None, Event(), Event()
    for kept in (running.files, running.asked, running.deposits, running.reports):
        kept.clear()
    yield running
    running.let_go.set()


@dataclass
class Press:
    """The shelf with its account at Crossref; `later` lets time pass and does the job's work."""

    database: Database
    registrar: Registrar
    passed: timedelta = timedelta(0)

    def queue(self) -> None:
        with self.database.writing() as db:
            preparing.queue(db, self.registrar, id_of(find_title(db, "rivers")), None, clock.now())

    def work(self) -> Outcome:
        return work_through(self.database, self.registrar)

    def work_in_a_hurry(self) -> Outcome:
        """With no more than a second's patience, for a Crossref that says nothing."""
        settings = self.registrar.settings.model_copy(update={"timeout": 1})
        return work_through(self.database, replace(self.registrar, settings=settings))

    def later(self, hours: float = 12) -> Outcome:
        self.passed += timedelta(hours=hours)
        clock.set_offset(self.passed)
        return self.work()

    def newest(self) -> Deposit:
        return self.all()[-1]

    def all(self) -> list[Deposit]:
        with self.database.reading() as db:
            return list(db.exec(select(Deposit).order_by(Deposit.id)).all())  # type: ignore[arg-type]

    def revise(self, **facts: object) -> None:
        with self.database.writing() as db:
            title = find_title(db, "rivers")
            draft = draft_of(record_of(title))
            revise(db, "rivers", replace(draft, facts=replace(draft.facts, **facts)), title.version)  # type: ignore[arg-type]


@pytest.fixture
def press(database: Database, crossref: Crossref) -> Iterator[Press]:
    settings = CrossrefSettings(username=USER, password=PASSWORD, address=crossref.url, prefix="10.5555", timeout=120)
    with database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    yield Press(database, Registrar("https://press.example", "books@press.example", settings))
    clock.set_offset(timedelta(0))
