"""The requests of docs/api.md, made as they stand there."""

import re
import shlex
from pathlib import Path

import httpx2
import pytest

from api.tables import Kind
from api.v1 import shapes
from tests.make import shelve
from tests.site import Site
from tests.v1.conftest import new_key
from tests.v1.test_search import take_in

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


def requests_in(page: str) -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", page, re.S) for line in block.splitlines() if line]


def curl(client: httpx2.Client, command: str, portal: str, key: str) -> httpx2.Response:
    """What `curl` would send, for the few options that the page uses."""
    words = iter(shlex.split(command.replace("$PORTAL", portal).replace("$KEY", key)))
    assert next(words) == "curl"
    method, headers, follow, address = "GET", {}, False, ""
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-L":
                follow = True
            case "-o":
                next(words)
            case _:
                assert word.startswith(portal), word
                address = word
    return client.request(method, address, headers=headers, follow_redirects=follow)


def test_the_requests_of_the_page_are_true(site: Site) -> None:
    made = shelve(site)
    assert made.path == "/reports/rivers-of-paper"
    take_in(site, made)
    key = new_key(site)
    commands = requests_in((DOCS / "api.md").read_text("utf-8"))
    answers = [curl(site.program(), command, site.url, key) for command in commands]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 201, 200]
    newest, following, found, anonymous, known, link, file = answers
    assert [each.kind for each in shapes.Leaf.model_validate_json(newest.text).titles] == [Kind.REPORT]
    assert shapes.Leaf.model_validate_json(following.text).titles == []
    assert [each.slug for each in shapes.Leaf.model_validate_json(found.text).titles] == ["rivers-of-paper"]
    assert not shapes.Title.model_validate_json(anonymous.text).access.allowed
    assert shapes.Title.model_validate_json(known.text).access.allowed
    assert site.program().get(shapes.Ticket.model_validate_json(link.text).url).content == made.file
    assert file.content == made.file


def test_the_page_names_a_key_as_it_is(site: Site) -> None:
    (pattern,) = re.findall(r"`(gf_\[.*?)`", (DOCS / "api.md").read_text("utf-8"))
    assert re.fullmatch(pattern, new_key(site))
