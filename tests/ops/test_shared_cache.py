"""The shipped nginx as a caching proxy: nothing of a reader in what nobody gets; old pages while the portal is away."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from api.catalogue import memory
from api.settings import Settings
from api.tables import RuleKind
from tests import nginx
from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site, free_port, served

MADE_UP = ("/t/", "/api/v1/openapi.json")  # a link as it was asked for, and one of an example
LIFE = "public, max-age=0, s-maxage=600"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": f"https://localhost:{free_port()}"})


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    with served(settings, port=free_port()) as site:
        yield site


def crawl(client: httpx2.Client, start: list[str]) -> dict[str, httpx2.Response]:
    """Every page of this portal that leads from `start`, by its address."""
    found: dict[str, httpx2.Response] = {}
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith(("/static", "/sign-", "/demo-provider")):
            continue
        found[path] = answer = client.get(path)
        if "text/html" in answer.headers.get("content-type", ""):
            waiting += [link.partition("#")[0] for link in re.findall(r'href="(/[^"?]*)"', answer.text)]
    return found


def test_a_crawl_as_reader_and_then_as_nobody_leaks_no_byte(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "SHARED_CACHE_LIFE", 600)  # longer than this takes
    paths = ["/", shelve(site).path, shelve(site, "seas", rules=[RuleKind.EVERYONE], file=b"%PDF-1.7 seas").path]
    with nginx.before(site, tmp_path) as client:
        sign_in(client, CLEO)
        own = client.cookies["__Host-gatefold"]
        as_reader = crawl(client, paths)
        reader_words = re.compile(rf"Cleo|/t/[\w-]{{43}}|{re.escape(own)}")
        assert "Cleo" in as_reader[paths[1]].text
        assert {
            answer.headers["x-cache-status"] for answer in as_reader.values() if "x-cache-status" in answer.headers
        } <= {"BYPASS"}
        client.cookies.clear()
        as_nobody = crawl(client, [*paths, *as_reader])
        again = crawl(client, paths)
        sign_in(client, CLEO)
        own_again = client.get(paths[1])
        assert (own_again.headers["x-cache-status"], "Cleo" in own_again.text) == ("BYPASS", True)
    assert len(as_nobody) > 8
    for path, answer in as_nobody.items():
        assert "set-cookie" not in answer.headers, path
        shown = answer.text + str(answer.headers.raw)
        assert path.startswith(MADE_UP) or not reader_words.search(shown), path
    for path in paths:
        assert as_nobody[path].headers["x-cache-status"] == "MISS"
        assert as_nobody[path].headers["cache-control"] == LIFE
        assert again[path].headers["x-cache-status"] == "HIT"
        assert again[path].headers["cache-control"] == LIFE, "a browser is not told that it may keep an old page"
        assert again[path].content == as_nobody[path].content
    kept = b"".join(file.read_bytes() for file in (tmp_path / "cache").rglob("*") if file.is_file())
    assert b"Rivers of Paper" in kept
    assert b"Cleo" not in kept
    assert own.encode() not in kept


def test_while_the_portal_is_away_the_cache_hands_out_a_page_that_is_old(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "SHARED_CACHE_LIFE", 1)
    with ExitStack() as outer:
        with served(settings, port=free_port()) as site:
            made = shelve(site)
            client = outer.enter_context(nginx.before(site, tmp_path))
            first = client.get(made.path)
            assert first.headers["x-cache-status"] == "MISS"
            time.sleep(2.1)
        old = client.get(made.path)
        assert (old.status_code, old.headers["x-cache-status"], old.content) == (200, "STALE", first.content)
        assert "stale" not in old.headers["cache-control"]
        assert client.get("/help").status_code == 502  # of this it has none
