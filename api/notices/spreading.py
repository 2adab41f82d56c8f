"""Spreading a notice in slices, each a transaction of its own: whoever stops in between, another goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.database import Database
from api.errors import Unready
from api.notices import choice, mails, outbox
from api.notices.announce import holders_of, mail_key
from api.tables import Holding, Notice, NoticeCopy, NoticeKind, OutgoingMail, Title, User

SLICE = 5_000  # readers told in one transaction, which holds no other writer up for long
LATELY = timedelta(days=1)  # how far back is looked where nothing was ever settled
MARGIN = timedelta(minutes=2)  # longer than from the making of a notice to the end of its transaction


class BrokenOff(Unready):
    """The server stops; the rest is told after it has started again."""


def spread(db: Db, notice: Notice, *, has_mail: bool, now: datetime) -> int:
    """A copy for some of those who hold the title and have none yet, and a mail for who wants one; how many."""
    notice_id = notice.id
    assert notice_id is not None
    ids = _still_untold(db, notice, SLICE)
    if not ids:
        return 0
    copies = [{"user_id": user_id, "notice_id": notice_id} for user_id in ids]
    db.connection().execute(sa.insert(NoticeCopy), copies)
    if has_mail:
        is_put = sa.exists().where(
            col(OutgoingMail.user_id) == col(NoticeCopy.user_id), col(OutgoingMail.key) == mail_key(notice_id)
        )
        these = select(NoticeCopy.user_id).join(User, col(User.id) == col(NoticeCopy.user_id))
        these = these.where(NoticeCopy.notice_id == notice_id, choice.wants_mail(), ~is_put)
        these = these.where(col(NoticeCopy.user_id) >= ids[0], col(NoticeCopy.user_id) <= ids[-1])
        outbox.put(db, these, mails.NOTICE, {"notice": notice_id}, mail_key(notice_id), now)
    return len(ids)


def is_spreading(db: Db, notice: Notice, now: datetime) -> bool:
    """Whether there are readers whom a notice of late has yet to reach; they are told in the order of their ids."""
    if notice.made_at <= now - LATELY / 24:
        return False
    last = db.exec(select(sa.func.max(NoticeCopy.user_id)).where(NoticeCopy.notice_id == notice.id)).one()
    return bool(_still_untold(db, notice, 1, after=last or 0))


def spread_all(
    database: Database, settled_until: datetime | None, *, has_mail: bool, must_stop: Callable[[], bool]
) -> int:
    """Go on with every notice made since this was last done to the end. BrokenOff where it has to end before."""
    since = (settled_until or clock.now() - LATELY) - MARGIN
    with database.reading() as db:
        notices = db.exec(select(Notice).where(Notice.made_at > since).order_by(col(Notice.id))).all()
    told = 0
    for notice in notices:
        while True:
            if must_stop():
                raise BrokenOff("The server stopped in between; the rest comes with the next run.")
            with database.writing() as db:
                some = spread(db, notice, has_mail=has_mail, now=clock.now())
            told += some
            if some < SLICE:
                break
    return told


def _still_untold(db: Db, notice: Notice, at_most: int, after: int = 0) -> list[int]:
    holding = holders_of(db.get_one(Title, notice.title_id), NoticeKind(notice.kind), notice.edition)
    holders = holding.where(col(Holding.user_id) > after).subquery()
    has_copy = sa.exists().where(col(NoticeCopy.user_id) == holders.c.user_id, col(NoticeCopy.notice_id) == notice.id)
    untold = sa.select(holders.c.user_id).where(~has_copy).order_by(holders.c.user_id).limit(at_most)
    return list(db.connection().scalars(untold))
