"""Several workers, and workers that die: each mail once, and once more only where nobody can tell."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from api import clock
from api.database import Database
from api.notices import outbox, sending
from api.notices.mails import PostOffice
from api.notices.sending import Outcome, send_due, tidy
from api.tables import MailState
from tests.conftest import SECRET
from tests.mailserver import MailServer
from tests.notices.conftest import URL
from tests.notices.readers import Shelf, elsewhere, later

REA = "rea@readers.example"
MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


def test_an_answer_that_gets_lost_is_a_doubt_and_tried_once_more(
    shelf: Shelf, office: PostOffice, mail_server: MailServer
) -> None:
    shelf.reader(REA)
    shelf.tell()
    mail_server.mailbox.pause = 3_600
    hasty = elsewhere(office, timeout=2)
    assert send_due(shelf.database, hasty).fault == "The mail server broke off in the middle of a mail."
    mail = shelf.mail()
    assert (mail.state, mail.tries, mail.doubts, mail.fault) == (MailState.WAITING, 1, 1, outbox.BROKE_OFF)
    with later(minutes=2):
        send_due(shelf.database, hasty)
    assert (shelf.mail().state, shelf.mail().fault) == (MailState.GIVEN_UP, outbox.IN_DOUBT)
    first, second = mail_server.mailbox.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_two_workers_send_each_mail_once(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, database_url: str
) -> None:
    addresses = sorted(f"{number}@readers.example" for number in range(40))
    for address in addresses:
        shelf.reader(address)
    shelf.tell()
    outcomes: list[Outcome] = []
    mail_server.mailbox.company = 2  # so that both of them have a mail under way, however busy the machine is
    patient = elsewhere(office, timeout=60)

    def work() -> None:
        database = Database(database_url)
        outcomes.append(send_due(database, patient))
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
    settings = mail_server.settings
    given = (database_url, str(settings.port), str(settings.sender), SECRET, URL)
    command = [sys.executable, "-m", "tests.notices.worker", *given]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}) as worker:
        try:
            assert mail_server.mailbox.arrived.wait(60)
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
    """A mail takes two thirds of a run here, by a clock that counts mails."""
    began, taken = clock.ticks(), mail_server.mailbox.taken
    monkeypatch.setattr(clock, "ticks", lambda: began + len(taken) * sending.LONGEST * 2 / 3)
    for number in range(4):
        shelf.reader(f"{number}@readers.example")
    shelf.tell()
    assert send_due(shelf.database, office) == Outcome(sent=2)
    assert shelf.states() == [MailState.SENT, MailState.SENT, MailState.WAITING, MailState.WAITING]
