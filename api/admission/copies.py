"""Requests for an accessible copy: what a reader needs, and the press's answer, which the reader is told of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.access.requests import LONGEST, one_line
from api.errors import Invalid, NotFound
from api.formats.record import WORK_PATHS
from api.notices import choice, mails, outbox
from api.spoken import N_
from api.tables import Audit, CopyAnswer, CopyRequest, Kind, Title, User

LONGEST_REPLY = 1000
LONGEST_ADDRESS = 500
LEAF = 50  # requests on one leaf of the desk's list
ANSWERED = 20  # of those that were answered, the newest


@dataclass(frozen=True)
class Asked:
    """A request as its reader and the press read it."""

    id: int
    slug: str
    path: str
    full_title: str
    name: str | None
    words: str
    asked_at: datetime
    answer: CopyAnswer | None
    reply: str
    address: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Reply:
    """What the press answers, as it was typed."""

    answer: str = ""
    words: str = ""
    address: str = ""


class FaultyReply(Invalid):
    """What is wrong with an answer, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def ask(db: Db, title_id: int, reader: Reader, words: str, now: datetime) -> None:
    """Keep what a reader needs. While it is not answered asking again changes nothing; later it is a new request.

    Raises Invalid without words or with too many.
    """
    said = one_line(words)
    if not said:
        raise Invalid(
            N_("Write a sentence about what you need, so that the press can help."), heading=N_("Say what you need")
        )
    if len(said) > LONGEST:
        raise Invalid(N_("Write at most {longest} characters.", longest=LONGEST), heading=N_("That is too long"))
    mine = select(CopyRequest).where(CopyRequest.title_id == title_id, CopyRequest.user_id == reader.user_id)
    request = db.exec(mine.with_for_update()).first()
    if request is None:
        request = CopyRequest(title_id=title_id, user_id=reader.user_id, words=said)
    elif request.answered_at is None:
        return
    request.words, request.asked_at = said, now
    request.answer = request.address = request.answered_by = request.answered_at = None
    request.reply = ""
    try:
        with db.begin_nested():
            db.add(request)
    except IntegrityError:  # another tab was quicker
        return


def answer(db: Db, request_id: int, reply: Reply, *, by: int, has_mail: bool, now: datetime) -> None:
    """Give the press's answer, or another one in its place, and tell the reader. FaultyReply, NotFound."""
    words, address = reply.words.strip(), reply.address.strip()
    if faults := _faults(reply.answer, words, address):
        raise FaultyReply(faults)
    request = db.get(CopyRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound
    is_same = (request.answer, request.reply, request.address) == (reply.answer, words, address or None)
    if is_same:  # the button was pressed twice
        return
    request.answer, request.reply, request.address = reply.answer, words, address or None
    request.answered_by, request.answered_at = by, now
    db.add(request)
    slug = db.get_one(Title, request.title_id).slug
    db.add(Audit(actor_user_id=by, action="copy-answered", object=f"title {slug}", user_id=request.user_id, at=now))
    db.flush()
    if has_mail:
        reader = select(User.id).where(User.id == request.user_id, choice.wants_mail())
        key = f"copy {request_id} {now.isoformat()}"
        outbox.put(db, reader, mails.COPY, {"copy": request_id}, key, now)  # type: ignore[arg-type]


def waiting(db: Db, after: int = 0) -> tuple[list[Asked], int | None]:
    """Some of what is still to be answered, the oldest first; and what to go on after."""
    is_open = col(CopyRequest.answered_at).is_(None)
    found = _found(db, is_open & (col(CopyRequest.id) > after), col(CopyRequest.id), LEAF + 1)
    return found[:LEAF], found[LEAF - 1].id if len(found) > LEAF else None


def answered(db: Db) -> list[Asked]:
    """What was answered last."""
    return _found(db, col(CopyRequest.answered_at).is_not(None), col(CopyRequest.answered_at).desc(), ANSWERED)


def one(db: Db, request_id: int) -> Asked:
    found = _found(db, col(CopyRequest.id) == request_id, col(CopyRequest.id), 1)
    if not found:
        raise NotFound
    return found[0]


def of_user(db: Db, user_id: int) -> list[Asked]:
    """What a reader has asked for, with the answers."""
    return _found(db, col(CopyRequest.user_id) == user_id, col(CopyRequest.id), None)


def _faults(answer: str, words: str, address: str) -> dict[str, str]:
    faults: dict[str, str] = {}
    if answer not in list(CopyAnswer):
        faults["answer"] = N_("Choose what the answer is.")
    if not words or len(words) > LONGEST_REPLY:
        faults["words"] = N_("Write the reader an answer of at most {longest} characters.", longest=LONGEST_REPLY)
    if address and not _is_address(address):
        faults["address"] = N_("This is no web address; one begins with https://.")
    return faults


def _is_address(text: str) -> bool:
    if len(text) > LONGEST_ADDRESS or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


def _found(db: Db, which: "sa.ColumnElement[bool]", order: Any, most: int | None) -> list[Asked]:
    rows = db.exec(
        select(CopyRequest, Title, User)
        .join(Title, col(Title.id) == col(CopyRequest.title_id))
        .join(User, col(User.id) == col(CopyRequest.user_id))
        .where(which)
        .order_by(order)
        .limit(most)
    ).all()
    return [_asked(*row) for row in rows]


def _asked(request: CopyRequest, title: Title, user: User) -> Asked:
    assert request.id is not None
    return Asked(
        id=request.id,
        slug=title.slug,
        path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
        full_title=title.full_title,
        name=user.name,
        words=request.words,
        asked_at=request.asked_at,
        answer=CopyAnswer(request.answer) if request.answer is not None else None,
        reply=request.reply,
        address=request.address,
        answered_at=request.answered_at,
    )
