"""Sizes and quotas: settled before anything is begun or signed."""

import os
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.tables import Upload
from tests.cast import BEN, sign_in
from tests.desk.conftest import SMALL, editor_of
from tests.desk.sender import Sender, reason
from tests.make import Made
from tests.site import Site

FILE = os.urandom(2 * SMALL)
SLUG = "rivers-of-paper"


@pytest.fixture
def uploads() -> dict[str, int]:
    return {"part_size": SMALL, "largest": 5 * SMALL, "editor_quota": 5 * SMALL, "quota": 7 * SMALL}


def begun(client: httpx2.Client, name: str, size: int) -> httpx2.Response:
    return Sender(client, SLUG, FILE, name).begin(size=size)


def test_a_file_above_the_largest_is_refused(site: Site, editor: httpx2.Client, made: Made) -> None:
    answer = begun(editor, "large.pdf", 5 * SMALL + 1)
    assert answer.status_code == 413
    assert "the largest file that is taken here has 328\u00a0kB" in reason(answer)
    with site.portal.database.reading() as db:
        assert db.exec(select(Upload)).all() == []


def test_an_empty_file_is_refused(editor: httpx2.Client, made: Made) -> None:
    answer = begun(editor, "empty.pdf", 0)
    assert answer.status_code == 400
    assert "empty" in reason(answer)


def test_an_editors_day_is_full_and_empties(editor: httpx2.Client, made: Made) -> None:
    assert begun(editor, "one.pdf", 3 * SMALL).status_code == 200
    assert begun(editor, "one.pdf", 3 * SMALL).status_code == 200  # the same one, gone on with
    answer = begun(editor, "two.pdf", 3 * SMALL)
    assert answer.status_code == 413
    assert "You have uploaded 197\u00a0kB" in reason(answer)
    with clock.frozen(clock.now() + timedelta(days=1)):
        sign_in(editor, "ada")
        assert begun(editor, "two.pdf", 3 * SMALL).status_code == 200


def test_all_editors_together_fill_the_house(site: Site, editor: httpx2.Client, made: Made) -> None:
    assert begun(editor, "one.pdf", 5 * SMALL).status_code == 200
    ben = editor_of(site, BEN)
    answer = begun(ben, "two.pdf", 3 * SMALL)
    assert answer.status_code == 413
    assert "All editors together" in reason(answer)
    assert begun(ben, "two.pdf", 2 * SMALL).status_code == 200


def test_the_plain_form_counts_too(editor: httpx2.Client, made: Made) -> None:
    for expected in (303, 303, 413):
        answer = editor.post(f"/desk/titles/{SLUG}/file", files={"pdf": ("one.pdf", FILE, "application/pdf")})
        assert answer.status_code == expected
    assert "There is no room for this file today" in answer.text
