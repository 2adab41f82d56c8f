"""Two workers as processes on one database: an edit is soon on both, and a migration goes on beneath them.

There is no older release to serve beside this one. So this version's workers are the old code, and the migration is
of the kind that the next version's will be: a table, a column that may not be empty, an index, all in one step, on
tables that every request here reads and writes. That is what old code has to live with.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
import uvicorn
from alembic.migration import MigrationContext
from alembic.operations import Operations

from api.app import create_app
from api.commands import wire
from api.commands.start import open_database
from api.database import Database
from api.migrations import _alone as alone
from api.migrations import _set_mark as set_mark
from api.migrations import is_current
from api.settings import Settings
from api.tables import Title
from tests.effort import at_most
from tests.faults.workers import CAMPUS, FORKS, signed_in
from tests.make import Made, shelve
from tests.patience import PATIENCE, be_patient
from tests.site import Server, free_port, served

READERS = 30
SOON_ENOUGH = 4.5  # seconds of the processor; a writer waits five for another, and here for as long as it takes
PACE = 0.02  # seconds between two requests of one caller: some 100 in a second by all of them


@contextmanager
def worker(settings: Settings, port: int) -> Iterator[None]:
    """A portal with its jobs in a process of its own."""
    ready = FORKS.Event()
    given = (settings.public_url, settings.secret_key.get_secret_value(), settings.database_url)
    process = FORKS.Process(target=serve, args=(*given, str(settings.storage.root), port, ready), daemon=True)
    process.start()
    try:
        assert ready.wait(PATIENCE)
        yield
    finally:
        process.terminate()
        process.join(PATIENCE)


def serve(public_url: str, secret: str, database_url: str, root: str, port: int, ready: Any) -> None:
    given = {"public_url": public_url, "secret_key": secret, "database_url": database_url, "storage": {"root": root}}
    given["providers"] = {"campus": CAMPUS}
    be_patient()
    app = create_app(Settings(_env_file=None, **given), with_jobs=True)
    server = Server(uvicorn.Config(app, "127.0.0.1", port, lifespan="on", **wire.options()))
    threading.Thread(target=tell, args=(server, ready), daemon=True).start()
    server.run()


def tell(server: Server, ready: Any) -> None:
    while not server.started:
        time.sleep(0.01)
    ready.set()


class Callers:
    """Readers who ask for a page, or for a link and its file, at one worker after the other."""

    def __init__(self, settings: Settings, ports: list[int], made: Made, cookies: list[str]) -> None:
        self._headers = {"host": settings.public_url.removeprefix("http://"), "accept": "text/html"}
        self._made = made
        self._turns = cycle([(port, cookie) for cookie in cookies for port in ports])
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on) for _ in range(3)]
        self.answered: list[float] = []
        self.failed: list[str] = []

    def __enter__(self) -> "Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self) -> None:
        with httpx2.Client(headers=self._headers, timeout=PATIENCE, trust_env=False) as client:
            while not self._over.wait(PACE):
                with self._turn:
                    port, cookie = next(self._turns)
                try:
                    self._ask(client, f"http://127.0.0.1:{port}", {"cookie": cookie})
                except (httpx2.HTTPError, AssertionError) as error:
                    self.failed.append(repr(error))
                self.answered.append(time.monotonic())

    def _ask(self, client: httpx2.Client, url: str, cookie: dict[str, str]) -> None:
        page = client.get(url + self._made.path, headers=cookie)
        assert page.status_code == 200, page.status_code
        link = client.get(url + self._made.pdf, headers=cookie)
        assert link.status_code == 303, link.status_code
        if "/t/" in link.headers["location"]:  # else the reader has had all links of an hour
            file = client.get(url + link.headers["location"])
            assert (file.status_code, file.content) == (200, self._made.file), file.status_code


def migrate_to_the_next_version(database: Database) -> None:
    with alone(database) as connection:
        change = Operations(MigrationContext.configure(connection))
        change.create_table("next_table", sa.Column("id", sa.Integer, primary_key=True))
        change.add_column("ticket", sa.Column("next_word", sa.String(20), nullable=False, server_default="new"))
        change.add_column("title", sa.Column("next_number", sa.Integer, nullable=False, server_default="7"))
        with change.batch_alter_table("session") as session:  # SQLite makes the whole table anew
            session.add_column(sa.Column("next_word", sa.String(20), nullable=False, server_default="new"))
        change.create_index("ix_ticket_next_word", "ticket", ["next_word"])
        set_mark(connection, "next")


@pytest.fixture
def made(settings: Settings) -> Made:
    with served(settings) as site:
        return shelve(site)


def test_an_edit_is_soon_on_both_and_a_migration_fails_no_request(settings: Settings, made: Made) -> None:
    database, ports = Database(settings.database_url), [free_port(), free_port()]
    cookies = signed_in(database, settings, READERS)
    host = {"host": settings.public_url.removeprefix("http://")}
    with ExitStack() as stack:
        stack.callback(database.close)
        client = stack.enter_context(httpx2.Client(headers=host, timeout=PATIENCE, trust_env=False))
        for port in ports:
            stack.enter_context(worker(settings, port))

        def are_fresh(words: str) -> bool:
            return all(words in client.get(f"http://127.0.0.1:{port}{made.path}").text for port in ports)

        assert are_fresh("Rivers of Paper")
        edited_at = rename(database, made, "Rivers of Ink")
        while time.monotonic() < edited_at + 1:  # so that each has the page at hand
            are_fresh("Rivers of Ink")
        assert are_fresh("Rivers of Ink")

        with Callers(settings, ports, made, cookies) as callers:
            wait_for(callers, 20)
            with at_most(SOON_ENOUGH):
                migrate_to_the_next_version(database)
            wait_for(callers, 20)
        assert callers.failed == []
        for port in ports:
            assert client.get(f"http://127.0.0.1:{port}/readyz").text == "ready\n"
        with open_database(settings):  # what `serve` begins with: old code may be begun anew on the new tables
            assert not is_current(database)
        with database.reading() as db:
            words = db.connection().exec_driver_sql("SELECT next_word, count(*) FROM ticket GROUP BY next_word").all()
        assert [(word, count > 20) for word, count in words] == [("new", True)]


def rename(database: Database, made: Made, words: str) -> float:
    """The instant after the edit was kept."""
    with database.writing() as db:
        title = db.get_one(Title, made.id)
        title.title = title.full_title = words
        db.add(title)
    return time.monotonic()


def wait_for(callers: Callers, count: int) -> None:
    until, give_up = len(callers.answered) + count, time.monotonic() + PATIENCE
    while len(callers.answered) < until:
        assert time.monotonic() < give_up
        time.sleep(0.02)
