"""The outbox: one row per mail, put in once, claimed by one worker at a time, and tried again with growing pauses."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.notices import faults
from api.seal import new_secret
from api.tables import MailState, OutgoingMail
from api.tables.base import Instant

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR)  # the last one comes again
LATEST = timedelta(days=4)  # after that a mail is no news any more
KEPT = timedelta(days=90)
SLICE = 10_000  # rows changed by one statement
CLAIM = timedelta(minutes=10)  # longer than a mail server takes over one mail
TOO_OLD, BROKE_OFF, IN_DOUBT = map(str, (faults.TOO_OLD, faults.BROKE_OFF, faults.IN_DOUBT))


def put(
    db: Db, readers: "SelectOfScalar[int]", kind: str, arguments: Mapping[str, Any], key: str, now: datetime
) -> int:
    """One mail for each reader, due at once; how many. `key` says what it is, so that it can't be put in twice."""
    user_id = readers.selected_columns[0]
    values = {
        "user_id": user_id,
        "kind": sa.literal(kind),
        "arguments": sa.literal(dict(arguments), sa.JSON),
        "key": sa.literal(key),
        "state": sa.literal(MailState.WAITING.value),
        "made_at": sa.literal(now, Instant),
        "due_at": sa.literal(now, Instant),
        "tries": sa.literal(0),
        "doubts": sa.literal(0),
    }
    rows = readers.with_only_columns(*values.values())
    insert = sa.insert(OutgoingMail).from_select(list(values), rows)
    return db.connection().execute(insert, execution_options={"preserve_rowcount": True}).rowcount


def is_idle(db: Db) -> bool:
    """Whether there is nothing that could ever be done."""
    open_states = (MailState.WAITING, MailState.SENDING)
    return db.exec(select(OutgoingMail.id).where(col(OutgoingMail.state).in_(open_states)).limit(1)).first() is None


def has_due(db: Db, now: datetime) -> bool:
    return db.exec(select(OutgoingMail.id).where(*_is_due(now)).limit(1)).first() is not None


def recover(db: Db, now: datetime) -> None:
    """Take back what a worker claimed and never settled, and give up what is too old (so many at a time)."""
    mail = sa.update(OutgoingMail)
    claim_is_over = col(OutgoingMail.claimed_until) <= now
    cut_off = sa.and_(col(OutgoingMail.state) == MailState.SENDING, claim_is_over)
    too_old = _some(col(OutgoingMail.state) == MailState.WAITING, col(OutgoingMail.made_at) <= now - LATEST)
    connection = db.connection()
    connection.execute(mail.where(cut_off, col(OutgoingMail.doubts) > 0).values(_given_up(IN_DOUBT)))
    connection.execute(
        mail.where(cut_off).values(
            state=MailState.WAITING, due_at=now, claim=None, claimed_until=None, doubts=1, fault=BROKE_OFF
        )
    )
    connection.execute(mail.where(too_old).values(_given_up(TOO_OLD)))


def claim_next(db: Db, now: datetime) -> OutgoingMail | None:
    """The mail that is due longest, now this worker's own until its claim ends; None where none is due."""
    oldest_first = (col(OutgoingMail.due_at), col(OutgoingMail.id))
    due = select(OutgoingMail).where(*_is_due(now)).order_by(*oldest_first).limit(1)
    mail = db.exec(due.with_for_update(skip_locked=True)).first()
    if mail is not None:
        mail.state, mail.claim, mail.claimed_until = MailState.SENDING, new_secret(), now + CLAIM
        mail.tries += 1
        db.add(mail)
    return mail


def settle_sent(db: Db, mail: OutgoingMail, now: datetime) -> None:
    _settle(db, mail, {"state": MailState.SENT, "sent_at": now, "fault": None})


def settle_given_up(db: Db, mail: OutgoingMail, fault: str) -> None:
    _settle(db, mail, _given_up(fault))


def settle_later(db: Db, mail: OutgoingMail, fault: str, now: datetime) -> None:
    """Try it again after a pause that grows with the tries."""
    _settle(db, mail, {"state": MailState.WAITING, "due_at": now + _pause(mail.tries), "fault": fault})


def settle_in_doubt(db: Db, mail: OutgoingMail, now: datetime) -> None:
    """Nobody can tell whether it has gone out: try it again, but only the first time."""
    if mail.doubts:
        return settle_given_up(db, mail, IN_DOUBT)
    _settle(
        db,
        mail,
        {"state": MailState.WAITING, "due_at": now + _pause(mail.tries), "doubts": 1, "fault": BROKE_OFF},
    )


def put_off(db: Db, fault: str, now: datetime) -> bool:
    """Nothing can be sent at present: what is due waits, each as long as its tries say. Whether more is due."""
    changed = 0
    for tries in range(len(PAUSES)):
        is_last = tries == len(PAUSES) - 1
        these = col(OutgoingMail.tries) >= tries if is_last else col(OutgoingMail.tries) == tries
        later = {"due_at": now + PAUSES[tries], "tries": col(OutgoingMail.tries) + 1, "fault": fault}
        some = sa.update(OutgoingMail).where(_some(*_is_due(now), these)).values(later)
        changed += db.connection().execute(some).rowcount
    return changed >= SLICE


def counts(db: Db) -> dict[str, int]:
    """How many mails are in each state."""
    found = dict(db.exec(select(OutgoingMail.state, sa.func.count()).group_by(col(OutgoingMail.state))).all())
    return {state: found.get(state, 0) for state in MailState}


def counts_up_to(db: Db, most: int) -> dict[str, int]:
    """How many mails are in each state; one more than `most` stands for any number beyond."""
    found = {}
    for state in MailState:
        some = select(OutgoingMail.id).where(OutgoingMail.state == state).limit(most + 1).subquery()
        found[str(state)] = db.exec(select(sa.func.count()).select_from(some)).one()
    return found


def listed(db: Db, state: str | None, limit: int, before: int | None = None) -> Sequence[OutgoingMail]:
    """Mails by their number, the newest first; of one state, and older than number `before`, where asked."""
    mails = select(OutgoingMail).order_by(col(OutgoingMail.id).desc()).limit(limit)
    if state is not None:
        mails = mails.where(OutgoingMail.state == state)
    if before is not None:
        mails = mails.where(col(OutgoingMail.id) < before)
    return db.exec(mails).all()


def of_user(db: Db, user_id: int) -> Sequence[OutgoingMail]:
    return db.exec(select(OutgoingMail).where(OutgoingMail.user_id == user_id).order_by(col(OutgoingMail.id))).all()


def _is_due(now: datetime) -> "tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]":
    return col(OutgoingMail.state) == MailState.WAITING, col(OutgoingMail.due_at) <= now


def _some(*conditions: "sa.ColumnElement[bool]") -> "sa.ColumnElement[bool]":
    """Of the rows for which these hold, as many as one statement changes."""
    return col(OutgoingMail.id).in_(select(OutgoingMail.id).where(*conditions).limit(SLICE))


def _pause(tries: int) -> timedelta:
    return PAUSES[min(tries, len(PAUSES)) - 1]


def _given_up(fault: str) -> dict[str, Any]:
    return {"state": MailState.GIVEN_UP, "fault": fault, "claim": None, "claimed_until": None}


def _settle(db: Db, mail: OutgoingMail, values: dict[str, Any]) -> None:
    """Only for who still has the claim; where it ended, another worker has the mail now."""
    mine = sa.update(OutgoingMail).where(col(OutgoingMail.id) == mail.id, col(OutgoingMail.claim) == mail.claim)
    db.connection().execute(mine.values({"claim": None, "claimed_until": None} | values))
