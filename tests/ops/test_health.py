"""Alive, ready, figures: true when things are well, plain about what is not, and shown to whom they concern."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from api import migrations
from api.app import create_app
from api.ops import routes
from api.settings import Settings
from api.shelf import queries
from tests.cast import CLEO, sign_in
from tests.disk import NoDisk, fill, tiny_disk
from tests.make import RuleKind, shelve
from tests.site import Site, served

TOKEN = "Hq7mT2xZr4Kn8Vb3Lp6Wd5Fs1Gy0CaJe"


@pytest.fixture
def watched(settings: Settings) -> Iterator[Site]:
    given = settings.model_dump() | {"metrics_token": TOKEN, "storage": settings.storage}
    with served(Settings(_env_file=None, **given)) as site:
        yield site


def figures(site: Site) -> dict[str, float]:
    site.settle()
    answer = site.program().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_well(site: Site) -> None:
    for path, said in (("/healthz", "alive\n"), ("/readyz", "ready\n")):
        answer = site.browser().get(path)
        assert (answer.status_code, answer.text) == (200, said)
        assert answer.headers["cache-control"] == "no-store"
        assert site.browser().head(path).status_code == 200


def test_a_disk_that_is_nearly_full_is_told_of_and_serves_on(settings: Settings, tmp_path: Path) -> None:
    try:
        with tiny_disk(tmp_path / "tiny", 4 << 20) as folder:
            storage = settings.storage.model_copy(update={"root": folder})
            with served(settings.model_copy(update={"storage": storage})) as site:
                assert site.program().get("/readyz").text == "ready\n"
                filler = fill(folder)
                said = "ready\nThe disk for the files is nearly full: 0.0% of it are free.\n"
                answer = site.program().get("/readyz")
                assert (answer.status_code, answer.text) == (200, said)
                filler.unlink()
                assert site.program().get("/readyz").text == "ready\n"
    except NoDisk as reason:
        pytest.skip(str(reason))


def test_a_database_at_older_tables_is_not_ready_and_at_newer_ones_is(site: Site) -> None:
    database = site.portal.database
    migrations.downgrade(database, "-1")
    answer = site.program().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database waits for `gatefold migrate`.\n")
    assert site.program().get("/healthz").status_code == 200
    migrations.upgrade(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from-the-future'")
    assert site.program().get("/readyz").status_code == 200
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert site.program().get("/readyz").status_code == 503


def test_a_store_that_cannot_be_read_is_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_key: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(site.portal.store, "stat", denied)
    answer = site.program().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The store of files can't be read.\n")


def test_what_does_not_answer_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(routes, "LONGEST_LOOK", 0.1)
    monkeypatch.setattr(site.portal.store, "stat", lambda _key: let_go.wait(10))
    try:
        for _ in range(5):
            assert site.program().get("/readyz").status_code == 503
        assert site.program().get("/healthz").status_code == 200
        assert site.program().get("/sign-in").status_code == 200
    finally:
        let_go.set()


@contextmanager
def away(site: Site, settings: Settings) -> Iterator[None]:
    """The database is gone: its file has become a folder."""
    site.portal.database.close()
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        shutil.move(aside, path)


def test_while_the_database_is_away_pages_say_so(site: Site, settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("how it goes with PostgreSQL is another test's")
    with away(site, settings):
        page, problem = site.browser().get("/"), site.program().get("/")
        assert page.status_code == problem.status_code == 503
        assert int(page.headers["retry-after"]) == int(problem.headers["retry-after"]) > 0
        assert f"<dt>Request</dt><dd>{page.headers['x-request-id']}</dd>" in page.text
        assert problem.headers["content-type"] == "application/problem+json"
        answer = site.program().get("/readyz")
        assert (answer.status_code, answer.text) == (503, "The database can't be reached.\n")
        assert site.program().get("/healthz").status_code == 200
    assert site.browser().get("/").status_code == 200


def test_a_wrong_statement_is_our_fault_and_no_outage(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(db: object, *_: object) -> None:
        db.connection().exec_driver_sql("SELECT nothing FROM nowhere")  # type: ignore[attr-defined]

    monkeypatch.setattr(queries, "catalogue", wrong)
    assert site.browser().get("/").status_code == 500


def test_figures_are_not_there_without_a_token(site: Site) -> None:
    unknown, metrics = site.browser().get("/no-such-page"), site.browser().get("/metrics")
    assert metrics.status_code == 404
    assert metrics.text == unknown.text


@pytest.mark.parametrize("given", ["", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}"])
def test_a_wrong_token_is_no_token(watched: Site, given: str) -> None:
    assert watched.program().get("/metrics", headers={"authorization": given}).status_code == 404
    assert watched.program().get("/metrics", headers={"authorization": "Bearer \u00e9".encode()}).status_code == 404


def test_the_operators_port_shows_figures_and_the_public_one_does_not(settings: Settings) -> None:
    port = int(settings.public_url.rpartition(":")[2])
    with served(settings.model_copy(update={"operator_port": port})) as site:
        assert site.program().get("/metrics").status_code == 200
    with served(settings.model_copy(update={"operator_port": port + 1})) as site:
        assert site.program().get("/metrics").status_code == 404
        told = {"host": f"127.0.0.1:{port + 1}", "x-forwarded-port": str(port + 1)}
        assert site.program().get("/metrics", headers=told).status_code == 404


def test_what_is_counted(watched: Site) -> None:
    made, free = shelve(watched), shelve(watched, "free", rules=[RuleKind.EVERYONE])
    cleo = watched.browser()
    sign_in(cleo, CLEO)
    link = cleo.get(made.pdf).headers["location"]
    for headers in ({}, {"range": "bytes=0-9"}, {"range": "bytes=10-"}):
        cleo.get(link, headers=headers)
    cleo.head(link)
    watched.program().get(free.pdf)
    for _ in range(3):
        watched.browser().get(made.path)
    cleo.get("/sign-in/demo/callback?state=forged")
    httpx2.request("BREW", f"{watched.url}/", headers={"host": "evil.example"})
    watched.program().get("/a/b/c?d=e")
    seen = figures(watched)
    assert seen["gatefold_tickets_issued_total"] == 1
    assert seen["gatefold_transfers_started_total"] == 3
    assert seen['gatefold_sign_ins_total{outcome="signed-in",provider="demo"}'] == 1
    assert seen['gatefold_sign_ins_total{outcome="attempt-unknown",provider="demo"}'] == 1
    assert seen['gatefold_requests_total{method="GET",route="/reports/{slug}",status="2xx"}'] == 3
    assert seen['gatefold_requests_total{method="GET",route="/t/{ticket}/{filename}",status="2xx"}'] == 3
    assert seen['gatefold_requests_total{method="GET",route="/{anything:path}",status="4xx"}'] == 1
    assert seen['gatefold_answer_seconds_count{method="GET",route="/reports/{slug}"}'] == 3
    assert not [name for name in seen if "rivers" in name or "BREW" in name or "a/b/c" in name]


def test_two_portals_in_one_process_count_apart(settings: Settings) -> None:
    one, two = create_app(settings), create_app(settings)
    one.state.portal.figures.tickets_issued.inc()
    assert b"gatefold_tickets_issued_total 1.0" in one.state.portal.figures.text()
    assert b"gatefold_tickets_issued_total 0.0" in two.state.portal.figures.text()
    for app in (one, two):
        app.state.portal.database.close()
