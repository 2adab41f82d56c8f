"""Bytes on their way: what is wrong with the file before the answer begins, and after."""

from pathlib import Path

import httpx2
import pytest

from api.tables import RuleKind
from tests.make import Made, shelve
from tests.site import Site


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site, rules=[RuleKind.EVERYONE])


def kept(site: Site) -> Path:
    return next(path for path in site.portal.settings.storage.root.rglob("*") if path.is_file())


def test_a_file_that_is_gone_is_a_page_and_a_line_in_the_log(
    site: Site, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    key = kept(site).name
    kept(site).unlink()
    answer = site.browser().get(made.pdf)
    assert answer.status_code == 500
    assert "not where it should be" in answer.text
    assert "etag" not in answer.headers
    assert f"missing object: {key}" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_file_that_has_shrunk_breaks_the_transfer_off(
    site: Site, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    assert made.file is not None
    kept(site).write_bytes(made.file[:100])
    with pytest.raises(httpx2.RemoteProtocolError):
        site.program().get(made.pdf)
    assert "a transfer broke off" in caplog.text
    assert "ends at byte 100" in caplog.text
    assert "Traceback" not in caplog.text
