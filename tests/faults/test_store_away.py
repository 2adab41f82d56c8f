"""F09: the line to the S3 store is slow, or breaks off time and again; the reader gets the whole file in the end."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from api.settings import Settings
from api.tables import RuleKind
from tests.faults.proxy import WELL, Fault, FaultProxy, faulty
from tests.make import Made, shelve
from tests.s3 import S3Server
from tests.site import Site, served

FILE = b"%PDF-1.7 " + bytes(range(256)) * 8_000  # two megabytes


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[FaultProxy]:
    port = urlsplit(s3_server.url).port
    assert port is not None
    with faulty(("127.0.0.1", port)) as proxy:
        yield proxy


@pytest.fixture
def far(settings: Settings, s3_server: S3Server, s3_keys: None, proxy: FaultProxy) -> Iterator[Site]:
    """A portal that sends the files itself, and has them from a store behind the proxy."""
    there = {
        "kind": "s3",
        "bucket": s3_server.bucket(),
        "endpoint_url": f"http://127.0.0.1:{proxy.port}",
        "delivery": "proxy",
    }
    storage = settings.storage.model_copy(update=there)
    with served(settings.model_copy(update={"storage": storage})) as site:
        yield site


@pytest.fixture
def made(far: Site) -> Made:
    return shelve(far, rules=[RuleKind.EVERYONE], file=FILE)


def test_a_store_that_breaks_off_is_asked_on_and_the_reader_notices_nothing(
    far: Site, made: Made, proxy: FaultProxy
) -> None:
    proxy.set(Fault(reset_after=700_000))
    assert far.program().get(made.pdf).content == FILE
    assert proxy.counts["reset"] >= 2


def test_a_store_that_breaks_off_before_anything_of_use_is_told_and_back_by_itself(
    far: Site, made: Made, proxy: FaultProxy
) -> None:
    proxy.set(Fault(reset_after=200_000))
    answer = far.program().get(made.pdf)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert proxy.counts["reset"] >= 2
    proxy.set(WELL)
    assert far.program().get(made.pdf).content == FILE


def test_a_slow_store_is_waited_for_and_pages_go_on(far: Site, made: Made, proxy: FaultProxy) -> None:
    proxy.set(Fault(rate=1_500_000))
    with far.program().stream("GET", made.pdf) as answer:
        assert far.browser().get(made.path).status_code == 200
        assert far.browser().get("/healthz").status_code == 200
        assert b"".join(answer.iter_raw()) == FILE
    assert proxy.counts["throttled"] >= len(FILE) // 65_536
