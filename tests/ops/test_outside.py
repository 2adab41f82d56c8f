"""What the doctor sees from outside, and the same on the desk: behind nginx as shipped, and as it goes wrong."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api import clock
from api.edge.seen import SELF_CHECK, mark
from api.ops import outside
from api.ops.findings import Finding, House, Verdict
from api.settings import Settings
from api.settings_parts import StorageSettings
from api.tables import Identity, Job, Role, User
from tests import nginx
from tests.cast import CLEO, issuer, sign_in
from tests.doctored import doctored
from tests.s3 import S3Server
from tests.site import Site, free_port, served

Front = Callable[..., AbstractContextManager[Any]]


def house(site: Site, store: Any = None, **settings: Any) -> House:
    portal = site.portal
    given = portal.settings.model_copy(update=settings)
    return House(given, store or portal.store, (), portal.database)


def found(findings: Iterable[Finding]) -> dict[str, tuple[Verdict, str]]:
    return {each.check: (each.verdict, each.words) for each in findings}


@pytest.fixture
def behind(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A portal whose public address is a web server's on this machine, and which trusts it."""
    storage = settings.storage.model_copy(update={"delivery": "x-accel"})
    given = {"storage": storage, "public_url": f"https://localhost:{free_port()}", "trusted_proxies": "127.0.0.1"}
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with served(Settings(_env_file=None, **settings.model_dump() | given), port=free_port()) as site:
        yield site


@pytest.fixture
def front(behind: Site, tmp_path: Path) -> Front:
    @contextmanager
    def front(*bent: tuple[str, str]) -> Iterator[Any]:
        with nginx.before(behind, tmp_path, bent) as client:
            yield client

    return front


def test_behind_nginx_as_shipped_all_is_well(behind: Site, front: Front) -> None:
    with front() as client:
        name = "__Host-gatefold"
        assert found(outside.front(house(behind))) == {
            "front": (
                Verdict.OK,
                f"Requests to {behind.url} arrive as they are sent; this machine is counted as 127.0.0.1.",
            ),
            "cookies": (Verdict.OK, f"{name} goes out and comes back as it is."),
        }
        assert found(outside.privacy(house(behind))) == {"privacy": (Verdict.OK, "Nobody gets a file past the portal.")}
        assert not [path for path in behind.portal.settings.storage.root.rglob("*") if path.is_file()]
        administrator(behind)
        sign_in(client, CLEO)
        page = client.get("/desk/self-check")
        assert page.status_code == 200
        assert "All is well" in page.text
        for words in (behind.url.removeprefix("https://"), "<code>https</code>", "<code>127.0.0.1</code>", name):
            assert words in page.text


@pytest.mark.parametrize(
    ("check", "bent", "words"),
    [
        ("front", ("Host $http_host", "Host books.example.org"), "passes on another Host than it was asked for"),
        ("front", ("X-Forwarded-Proto $scheme", 'X-Forwarded-Proto ""'), "let the web server set X-Forwarded-Proto"),
        ("front", ("X-Forwarded-For $remote_addr", "X-Accel-Nothing 1"), "Anyone can choose the address"),
        ("front", ("proxy_pass http://gatefold;", "return 503;"), "answers with 503 instead of the portal"),
        ("front", ("proxy_pass http://gatefold;", "return 404;"), "no Gatefold with this secret key"),
        ("cookies", ("X-Forwarded-Host", "Cookie"), "does not get to the portal"),
        ("cookies", ("proxy_cache_background_update on;", "proxy_cookie_path / /books;"), "is changed on its way out"),
        ("privacy", ("        internal;\n", ""), "Anyone can get a file without asking the portal"),
    ],
)
def test_a_web_server_that_does_it_wrong_is_found(
    behind: Site, front: Front, check: str, bent: tuple[str, str], words: str
) -> None:
    with front(bent):
        verdict, said = found(doctored(behind.portal.settings))[check]
    assert (verdict, words in said) == (Verdict.FAIL, True), said


def test_an_administrator_is_told_on_the_page_what_is_wrong(behind: Site, front: Front) -> None:
    administrator(behind)
    with front(("X-Forwarded-Proto $scheme", 'X-Forwarded-Proto "http"')) as client:
        sign_in(client, CLEO)
        page = client.get("/desk/self-check")
    assert 'role="alert"' in page.text
    assert "The portal takes requests for http" in page.text


def test_a_web_server_that_is_not_trusted_makes_all_readers_one(behind: Site, settings: Settings) -> None:
    seen = outside.Seen("books.example.org", "https", "10.0.0.9", "10.0.0.9", True, False, ())
    given = behind.portal.settings.model_copy(update={"public_url": "https://books.example.org"})
    (fault,) = outside.faults(seen, given)
    assert fault.startswith("Readers who come through 10.0.0.9 count as one")


def test_where_nothing_answers_it_says_so(site: Site) -> None:
    away = house(site, public_url=f"http://localhost:{free_port()}")
    verdict, words = found(outside.front(away))["front"]
    assert (verdict, "does not answer" in words) == (Verdict.WARN, True)


def test_a_certificate_that_is_not_believed_is_said_to_be_that(
    behind: Site, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    with front():
        monkeypatch.delenv("SSL_CERT_FILE")
        verdict, words = found(outside.front(house(behind)))["front"]
    assert (verdict, "does not believe the certificate" in words) == (Verdict.FAIL, True)


def test_only_the_secret_key_opens_the_self_check(site: Site) -> None:
    assert found(outside.front(house(site)))["front"][0] is Verdict.OK
    program = site.program()
    plain = program.get(SELF_CHECK)
    assert (plain.status_code, "set-cookie" in plain.headers) == (404, False)
    with clock.frozen(clock.now() - timedelta(minutes=3)):
        old = mark(site.portal.seal)
    assert program.get(SELF_CHECK, headers={"authorization": old}).status_code == 404
    assert program.get(SELF_CHECK, headers={"authorization": mark(site.portal.seal)}).status_code == 200
    assert program.get("/desk/self-check").status_code == 404


def test_the_clock_is_told_and_one_that_went_back_found(site: Site) -> None:
    assert found(outside.clocks(house(site)))["clock"][0] is Verdict.OK
    with site.portal.database.writing() as db:
        db.add(Job(name="tidying", finished_at=clock.now() + timedelta(hours=1)))
    verdict, words = found(doctored(site.portal.settings))["clock"]
    assert (verdict, "by NTP" in words) == (Verdict.FAIL, True)


@pytest.mark.usefixtures("s3_keys")
def test_a_private_bucket_is_well_and_an_open_one_a_failure(site: Site, s3_server: S3Server) -> None:
    bucket = s3_server.bucket()

    def of_bucket(url: str) -> dict[str, tuple[Verdict, str]]:
        storage = StorageSettings(kind="s3", bucket=bucket, endpoint_url=url)
        return found(doctored(site.portal.settings.model_copy(update={"storage": storage})))

    private = of_bucket(s3_server.url)
    assert (private["store"][0], private["privacy"][0]) == (Verdict.OK, Verdict.OK)
    verdict, words = private["uploads"]
    assert (verdict, "CORS" in words) == (Verdict.WARN, True)
    with s3_server.opened() as url:  # the same folder, by a server that asks nobody who they are
        public = of_bucket(url)
    verdict, words = public["privacy"]
    assert (verdict, "Anyone can get a file and the list of files" in words) == (Verdict.FAIL, True)
    assert "block public access" in words
    verdict, words = public["uploads"]
    assert (verdict, "CORS" in words) == (Verdict.WARN, True), "every origin may come, but not with content-md5"
    assert s3_server.files(bucket) == []


def administrator(site: Site) -> None:
    with site.portal.database.writing() as db:
        user = User(name="Cleo", role=Role.ADMINISTRATOR)
        user.identities.append(Identity(provider="demo", issuer=issuer(site), subject=CLEO))
        db.add(user)
