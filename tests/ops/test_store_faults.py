"""The store is away, hangs, has lost a file or has no room: what readers see then, and what the operator is told."""

import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.database import Database
from api.edge import sending
from api.edge.doors import open_to_all
from api.edge.portal import portal_of
from api.migrations import upgrade
from api.settings import Settings
from api.tables import RuleKind, Ticket
from storage import s3_wire
from tests.cast import CLEO, sign_in
from tests.disk import NoDisk, fill, tiny_disk
from tests.faults.workers import wait_for
from tests.make import shelve
from tests.ops.conftest import Kept
from tests.s3 import S3Server
from tests.site import Site, free_port, served

WAITING = 50  # downloads; more than the server has threads for pages


@pytest.fixture
def engine() -> str:
    return "sqlite"


class Silent:
    """A store that takes every connection and never says a word."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while True:
            try:
                self.taken.append(self._listener.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        if not self._thread.is_alive():
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._listener.close()
        for connection in self.taken:
            connection.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    server.close()


def storage_on(server: S3Server, settings: Settings, delivery: str) -> Settings:
    storage = settings.storage.model_copy(
        update={"kind": "s3", "bucket": server.bucket(), "endpoint_url": server.url, "delivery": delivery}
    )
    return settings.model_copy(update={"storage": storage})


def moved_to(url: str, settings: Settings) -> Settings:
    return settings.model_copy(update={"storage": settings.storage.model_copy(update={"endpoint_url": url})})


def fault_count(site: Site, fault: str) -> float:
    site.settle()
    line = f'gatefold_store_faults_total{{fault="{fault}"}} '
    return float(
        next(each for each in site.portal.figures.text().decode().splitlines() if each.startswith(line))[len(line) :]
    )


@pytest.mark.parametrize("delivery", ["redirect", "proxy"])
def test_while_the_store_hangs_pages_and_sign_in_go_on(
    settings: Settings,
    s3_server: S3Server,
    s3_keys: None,
    silent: Silent,
    monkeypatch: pytest.MonkeyPatch,
    delivery: str,
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 600.0)  # so that they wait for as long as this test looks
    monkeypatch.setattr(s3_wire, "READ_TIMEOUT", 600.0)
    with_store = storage_on(s3_server, settings, delivery)
    with served(with_store) as site:
        made = shelve(site, rules=[RuleKind.EVERYONE])
    with served(moved_to(silent.url, with_store)) as site, ThreadPoolExecutor(WAITING) as crowd:
        downloads = [crowd.submit(site.browser().get, made.pdf, timeout=600) for _ in range(WAITING)]
        wait_for(lambda: len(silent.taken) >= 30)  # else this would prove nothing
        cleo = site.browser()
        assert sign_in(cleo, CLEO).status_code == 303
        assert cleo.get(made.path).status_code == 200
        assert cleo.get("/account").status_code == 200
        assert not any(each.done() for each in downloads), "they no longer waited, so this would prove nothing"
        silent.close()
        answers = [each.result() for each in downloads]
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["retry-after"] for answer in answers} == {"10"}
        assert "The files can’t be reached" in answers[0].text
        assert fault_count(site, "away") == WAITING


def test_a_store_that_is_away_counts_and_the_page_of_the_title_stays(
    settings: Settings, s3_server: S3Server, s3_keys: None
) -> None:
    with_store = storage_on(s3_server, settings, "proxy")
    with served(with_store) as site:
        made = shelve(site, rules=[RuleKind.EVERYONE])
    with served(moved_to(f"http://127.0.0.1:{free_port()}", with_store)) as site:
        assert site.program().get(made.pdf).status_code == 503
        assert site.browser().get(made.path).status_code == 200
        assert (fault_count(site, "away"), fault_count(site, "missing")) == (1, 0)
        ready = site.program().get("/readyz")
        assert (ready.status_code, ready.text) == (503, "The store of files can't be read.\n")
        assert site.program().get("/healthz").status_code == 200


def test_a_missing_object_is_a_page_a_figure_and_a_line_with_the_requests_number(
    settings: Settings, kept: Kept
) -> None:
    with served(settings) as site:
        made = shelve(site, rules=[RuleKind.EVERYONE])
        assert made.file is not None
        key = hashlib.sha256(made.file).hexdigest()
        site.portal.store.delete(key)
        page, problem = site.browser().get(made.pdf), site.program().get(made.pdf)
        assert fault_count(site, "missing") == 2
        assert site.browser().get(made.path).status_code == 200
    assert page.status_code == problem.status_code == 503
    assert page.headers["retry-after"] == problem.headers["retry-after"] == "3600"
    assert "The file is not where it should be" in page.text
    assert f"<dt>Request</dt><dd>{page.headers['x-request-id']}</dd>" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert key not in page.text + problem.text
    lines = [line for line in kept.lines() if "missing object" in line.get("message", "")]
    assert [(line["level"], line["message"]) for line in lines] == [("ERROR", f"missing object: {key[:12]}")] * 2
    assert [line["request"] for line in lines] == [each.headers["x-request-id"] for each in (page, problem)]


def test_a_transfer_that_breaks_off_counts(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE], file=b"%PDF-1.7 " + bytes(2_000_000))
    root = site.portal.settings.storage.root
    next(path for path in root.rglob("*") if path.is_file()).write_bytes(bytes(600_000))
    with pytest.raises(Exception, match="peer closed"):
        site.program().get(made.pdf)
    assert fault_count(site, "broken-off") == 1


@contextmanager
def on_a_tiny_disk(settings: Settings, folder: Path, what: str) -> Iterator[tuple[Site, Path]]:
    """A portal whose `what` (its files, or its database) is on a disk of two megabytes, or of four."""
    try:
        with tiny_disk(folder, 2 << 20 if what == "files" else 4 << 20) as disk:
            if what == "files":
                there = {"storage": settings.storage.model_copy(update={"root": disk / "files"})}
            else:
                there = {"database_url": f"sqlite:///{disk / 'gatefold.db'}"}
                database = Database(there["database_url"])
                upgrade(database)
                database.close()
            with served(settings.model_copy(update=there)) as site:
                yield site, disk
    except NoDisk as reason:
        pytest.skip(str(reason))


def test_a_disk_without_room_for_a_file_is_a_507_and_nothing_is_lost(settings: Settings, tmp_path: Path) -> None:
    with on_a_tiny_disk(settings, tmp_path / "disk", "files") as (site, _disk):
        made = shelve(site, rules=[RuleKind.EVERYONE])

        @open_to_all("a way into the store, for this test")
        async def put(request: Request) -> Response:
            data = bytes(3 << 20)
            portal_of(request).store.put(io.BytesIO(data), hashlib.sha256(data).hexdigest(), len(data))
            return PlainTextResponse("kept")

        site.app.add_route("/put", put, methods=["POST"])
        site.app.router.routes.insert(0, site.app.router.routes.pop())
        page, problem = site.browser().post("/put"), site.program().post("/put")
        assert page.status_code == problem.status_code == 507
        assert "There is no room left" in page.text
        assert f"<dt>Request</dt><dd>{page.headers['x-request-id']}</dd>" in page.text
        assert problem.json()["title"] == "Insufficient Storage"
        assert fault_count(site, "full") == 2
        assert site.program().get(made.pdf).content == made.file
        assert len([path for path in site.portal.settings.storage.root.rglob("*") if path.is_file()]) == 1


def test_a_disk_without_room_for_records_is_a_507_and_nothing_is_lost(settings: Settings, tmp_path: Path) -> None:
    with on_a_tiny_disk(settings, tmp_path / "disk", "database") as (site, disk):
        made = shelve(site)
        cleo = site.browser()
        sign_in(cleo, CLEO)
        link = cleo.get(made.pdf).headers["location"]
        filler = fill(disk)
        refused = None
        for _ in range(60):  # what room there is inside the files of the database is used up first
            answer = cleo.post(f"{made.path}/tickets")
            if answer.status_code == 429:
                pytest.fail("the disk never got full")
            if answer.status_code == 507:
                refused = answer
                break
        assert refused is not None
        assert "There is no room left" in refused.text
        assert site.browser().get(made.path).status_code == 200
        assert cleo.get(made.path).status_code == 200
        filler.unlink()
        assert site.program().get(link).content == made.file
        assert cleo.post(f"{made.path}/tickets").status_code == 200
        with site.portal.database.reading() as db:
            assert db.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert db.get(Ticket, 1) is not None


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_full_disk_of_postgresql_is_a_507_too(site: Site) -> None:
    """Its server says so by a code of its own; here a trigger says it in its name."""
    made = shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    with site.portal.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql("CREATE TRIGGER no_room BEFORE INSERT ON ticket EXECUTE FUNCTION no_room()")
    answer = cleo.post(f"{made.path}/tickets")
    assert answer.status_code == 507
    assert "There is no room left" in answer.text
