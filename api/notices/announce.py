"""Telling those who hold a title: who that is, the notice, each reader's copy of it, and mail to who wants it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.errors import Conflict, Invalid
from api.notices import choice, mails, outbox
from api.shelf.shelving import id_of
from api.spoken import N_
from api.tables import (
    Audit,
    Edition,
    Holding,
    MailState,
    Notice,
    NoticeCopy,
    NoticeKind,
    OutgoingMail,
    State,
    Title,
    User,
)

LONGEST = 2000  # characters of the press's words
COUNTED = 1000  # readers and mails of a notice that the desk counts; beyond, it says more than that
SLICE = 10_000  # readers told by one statement; PostgreSQL ends one that takes longer than five seconds


@dataclass(frozen=True)
class Reach:
    """How many readers have a notice on their page, and how many of them get it by mail too."""

    readers: int
    by_mail: int


@dataclass(frozen=True)
class Announced:
    """A notice that was made, or one that had been made before with the same words."""

    notice_id: int
    reach: Reach
    is_new: bool


@dataclass(frozen=True)
class Told:
    """A notice as the press sees it: how many have it and have seen it, and what became of its mails, by state."""

    notice: Notice
    readers: int
    seen: int
    mails: dict[str, int]


def preview(db: Db, title: Title, kind: NoticeKind, *, has_mail: bool) -> Reach:
    """Whom a notice made now would reach; Conflict where it can't be made."""
    holders = holders_of(title, kind, _edition_told_of(db, title, kind)).subquery()
    who = select(sa.func.count()).select_from(holders).join(User, col(User.id) == holders.c.user_id)
    return Reach(db.exec(who).one(), db.exec(who.where(choice.wants_mail())).one() if has_mail else 0)


def announce(
    db: Db, title: Title, kind: NoticeKind, words: str, *, by: int | None, has_mail: bool, now: datetime
) -> Announced:
    """Tell everyone who holds the title; the same words about the same edition are told once and no more.

    An erratum goes to all holders, news of an edition to those who have not taken it yet; nothing goes to who
    is shut out. `by` is the user who tells it, None the command line. `has_mail` is whether there is a mail
    server; without one the notice is on readers' pages alone, also later. Raises Invalid and Conflict.
    """
    notice, is_new = begin(db, title, kind, words, by=by, now=now)
    notice_id = _id_of(notice)
    if not is_new:
        return Announced(notice_id, _reach_of(db, notice_id), is_new=False)
    holders = holders_of(title, kind, notice.edition).subquery()
    return Announced(notice_id, _hand_out(db, notice_id, holders, has_mail, now), is_new=True)


def begin(db: Db, title: Title, kind: NoticeKind, words: str, *, by: int | None, now: datetime) -> tuple[Notice, bool]:
    """The notice alone, for `spreading` to bring to the holders; and whether it is new. Raises Invalid and Conflict."""
    said = clean(words, kind)
    edition = _edition_told_of(db, title, kind)
    key = hashlib.sha256(f"{title.id} {kind} {edition}\n{said}".encode()).hexdigest()
    notice = Notice(key=key, title_id=id_of(title), kind=kind, words=said, edition=edition, made_by=by, made_at=now)
    try:
        with db.begin_nested():
            db.add(notice)
    except IntegrityError:  # told before, or a moment ago by a second press of the button
        return db.exec(select(Notice).where(Notice.key == key)).one(), False
    db.add(Audit(actor_user_id=by, action="notice-sent", object=f"title {title.slug}", words=str(kind), at=now))
    db.flush()
    return notice, True


def _hand_out(db: Db, notice_id: int, holders: Any, has_mail: bool, now: datetime) -> Reach:
    """A copy for each holder and a mail for who wants one, in slices that no database finds long."""
    readers, by_mail, last = 0, 0, 0
    while True:
        some = select(holders.c.user_id, sa.literal(notice_id)).where(holders.c.user_id > last)
        copies = some.order_by(holders.c.user_id).limit(SLICE)
        told = sa.insert(NoticeCopy).from_select(["user_id", "notice_id"], copies)
        made = db.connection().execute(told, execution_options={"preserve_rowcount": True}).rowcount
        if has_mail:
            these = select(NoticeCopy.user_id).join(User, col(User.id) == col(NoticeCopy.user_id))
            these = these.where(NoticeCopy.notice_id == notice_id, NoticeCopy.user_id > last, choice.wants_mail())
            by_mail += outbox.put(db, these, mails.NOTICE, {"notice": notice_id}, mail_key(notice_id), now)
        readers += made
        if made < SLICE:
            return Reach(readers, by_mail)
        last = db.exec(select(sa.func.max(NoticeCopy.user_id)).where(NoticeCopy.notice_id == notice_id)).one()


def clean(words: str, kind: NoticeKind) -> str:
    """The press's words as they are kept and shown: plain text in paragraphs. Invalid where they won't do."""
    lines = ["".join(each if each.isprintable() else " " for each in line).strip() for line in words.splitlines()]
    said = "\n".join(lines).strip()
    if not said and kind is NoticeKind.ERRATUM:
        raise Invalid(N_("Say what is wrong, and what is right."))
    if len(said) > LONGEST:
        raise Invalid(
            N_("A notice has room for {longest} characters; these are {count}.", longest=LONGEST, count=len(said))
        )
    return said


def told(db: Db, title_id: int, at_most: int | None = None) -> list[Told]:
    """The notices of a title, the newest first, counted as far as COUNTED."""
    notices = db.exec(
        select(Notice).where(Notice.title_id == title_id).order_by(col(Notice.id).desc()).limit(at_most)
    ).all()
    return [_told(db, notice) for notice in notices]


def _told(db: Db, notice: Notice) -> Told:
    copies = select(NoticeCopy.id).where(NoticeCopy.notice_id == notice.id)
    mails = select(OutgoingMail.id).where(OutgoingMail.key == mail_key(_id_of(notice)))
    return Told(
        notice,
        _counted(db, copies),
        _counted(db, copies.where(col(NoticeCopy.seen_at).is_not(None))),
        {state: _counted(db, mails.where(OutgoingMail.state == state)) for state in MailState},
    )


def _counted(db: Db, found: "SelectOfScalar[Any]") -> int:
    """How many are found; one more than COUNTED stands for any number beyond."""
    return db.exec(select(sa.func.count()).select_from(found.limit(COUNTED + 1).subquery())).one()


def _edition_told_of(db: Db, title: Title, kind: NoticeKind) -> int | None:
    """The number of the edition that readers are handed now, if there is one; Conflict where none can be told of."""
    newest = db.exec(select(sa.func.max(Edition.number)).where(Edition.title_id == title.id)).one()
    if title.state == State.DRAFT:
        raise Conflict(N_("“{slug}” is a draft, so nobody can be told of it.", slug=title.slug))
    if kind is NoticeKind.NEW_EDITION and title.state == State.WITHDRAWN:
        raise Conflict(N_("“{slug}” is withdrawn; there is no edition to fetch.", slug=title.slug))
    if kind is NoticeKind.NEW_EDITION and (newest or 0) < 2:
        raise Conflict(N_("“{slug}” has no second edition yet.", slug=title.slug))
    return newest


def holders_of(title: Title, kind: NoticeKind, newest: int | None) -> Any:
    """One row for each reader who is to be told, with their `user_id`."""
    held = (
        select(Holding.user_id)
        .join(Edition, col(Edition.id) == col(Holding.edition_id))
        .join(User, col(User.id) == col(Holding.user_id))
        .where(Edition.title_id == title.id, col(User.disabled_at).is_(None))
        .group_by(col(Holding.user_id))
    )
    return held.having(sa.func.max(Edition.number) < newest) if kind is NoticeKind.NEW_EDITION else held


def _reach_of(db: Db, notice_id: int) -> Reach:
    readers = select(sa.func.count()).where(NoticeCopy.notice_id == notice_id)
    by_mail = select(sa.func.count()).where(OutgoingMail.key == mail_key(notice_id))
    return Reach(db.exec(readers).one(), db.exec(by_mail).one())


def mail_key(notice_id: int) -> str:
    return f"notice {notice_id}"


def _id_of(notice: Notice) -> int:
    assert notice.id is not None
    return notice.id
