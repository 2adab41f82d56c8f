"""Each mail goes out once; what fails comes again with growing pauses, or is given up, and says why."""

from datetime import timedelta
from pathlib import Path

import pytest

from api import clock
from api.notices import choice, outbox
from api.notices.mails import PostOffice
from api.notices.sending import Outcome, send_due, tidy
from api.tables import Identity, MailState, User
from tests.mailserver import MailServer
from tests.notices.readers import Shelf, elsewhere, later
from tests.site import free_port

REA = "rea@readers.example"
MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


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


def test_a_server_that_is_down_puts_everything_off(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "SLICE", 2)  # so that it takes more than one statement
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
