"""Each mail goes out once; what fails comes again with growing pauses, or is given up, and says why."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api import clock
from api.database import Database
from api.notices import choice, outbox, sending
from api.notices.mails import PostOffice
from api.notices.sending import Outcome, send_due, tidy
from api.tables import Identity, MailState, User
from tests.mailserver import PASSWORD, MailServer, serving
from tests.notices.readers import Shelf
from tests.site import free_port

REA = "rea@readers.example"
MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


@contextmanager
def later(**length: float) -> Iterator[None]:
    with clock.frozen(clock.now() + timedelta(**length)):
        yield


def elsewhere(office: PostOffice, **values: object) -> PostOffice:
    return replace(office, mail=office.mail.model_copy(update=values))


def test_a_mail_goes_out_once(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    shelf.reader(REA)
    shelf.tell()
    assert send_due(shelf.database, office) == Outcome(sent=1)
    assert send_due(shelf.database, office) == Outcome()
    with later(days=5):
        tidy(shelf.database)
        assert send_due(shelf.database, office) == Outcome()
    assert mail_server.mailbox.recipients == [REA]
    mail = shelf.mail()
    assert (mail.state, mail.tries, mail.fault, mail.claim) == (MailState.SENT, 1, None, None)
    assert mail.sent_at is not None


def test_the_address_is_the_one_at_the_time_of_sending(
    shelf: Shelf, office: PostOffice, mail_server: MailServer
) -> None:
    reader = shelf.reader(REA)
    shelf.tell()
    with shelf.database.writing() as db:
        user = db.get_one(User, reader)
        user.email = user.identities[0].email = "rea@new.example"
    send_due(shelf.database, office)
    assert mail_server.mailbox.recipients == ["rea@new.example"]


def test_who_says_no_meanwhile_gets_none(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    changes = {
        "turned mail off": lambda db, reader: choice.stop(db, reader),
        "is closed": lambda db, reader: setattr(db.get_one(User, reader), "closing_at", clock.now()),
        "The account is closed": lambda db, reader: setattr(db.get_one(User, reader), "disabled_at", clock.now()),
        "no address": lambda db, reader: setattr(db.get_one(Identity, reader), "email_verified", False),
    }
    readers = [shelf.reader(f"{number}@readers.example") for number in range(len(changes))]
    shelf.tell()
    for change, reader in zip(changes.values(), readers, strict=True):
        with shelf.database.writing() as db:
            change(db, reader)
    assert send_due(shelf.database, office) == Outcome(given_up=4)
    assert mail_server.mailbox.taken == []
    for words, mail in zip(changes, shelf.mails(), strict=True):
        assert mail.state == MailState.GIVEN_UP
        assert words in str(mail.fault)


@pytest.mark.parametrize("answer", ["550 5.1.1 <rea@readers.example>: no such user rea", "552 5.2.2 rea's box is full"])
def test_a_refusal_for_good_is_not_tried_again(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, answer: str
) -> None:
    shelf.reader(REA)
    shelf.reader("ned@readers.example")
    mail_server.mailbox.answers[REA] = answer
    shelf.tell()
    assert send_due(shelf.database, office) == Outcome(sent=1, given_up=1)
    refused, taken = shelf.mails()
    assert (refused.state, taken.state) == (MailState.GIVEN_UP, MailState.SENT)
    assert refused.fault == f"The mail server refuses it for good ({answer[:9]})."
    assert mail_server.mailbox.recipients == ["ned@readers.example"]


@pytest.mark.parametrize("whom", [REA, "*"])
def test_a_refusal_for_now_comes_again_with_growing_pauses(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, whom: str
) -> None:
    shelf.reader(REA)
    mail_server.mailbox.answers[whom] = "451 4.7.1 Greylisted, come again, rea@readers.example"
    start = clock.now()
    with clock.frozen(start):
        shelf.tell()
    at = start
    for tries, pause in enumerate((1, 5, 15, 60, 180, 360, 720, 720), start=1):
        with clock.frozen(at):
            assert send_due(shelf.database, office) == Outcome(put_off=1)
        mail = shelf.mail()
        assert (mail.state, mail.tries) == (MailState.WAITING, tries)
        assert mail.fault == "The mail server refuses it for now (451 4.7.1)."
        assert mail.due_at == at + pause * MINUTE
        with clock.frozen(mail.due_at - timedelta(seconds=1)):
            assert send_due(shelf.database, office) == Outcome()
        at = mail.due_at
    mail_server.mailbox.answers.clear()
    with clock.frozen(at):
        assert send_due(shelf.database, office) == Outcome(sent=1)
    assert (shelf.mail().state, shelf.mail().fault) == (MailState.SENT, None)


def test_after_four_days_it_is_given_up(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    shelf.reader(REA)
    mail_server.mailbox.answers[REA] = "450 busy"
    start = clock.now()
    with clock.frozen(start):
        shelf.tell()
        send_due(shelf.database, office)
    with clock.frozen(start + outbox.LATEST - MINUTE):
        tidy(shelf.database)
        assert shelf.states() == [MailState.WAITING]
    with clock.frozen(start + outbox.LATEST):
        tidy(shelf.database)
    assert (shelf.states(), shelf.mail().fault) == ([MailState.GIVEN_UP], outbox.TOO_OLD)


def test_a_server_that_is_down_puts_everything_off(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    for number in range(3):
        shelf.reader(f"{number}@readers.example")
    shelf.tell()
    start = clock.now()
    with clock.frozen(start):
        down = send_due(shelf.database, elsewhere(office, port=free_port()))
        assert down.in_words.endswith("Mail waits: The mail server can’t be reached: Connection refused.")
        assert send_due(shelf.database, office) == Outcome()  # not due, so the server is left in peace
    assert {(mail.state, mail.tries, mail.due_at) for mail in shelf.mails()} == {(MailState.WAITING, 1, start + MINUTE)}
    with clock.frozen(start + MINUTE):
        send_due(shelf.database, elsewhere(office, port=free_port()))
    assert {(mail.tries, mail.due_at) for mail in shelf.mails()} == {(2, start + 6 * MINUTE)}
    with clock.frozen(start + 6 * MINUTE):
        assert send_due(shelf.database, office) == Outcome(sent=3)
    assert len(mail_server.mailbox.taken) == 3


@pytest.mark.parametrize("answer", ["421 4.3.2 Shutting down", "550 5.7.1 books@press.example may not send"])
def test_a_server_that_takes_nothing_from_us_is_the_houses_fault_and_no_mails(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, answer: str
) -> None:
    shelf.reader(REA)
    shelf.reader("ned@readers.example")
    mail_server.mailbox.sender_answer = answer
    shelf.tell()
    assert "The mail server takes nothing from books@press.example" in send_due(shelf.database, office).fault
    assert shelf.states() == [MailState.WAITING, MailState.WAITING]
    assert [mail.tries for mail in shelf.mails()] == [1, 1]


@pytest.mark.parametrize("whom", [REA, "*"])
def test_hanging_up_in_the_middle_puts_everything_off(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, whom: str
) -> None:
    shelf.reader(REA)
    shelf.reader("ned@readers.example")
    mail_server.mailbox.answers[whom] = "421 4.3.2 Too many mails"
    shelf.tell()
    assert send_due(shelf.database, office).fault == "The mail server has hung up for now (421)."
    assert shelf.states() == [MailState.WAITING, MailState.WAITING]


def test_a_server_that_hangs_does_not_hold_up_the_house(shelf: Shelf, office: PostOffice) -> None:
    shelf.reader(REA)
    shelf.tell()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = clock.ticks()
        hanging = elsewhere(office, host="127.0.0.1", port=deaf.getsockname()[1], timeout=1)
        assert send_due(shelf.database, hanging).fault == "The mail server does not answer in time."
        assert clock.ticks() - begun < 3
    assert (shelf.mail().state, shelf.mail().tries) == (MailState.WAITING, 1)


def test_an_answer_that_gets_lost_is_a_doubt_and_tried_once_more(
    shelf: Shelf, office: PostOffice, mail_server: MailServer
) -> None:
    shelf.reader(REA)
    shelf.tell()
    mail_server.mailbox.pause = 2
    hasty = elsewhere(office, timeout=1)
    assert send_due(shelf.database, hasty).fault == "The mail server broke off in the middle of a mail."
    mail = shelf.mail()
    assert (mail.state, mail.tries, mail.doubts, mail.fault) == (MailState.WAITING, 1, 1, outbox.BROKE_OFF)
    with later(minutes=2):
        send_due(shelf.database, hasty)
    assert (shelf.mail().state, shelf.mail().fault) == (MailState.GIVEN_UP, outbox.IN_DOUBT)
    first, second = mail_server.mailbox.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]


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


def test_two_workers_send_each_mail_once(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, database_url: str
) -> None:
    addresses = sorted(f"{number}@readers.example" for number in range(40))
    for address in addresses:
        shelf.reader(address)
    shelf.tell()
    outcomes: list[Outcome] = []

    def work() -> None:
        database = Database(database_url)
        outcomes.append(send_due(database, office))
        database.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert mail_server.mailbox.recipients == addresses
    assert sum(each.sent for each in outcomes) == 40
    assert all(each.sent for each in outcomes)
    assert set(shelf.states()) == {MailState.SENT}


def test_a_worker_killed_in_the_middle_leaves_one_doubt(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, database_url: str
) -> None:
    """Killed when the text is taken and not yet answered, the worst moment there is."""
    shelf.reader(REA)
    shelf.tell()
    mail_server.mailbox.pause = 30
    assert killed_while_sending(mail_server, database_url).returncode == -9
    mail_server.mailbox.pause = 0
    tidy(shelf.database)
    assert send_due(shelf.database, office) == Outcome()
    assert (shelf.mail().state, shelf.mail().tries) == (MailState.SENDING, 1)  # its claim still holds
    with later(minutes=11):
        tidy(shelf.database)
        assert (shelf.mail().state, shelf.mail().fault) == (MailState.WAITING, outbox.BROKE_OFF)
        assert send_due(shelf.database, office) == Outcome(sent=1)
    first, second = mail_server.mailbox.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_broken_off_twice_it_is_given_up(shelf: Shelf) -> None:
    shelf.reader(REA)
    shelf.tell()
    now = clock.now()
    for number, state in enumerate((MailState.WAITING, MailState.GIVEN_UP), start=1):
        with shelf.database.writing() as db:
            assert outbox.claim_next(db, now + number * outbox.CLAIM) is not None
        with shelf.database.writing() as db:
            outbox.recover(db, now + (number + 1) * outbox.CLAIM)
        assert shelf.mail().state == state
    assert shelf.mail().fault == outbox.IN_DOUBT


def killed_while_sending(mail_server: MailServer, database_url: str) -> "subprocess.Popen[bytes]":
    mail_server.mailbox.arrived.clear()
    command = [sys.executable, "-m", "tests.notices.worker", database_url, str(mail_server.settings.port)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}) as worker:
        try:
            assert mail_server.mailbox.arrived.wait(20)
        finally:
            worker.kill()
    return worker


def test_who_lost_the_claim_settles_nothing(shelf: Shelf) -> None:
    shelf.reader(REA)
    shelf.tell()
    now = clock.now()
    with shelf.database.writing() as db:
        slow = outbox.claim_next(db, now)
    assert slow is not None
    with shelf.database.writing() as db:
        outbox.recover(db, now + outbox.CLAIM)
    with shelf.database.writing() as db:
        outbox.settle_given_up(db, slow, "too late")
    assert (shelf.mail().state, shelf.mail().fault) == (MailState.WAITING, outbox.BROKE_OFF)


def test_a_stopping_server_ends_between_two_mails(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    for number in range(3):
        shelf.reader(f"{number}@readers.example")
    shelf.tell()
    done = send_due(shelf.database, office, must_stop=lambda: len(mail_server.mailbox.taken) == 2)
    assert done == Outcome(sent=2)
    assert shelf.states() == [MailState.SENT, MailState.SENT, MailState.WAITING]


def test_one_run_has_an_end(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST", 0.3)
    mail_server.mailbox.pause = 0.2
    for number in range(4):
        shelf.reader(f"{number}@readers.example")
    shelf.tell()
    assert 1 <= send_due(shelf.database, office).sent <= 2


def test_no_fault_and_no_line_of_the_log_has_an_address(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    shelf.reader(REA)
    for answer in (f"550 {REA} is unknown", f"450 {REA} is busy", f"421 {REA} has to wait"):
        mail_server.mailbox.answers[REA] = answer
        shelf.tell(answer)
        send_due(shelf.database, office)
    mail_server.mailbox.answers.clear()
    mail_server.mailbox.sender_answer = f"550 no mail to {REA} from you"
    shelf.tell("and again")
    send_due(shelf.database, office)
    assert len(shelf.mails()) == 4
    assert all(mail.fault for mail in shelf.mails())
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("gatefold")]
    assert ours
    assert not [words for words in (*ours, *(str(mail.fault) for mail in shelf.mails())) if "readers.example" in words]
