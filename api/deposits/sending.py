"""Deposits on their way: claim one, commit, talk to Crossref, settle it. No transaction is open while it is awaited.

Where nobody can tell whether a file has arrived, Crossref is asked before it is sent again.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.database import Database
from api.deposits import registrar as crossref
from api.deposits.preparing import newest_of, prepare, queue
from api.deposits.registrar import InDoubt, NoReport, NotTaken, Registrar, Report
from api.errors import Conflict, Invalid
from api.seal import new_secret
from api.spoken import N_
from api.tables import Chapter, Deposit, DepositState, State, Title

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR)  # the last one comes again
MOST_TRIES = 14  # of sending, or of asking: some five days
UNKNOWN_FOR = 3  # questions after which a file that Crossref does not know counts as not arrived
CLAIM = 10 * MINUTE  # longer than any one exchange takes
LONGEST = 20.0  # seconds of one run, so that the other jobs have their turn
LOOKED_AT = 50  # changed titles compared in one run
TOO_OFTEN = str(N_("It was tried for five days."))
NO_REPORT = str(N_("Crossref did not say in five days what became of it."))
BROKE_OFF = str(N_("Sending broke off."))
NOT_ALL = str(N_("Crossref’s report does not name every DOI of it."))
NOT_OURS = str(N_("It was not sent: the title is no longer published, or a DOI is no longer the press’s."))

log = logging.getLogger("gatefold.deposits")


@dataclass
class Outcome:
    """What one run did."""

    queued: int = 0
    sent: int = 0
    settled: int = 0
    put_off: int = 0

    @property
    def in_words(self) -> str:
        return f"Queued {self.queued}, sent {self.sent}, settled {self.settled}, put off {self.put_off}."


def work_through(database: Database, registrar: Registrar, must_stop: Callable[[], bool] = lambda: False) -> Outcome:
    """Queue what has changed, then send and ask until nothing is due or the time of a run is over."""
    done = Outcome(queued=queue_changed(database, registrar))
    _take_back(database)
    give_up = clock.ticks() + LONGEST
    while clock.ticks() < give_up and not must_stop():
        deposit = _claimed(database)
        if deposit is None:
            break
        if deposit.state == DepositState.SENDING:
            _send(database, registrar, deposit, done)
        else:
            _ask(database, registrar, deposit, done)
    return done


def queue_changed(database: Database, registrar: Registrar) -> int:
    """Put in line again what Crossref has in an older form. The first deposit of a title is an editor's to ask for."""
    count = 0
    with database.reading() as db:
        ids = [title_id for title_id in db.exec(_changed()).all() if title_id is not None]
    for title_id in ids:
        with database.writing() as db:
            newest, prepared = newest_of(db, title_id), prepare(db, registrar, title_id, clock.now())
            if newest is None:
                continue
            newest.settled_at = prepared.work.record.modified_at or clock.now()
            db.add(newest)
            if newest.digest != prepared.digest:
                try:
                    queue(db, registrar, title_id, None, clock.now())
                    count += 1
                except (Invalid, Conflict) as refusal:
                    newest.fault = refusal.message[:300]
    return count


def _changed() -> Any:
    """Registered titles whose record has changed since, whatever it was that changed."""
    newest = select(sa.func.max(Deposit.id)).group_by(col(Deposit.title_id))
    return (
        select(Title.id)
        .join(Deposit, col(Deposit.title_id) == col(Title.id))
        .where(
            col(Deposit.id).in_(newest),
            Deposit.state == DepositState.REGISTERED,
            Title.state == State.PUBLISHED,
            col(Title.modified_at) > col(Deposit.settled_at),
        )
        .order_by(col(Title.id))
        .limit(LOOKED_AT)
    )


def _take_back(database: Database) -> None:
    """What a worker claimed and never settled. It may have arrived, so Crossref is asked about it."""
    cut_off = (col(Deposit.state) == DepositState.SENDING, col(Deposit.claimed_until) <= clock.now())
    with database.reading() as db:
        if db.exec(select(Deposit.id).where(*cut_off).limit(1)).first() is None:
            return
    values = {"state": DepositState.SENT, "claim": None, "claimed_until": None, "fault": BROKE_OFF}
    with database.writing() as db:
        db.connection().execute(sa.update(Deposit).where(*cut_off).values(values))


def _claimed(database: Database) -> Deposit | None:
    """The deposit that is due longest, this worker's own until its claim ends; committed before it is acted on."""
    now = clock.now()
    is_free = sa.or_(col(Deposit.claimed_until).is_(None), col(Deposit.claimed_until) <= now)
    is_open = col(Deposit.state).in_((DepositState.WAITING, DepositState.SENT))
    due = select(Deposit).where(is_open, is_free, col(Deposit.due_at) <= now)
    with database.reading() as db:
        if db.exec(due.limit(1)).first() is None:
            return None
    with database.writing() as db:
        first = due.order_by(col(Deposit.due_at), col(Deposit.id)).limit(1)
        deposit = db.exec(first.with_for_update(skip_locked=True)).first()
        if deposit is None:
            return None
        deposit.claim, deposit.claimed_until = new_secret(), now + CLAIM
        if deposit.state == DepositState.WAITING:
            is_published = db.exec(select(Title.state).where(Title.id == deposit.title_id)).one() == State.PUBLISHED
            if not is_published or not _is_still_ours(db, deposit):
                deposit.state, deposit.claim, deposit.claimed_until = DepositState.GIVEN_UP, None, None
                deposit.fault = NOT_OURS
                db.add(deposit)
                return None
            deposit.state, deposit.tries = DepositState.SENDING, deposit.tries + 1
        else:
            deposit.polls += 1
        db.add(deposit)
        db.flush()
        db.refresh(deposit)
        db.expunge(deposit)
        return deposit


def _is_still_ours(db: Db, deposit: Deposit) -> bool:
    """Whether each DOI in the file still belongs to the title or a chapter of it, as the press's own."""
    of_title = select(Title.doi).where(Title.id == deposit.title_id, col(Title.doi_is_ours))
    of_chapters = select(Chapter.doi).where(Chapter.title_id == deposit.title_id, col(Chapter.doi_is_ours))
    return set(deposit.dois) <= {*db.exec(of_title).all(), *db.exec(of_chapters).all()}


def _send(database: Database, registrar: Registrar, deposit: Deposit, done: Outcome) -> None:
    try:
        answer = crossref.send(registrar, file_name(deposit), deposit.document)
    except NotTaken as refusal:
        log.warning("deposit not taken batch=%s: %s", deposit.batch, refusal)
        if refusal.for_good or deposit.tries >= MOST_TRIES:
            words = str(refusal) if refusal.for_good else TOO_OFTEN
            return _settle(database, deposit, done, state=_end(refusal), fault=words)
        done.put_off += 1
        return _settle(
            database, deposit, None, state=DepositState.WAITING, due_at=_later(deposit.tries), fault=str(refusal)
        )
    except InDoubt as doubt:
        log.warning("deposit in doubt batch=%s: %s", deposit.batch, doubt)
        done.put_off += 1
        return _settle(database, deposit, None, state=DepositState.SENT, due_at=_later(1), polls=0, fault=str(doubt))
    done.sent += 1
    _settle(
        database,
        deposit,
        None,
        state=DepositState.SENT,
        sent_at=clock.now(),
        answer=answer,
        due_at=_later(1),
        polls=0,
        fault=None,
    )


def _ask(database: Database, registrar: Registrar, deposit: Deposit, done: Outcome) -> None:
    """What became of it. One that Crossref does not know after a while, and never said it had, is sent again."""
    try:
        report = crossref.report_on(registrar, file_name(deposit))
    except NoReport as fault:
        return _ask_later(database, deposit, done, str(fault))
    if report.is_finished:
        return _finish(database, deposit, done, report)
    if report.is_unknown and deposit.sent_at is None and deposit.polls >= UNKNOWN_FOR:
        if deposit.tries >= MOST_TRIES:
            return _settle(database, deposit, done, state=DepositState.GIVEN_UP, fault=TOO_OFTEN)
        done.put_off += 1
        return _settle(database, deposit, None, state=DepositState.WAITING, due_at=clock.now())
    _ask_later(database, deposit, done, None)


def _finish(database: Database, deposit: Deposit, done: Outcome, report: Report) -> None:
    """Registered are all of them or it is no success: of a file that can't be read there is no result at all."""
    known = {result.doi.lower() for result in report.results if result.status in ("success", "warning")}
    is_whole = all(doi.lower() in known for doi in deposit.dois)
    faults = [result.words for result in report.results if result.status not in ("success", "warning")]
    words = None if is_whole else (faults or [NOT_ALL])[0]
    _settle(
        database,
        deposit,
        done,
        state=DepositState.REGISTERED if is_whole else DepositState.REFUSED,
        report=report.text,
        reported_at=clock.now(),
        results=[asdict(result) for result in report.results],
        fault=words,
    )


def _ask_later(database: Database, deposit: Deposit, done: Outcome, fault: str | None) -> None:
    if deposit.polls >= MOST_TRIES:
        return _settle(database, deposit, done, state=DepositState.GIVEN_UP, fault=NO_REPORT)
    done.put_off += 1
    _settle(database, deposit, None, state=DepositState.SENT, due_at=_later(deposit.polls), fault=fault)


def _settle(database: Database, deposit: Deposit, done: Outcome | None, **values: Any) -> None:
    """Only for who still has the claim; where it ended, another worker has the deposit now."""
    mine = sa.update(Deposit).where(col(Deposit.id) == deposit.id, col(Deposit.claim) == deposit.claim)
    with database.writing() as db:
        db.connection().execute(mine.values({"claim": None, "claimed_until": None} | values))
    if done is not None:
        done.settled += 1


def file_name(deposit: Deposit) -> str:
    """What Crossref knows the file by from the moment it has it."""
    return f"{deposit.batch}.xml"


def _end(refusal: NotTaken) -> DepositState:
    return DepositState.REFUSED if refusal.for_good else DepositState.GIVEN_UP


def _later(count: int) -> datetime:
    return clock.now() + PAUSES[min(count, len(PAUSES)) - 1]
