"""The way to the mail server: safe or not gone at all, and every fault in words that say what to mend."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.notices.mails import PostOffice
from api.notices.sending import Outcome, send_due
from api.tables import MailState
from tests.mailserver import PASSWORD, MailServer, serving
from tests.notices.readers import Shelf, elsewhere

REA = "rea@readers.example"
MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the database has no part in it


def test_a_server_that_hangs_does_not_hold_up_the_house(shelf: Shelf, office: PostOffice) -> None:
    shelf.reader(REA)
    shelf.tell()
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # for ever
        hanging = elsewhere(office, host="127.0.0.1", port=deaf.getsockname()[1], timeout=1)
        assert send_due(shelf.database, hanging).fault == "The mail server does not answer in time."
    assert (shelf.mail().state, shelf.mail().tries) == (MailState.WAITING, 1)


def test_a_name_that_leads_nowhere_is_said(shelf: Shelf, office: PostOffice) -> None:
    shelf.reader(REA)
    shelf.tell()
    fault = send_due(shelf.database, elsewhere(office, host="nowhere.invalid")).fault
    assert fault == "There is no mail server of that name; look at GATEFOLD_MAIL__HOST."


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_through_tls_to_a_server_that_is_known(
    shelf: Shelf, office: PostOffice, trusted: Path, security: str
) -> None:
    shelf.reader(REA)
    shelf.tell()
    with serving(trusted, security, with_sign_in=security == "starttls") as server:
        assert send_due(shelf.database, replace(office, mail=server.settings)) == Outcome(sent=1)
        assert server.mailbox.recipients == [REA]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_does_not_hold_up_is_refused(
    shelf: Shelf, office: PostOffice, certificates: Path, security: str
) -> None:
    shelf.reader(REA)
    shelf.tell()
    with serving(certificates, security) as server:
        fault = send_due(shelf.database, replace(office, mail=server.settings)).fault
        assert fault.startswith("The mail server’s certificate does not hold up: ")
        assert server.mailbox.taken == []


def test_a_certificate_for_another_name_is_refused(shelf: Shelf, office: PostOffice, trusted: Path) -> None:
    shelf.reader(REA)
    shelf.tell()
    with serving(trusted, "starttls") as server:
        other = server.settings.model_copy(update={"host": "127.0.0.1"})
        assert "IP address mismatch" in send_due(shelf.database, replace(office, mail=other)).fault
        assert server.mailbox.taken == []


def test_without_starttls_nothing_is_sent_in_the_clear(
    shelf: Shelf, office: PostOffice, mail_server: MailServer
) -> None:
    shelf.reader(REA)
    shelf.tell()
    fault = send_due(shelf.database, elsewhere(office, security="starttls")).fault
    assert fault.startswith("The mail server offers no STARTTLS")
    assert mail_server.mailbox.taken == []


def test_the_wrong_kind_of_tls_is_said(shelf: Shelf, office: PostOffice) -> None:
    shelf.reader(REA)
    shelf.tell()
    fault = send_due(shelf.database, elsewhere(office, security="tls")).fault
    assert fault == "There is no TLS at this port; look at GATEFOLD_MAIL__SECURITY and __PORT."


def test_a_wrong_password_is_said_and_not_shown(
    shelf: Shelf, office: PostOffice, trusted: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from pydantic import SecretStr

    shelf.reader(REA)
    shelf.tell()
    with serving(trusted, "starttls", with_sign_in=True) as server:
        wrong = server.settings.model_copy(update={"password": SecretStr(f"{PASSWORD}-no")})
        fault = send_due(shelf.database, replace(office, mail=wrong)).fault
        assert fault == "The mail server refuses the user name or the password (535)."
    assert PASSWORD not in caplog.text
