"""Sending what is due: claim one mail, commit, send it, settle it, and so on while there is time.

A mail goes out at least once. If the process dies or the connection breaks between its text and the server's
answer, nobody can tell whether it was taken; then it is tried once more, under the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from api import clock
from api.database import Database
from api.notices import faults, outbox
from api.notices.mails import Letter, NotToBeSent, PostOffice, letter
from api.notices.smtp import InDoubt, Line, NoMail, Refused, connected
from api.seal import Seal
from api.settings import Settings
from api.tables import OutgoingMail

LONGEST = 20.0  # seconds of one run, so that the other jobs have their turn

log = logging.getLogger("gatefold.mail")


@dataclass
class Outcome:
    """What one run did. `fault` is why nothing could be sent, if so."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    fault: str = ""

    @property
    def in_words(self) -> str:
        words = f"Sent {self.sent}, put off {self.put_off}, gave up {self.given_up}."
        return f"{words} Mail waits: {self.fault}" if self.fault else words


def post_office_of(settings: Settings, seal: Seal) -> PostOffice | None:
    """What mails need, or None where no mail server is set up."""
    return PostOffice(settings.mail, seal, settings.public_url) if settings.mail.host is not None else None


def tidy(database: Database) -> None:
    """Take back what broke off and give up what is too old, whether or not there is a mail server."""
    with database.reading() as db:
        if outbox.is_idle(db):
            return
    with database.writing() as db:
        outbox.recover(db, clock.now())


def send_due(database: Database, office: PostOffice, must_stop: Callable[[], bool] = lambda: False) -> Outcome:
    """Send until nothing is due, the time of a run is over, `must_stop` says so, or the mail server is away."""
    done = Outcome()
    with database.reading() as db:
        if not outbox.has_due(db, clock.now()):
            return done
    give_up = clock.ticks() + LONGEST
    try:
        with connected(office) as line:
            while clock.ticks() < give_up and not must_stop() and _send_one(database, office, line, done):
                pass
    except NoMail as error:
        done.fault = str(error)
        log.warning("mail waits: %s", error)
        _put_off(database, done.fault)
    return done


def _put_off(database: Database, fault: str) -> None:
    is_more = True
    while is_more:
        with database.writing() as db:
            is_more = outbox.put_off(db, fault, clock.now())


def _send_one(database: Database, office: PostOffice, line: Line, done: Outcome) -> bool:
    """Whether the next may follow. No transaction is open while the mail server is talked to."""
    claimed = _claimed(database, office, done)
    if claimed is None:
        return False
    mail, ready = claimed
    if ready is None:
        return True
    try:
        line.send(ready)
    except Refused as refusal:
        with database.writing() as db:
            if refusal.for_good:
                outbox.settle_given_up(db, mail, str(refusal))
                done.given_up += 1
            else:
                outbox.settle_later(db, mail, str(refusal), clock.now())
                done.put_off += 1
        return True
    except InDoubt as doubt:
        with database.writing() as db:
            outbox.settle_in_doubt(db, mail, clock.now())
        raise NoMail(faults.BROKE_OFF_WITHIN) from doubt
    except NoMail as fault:
        with database.writing() as db:
            outbox.settle_later(db, mail, str(fault), clock.now())
        raise
    with database.writing() as db:
        outbox.settle_sent(db, mail, clock.now())
    done.sent += 1
    return True


def _claimed(database: Database, office: PostOffice, done: Outcome) -> tuple[OutgoingMail, Letter | None] | None:
    """The next mail, claimed, and as it goes out; without a letter where it is not to be sent any more."""
    now = clock.now()
    with database.writing() as db:
        mail = outbox.claim_next(db, now)
        if mail is None:
            return None
        db.flush()
        try:
            return mail, letter(db, office, mail, now)
        except NotToBeSent as reason:
            outbox.settle_given_up(db, mail, str(reason))
            done.given_up += 1
            return mail, None
