"""Bytes left to nginx: the shipped configuration in the real nginx, before a portal that decides."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.edge.headers import safe_headers
from api.settings import Settings
from api.tables import RuleKind
from tests import nginx
from tests.cast import CLEO, sign_in
from tests.make import NAMED, shelve
from tests.site import Site, free_port, served


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A portal behind nginx, which it leaves its files to."""
    storage = settings.storage.model_copy(update={"delivery": "x-accel"})
    behind = {"storage": storage, "public_url": f"https://localhost:{free_port()}"}
    with served(settings.model_copy(update=behind), port=free_port()) as running:
        yield running


@pytest.fixture
def front(site: Site, tmp_path: Path) -> Iterator[httpx2.Client]:
    """A browser before nginx, which stands before the portal."""
    with nginx.before(site, tmp_path) as client:
        yield client


def test_nginx_sends_the_file_whole_and_in_parts(site: Site, front: httpx2.Client) -> None:
    made = shelve(site)
    assert made.file is not None
    sign_in(front, CLEO)
    link = front.get(made.pdf).headers["location"]
    whole = front.get(link)
    assert (whole.status_code, whole.content) == (200, made.file)
    assert whole.headers["server"].startswith("nginx")
    assert whole.headers["content-type"] == "application/pdf"
    assert whole.headers["content-disposition"] == NAMED
    assert whole.headers["cache-control"] == "private, no-store"
    assert whole.headers["referrer-policy"] == "no-referrer"
    assert "x-accel-redirect" not in whole.headers
    for name, words in safe_headers(https=True).items():
        if name not in ("referrer-policy", "cross-origin-opener-policy"):
            assert whole.headers.get_list(name) == [words], name
    part = front.get(link, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, made.file[10:20])
    assert front.get(link, headers={"range": "bytes=9999999-"}).status_code == 416


def test_the_files_own_address_leads_nowhere(site: Site, front: httpx2.Client) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    host = {"host": site.url.removeprefix("https://")}
    inner = httpx2.get(site.inner + made.pdf, headers=host).headers["x-accel-redirect"]
    assert front.get(made.pdf).content == made.file
    assert front.get(inner).status_code == 404


def test_a_used_up_link_and_a_missing_file_are_the_portals_to_answer(site: Site, front: httpx2.Client) -> None:
    made = shelve(site)
    sign_in(front, CLEO)
    link = front.get(made.pdf).headers["location"]
    assert [front.get(link).status_code for _ in range(6)] == [200] * 5 + [410]
    fresh = front.get(made.pdf).headers["location"]
    for file in Path(site.portal.settings.storage.root).rglob("*"):
        if file.is_file():
            file.unlink()
    answer = front.get(fresh)
    assert answer.status_code == 503
    assert "not where it should be" in answer.text
