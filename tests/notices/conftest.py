"""A mail server, a title on the shelf, and readers who hold it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database import Database
from api.notices.mails import PostOffice
from api.seal import Seal
from tests.conftest import SECRET
from tests.mailserver import MailServer, make_certificates, serving
from tests.notices.readers import Shelf

URL = "https://books.press.example"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("certificates")).parent


@pytest.fixture
def trusted(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The authority of the tests is believed, as an operator's own is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    return certificates


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(None) as server:
        yield server


@pytest.fixture
def office(mail_server: MailServer) -> PostOffice:
    return PostOffice(mail_server.settings, Seal(SECRET), URL)


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)
