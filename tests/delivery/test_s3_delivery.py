"""The file from an S3 store: sent on to a pre-signed link, or through the portal; and what its faults look like."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa

from api.settings import Settings
from api.settings_parts import StorageSettings
from api.tables import RuleKind, State, Ticket
from tests.cast import CLEO, sign_in
from tests.make import NAMED, Made, shelve
from tests.s3 import S3Server
from tests.site import Site, free_port, served


def storage_on(server: S3Server, **more: str) -> StorageSettings:
    return StorageSettings(kind="s3", bucket=server.bucket(), endpoint_url=server.url, **more)  # type: ignore[arg-type]


@pytest.fixture
def redirecting(settings: Settings, s3_server: S3Server, s3_keys: None) -> Iterator[Site]:
    with served(settings.model_copy(update={"storage": storage_on(s3_server)})) as site:
        yield site


@pytest.fixture
def passing_on(settings: Settings, s3_server: S3Server, s3_keys: None) -> Iterator[Site]:
    with served(settings.model_copy(update={"storage": storage_on(s3_server, delivery="proxy")})) as site:
        yield site


def ticket_for(site: Site, made: Made) -> str:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get(made.pdf)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def uses_left(site: Site) -> int:
    with site.portal.database.reading() as db:
        return int(db.exec(sa.select(Ticket.uses_left)).scalar_one())


def assert_presigned(answer: httpx2.Response, made: Made) -> str:
    link = str(answer.headers["location"])
    fields = parse_qs(urlsplit(link).query)
    assert answer.status_code == 303
    assert answer.content == b""
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert fields["X-Amz-Expires"] == ["120"]
    assert fields["response-content-disposition"] == [NAMED.replace("rivers-of-paper", made.path.rpartition("/")[2])]
    return link


def test_a_journey_ends_at_the_store(redirecting: Site) -> None:
    made = shelve(redirecting)
    cleo = redirecting.browser()
    sign_in(cleo, CLEO, f"{made.path}?get=pdf")
    answer = cleo.get(made.pdf, follow_redirects=True)
    assert [step.status_code for step in answer.history] == [303, 303]
    assert (answer.status_code, answer.content) == (200, made.file)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.url.host == "127.0.0.1"
    assert "cookie" not in answer.request.headers


def test_each_redemption_takes_a_use_and_makes_a_fresh_link(redirecting: Site) -> None:
    made = shelve(redirecting)
    ticket, anyone = ticket_for(redirecting, made), redirecting.program()
    links = {assert_presigned(anyone.get(ticket), made) for _ in range(2)}
    assert uses_left(redirecting) == 3
    assert all(httpx2.get(link).content == made.file for link in links)
    assert anyone.get(ticket, headers={"range": "bytes=0-99"}).status_code == 303
    assert uses_left(redirecting) == 2
    for condition in ({}, {"if-range": '"an ETag of the store"'}):
        assert_presigned(anyone.get(ticket, headers={"range": "bytes=100-"} | condition), made)
    assert uses_left(redirecting) == 2
    for _ in range(2):
        assert anyone.get(ticket).status_code == 303
    assert anyone.get(ticket).status_code == 410
    assert anyone.get(ticket, headers={"range": "bytes=100-"}).status_code == 303


def test_head_is_answered_by_the_portal(redirecting: Site) -> None:
    made = shelve(redirecting)
    opened = shelve(redirecting, "opened", rules=[RuleKind.EVERYONE], file=b"%PDF- another")
    for path, found in ((ticket_for(redirecting, made), made), (opened.pdf, opened)):
        answer = redirecting.program().head(path)
        assert found.file is not None
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(found.file)))
        assert answer.headers["content-type"] == "application/pdf"
    assert uses_left(redirecting) == 5


def test_open_to_everyone_the_stable_address_leads_to_the_store(redirecting: Site) -> None:
    made = shelve(redirecting, rules=[RuleKind.EVERYONE])
    nobody = redirecting.program()
    assert httpx2.get(assert_presigned(nobody.get(made.pdf), made)).content == made.file
    etag = nobody.head(made.pdf).headers["etag"]
    assert nobody.get(made.pdf, headers={"if-none-match": etag}).status_code == 304
    assert nobody.get(made.pdf, headers={"range": "bytes=9999999-"}).status_code == 416


def test_what_is_refused_never_comes_near_the_store(redirecting: Site) -> None:
    listed = shelve(redirecting, rules=[RuleKind.LISTED])
    gone = shelve(redirecting, "gone", state=State.WITHDRAWN)
    program, cleo = redirecting.program(), redirecting.browser()
    sign_in(cleo, CLEO)
    for answer, status in (
        (program.get(listed.pdf), 401),
        (program.get(gone.pdf), 410),
        (cleo.get(listed.pdf), 303),
        (program.get("/t/" + "x" * 43 + "/rivers-of-paper.pdf"), 404),
    ):
        assert answer.status_code == status
        assert "X-Amz" not in answer.text + answer.headers.get("location", "")


def test_through_the_portal_the_store_is_not_seen(passing_on: Site) -> None:
    made = shelve(passing_on)
    ticket, anyone = ticket_for(passing_on, made), passing_on.program()
    answer = anyone.get(ticket)
    assert (answer.status_code, answer.content) == (200, made.file)
    assert made.file is not None
    part = anyone.get(ticket, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, made.file[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(made.file)}"
    assert uses_left(passing_on) == 4


def test_a_large_file_comes_through_the_portal_whole(passing_on: Site) -> None:
    made = shelve(passing_on, rules=[RuleKind.EVERYONE], file=b"%PDF-1.7 " + bytes(range(256)) * 20_000)
    assert made.file is not None
    assert passing_on.program().get(made.pdf).content == made.file
    resumed = passing_on.program().get(made.pdf, headers={"range": "bytes=1000000-"})
    assert resumed.content == made.file[1_000_000:]


@pytest.mark.parametrize("delivery", ["redirect", "proxy"])
def test_a_store_that_is_away_is_a_page(
    settings: Settings, s3_keys: None, caplog: pytest.LogCaptureFixture, s3_server: S3Server, delivery: str
) -> None:
    storage = storage_on(s3_server, delivery=delivery)
    with served(settings.model_copy(update={"storage": storage})) as site:
        made = shelve(site)
    away = storage.model_copy(update={"endpoint_url": f"http://127.0.0.1:{free_port()}"})
    with served(settings.model_copy(update={"storage": away})) as site:
        ticket = ticket_for(site, made)
        answer = site.browser().get(ticket)
        assert answer.status_code == 503
        assert "The files can’t be reached" in answer.text
        assert answer.headers["retry-after"] == "10"
        assert site.program().head(ticket).status_code == 200
    assert "the store does not answer" in caplog.text
    assert "Traceback" not in caplog.text
    assert ticket.split("/")[2] not in caplog.text


@pytest.mark.parametrize("delivery", ["redirect", "proxy"])
def test_an_object_that_is_missing_is_a_page_and_a_line_in_the_log(
    settings: Settings, s3_keys: None, caplog: pytest.LogCaptureFixture, s3_server: S3Server, delivery: str
) -> None:
    with served(settings.model_copy(update={"storage": storage_on(s3_server, delivery=delivery)})) as site:
        made = shelve(site, rules=[RuleKind.EVERYONE])
        key = s3_server.files(str(site.portal.settings.storage.bucket))[0].name
        site.portal.store.delete(key)
        answer = site.browser().get(made.pdf)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
    assert "not where it should be" in answer.text
    assert f"missing object: {key[:12]}" in caplog.text
    assert "Traceback" not in caplog.text
