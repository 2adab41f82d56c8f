"""Requests to be let in: a sentence from a reader, and the press's answer."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.access.rules import find_grant, give_grant
from api.errors import Conflict, Invalid, NotFound
from api.formats.record import WORK_PATHS
from api.spoken import N_
from api.tables import AccessRequest, Answer, Audit, Identity, Kind, RuleKind, Title, User

LONGEST = 500  # characters of a reader's sentence
LEAF = 50  # requests on one leaf of the desk's list


@dataclass(frozen=True)
class Asked:
    """A request as its reader and the press read it."""

    id: int
    slug: str
    path: str
    full_title: str
    name: str | None
    handle: str
    sentence: str
    asked_at: datetime
    answer: Answer | None
    decided_at: datetime | None


class DecidedAlready(Conflict):
    """The press has given that answer before: a button pressed twice."""


def ask(db: Db, title_id: int, reader: Reader, sentence: str, now: datetime) -> None:
    """Keep a reader's request; asking while it is open changes nothing.

    Raises Invalid without a sentence, Conflict where the press has said no.
    """
    words = one_line(sentence)
    if not words:
        raise Invalid(N_("Write a sentence, so that the press knows why you ask."))
    if len(words) > LONGEST:
        raise Invalid(N_("Write at most {longest} characters.", longest=LONGEST))
    request = _request_of(db, title_id, reader.user_id)
    if request is None:
        request = AccessRequest(
            title_id=title_id, user_id=reader.user_id, issuer=reader.issuer, subject=reader.subject, sentence=words
        )
    elif request.answer == Answer.REFUSED:
        raise Conflict(N_("The press has decided already; its answer stands on your account page."))
    elif request.answer is None:
        return
    request.issuer, request.subject = reader.issuer, reader.subject
    request.sentence, request.asked_at = words, now
    request.answer = request.decided_at = None  # an approval whose grant went with the identity that had it
    try:
        with db.begin_nested():
            db.add(request)
    except IntegrityError:  # another tab was quicker
        return


def approve(db: Db, request_id: int, now: datetime, by: int | None = None) -> Asked:
    """Let the reader in; also after an earlier refusal."""
    request = _decide(db, request_id, Answer.APPROVED, now, by)
    give_grant(db, request.title_id, request.issuer, request.subject, RuleKind.ON_REQUEST)
    return _one(db, request_id)


def refuse(db: Db, request_id: int, now: datetime, by: int | None = None) -> Asked:
    """Keep the reader out; after an earlier approval this takes back what they were given."""
    request = _decide(db, request_id, Answer.REFUSED, now, by)
    grant = find_grant(db, request.title_id, request.issuer, request.subject, RuleKind.ON_REQUEST)
    if grant is not None:
        db.delete(grant)
    return _one(db, request_id)


def open_requests(db: Db) -> list[Asked]:
    """What the press has still to answer, the oldest first."""
    return _found(db, col(AccessRequest.decided_at).is_(None))


def open_leaf(db: Db, *, title_id: int | None = None, after: int = 0) -> tuple[list[Asked], int | None]:
    """Some of what the press has still to answer, of all titles or one, from the oldest on; and what to go on after."""
    waiting = col(AccessRequest.decided_at).is_(None) & (col(AccessRequest.id) > after)
    of_title = sa.true() if title_id is None else col(AccessRequest.title_id) == title_id
    found = _found(db, waiting & of_title, LEAF + 1)
    return found[:LEAF], found[LEAF - 1].id if len(found) > LEAF else None


def all_requests(db: Db) -> list[Asked]:
    return _found(db, sa.true())


def requests_of(db: Db, user_id: int) -> list[Asked]:
    """What a reader has asked, with the answers."""
    return _found(db, col(AccessRequest.user_id) == user_id)


def one_line(sentence: str) -> str:
    """Without line breaks, control and invisible format characters."""
    is_seen = (unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for each in sentence)
    return " ".join("".join(each if seen else " " for each, seen in zip(sentence, is_seen, strict=True)).split())


def _request_of(db: Db, title_id: int, user_id: int) -> AccessRequest | None:
    mine = select(AccessRequest).where(AccessRequest.title_id == title_id, AccessRequest.user_id == user_id)
    return db.exec(mine).first()


def _decide(db: Db, request_id: int, answer: Answer, now: datetime, by: int | None) -> AccessRequest:
    request = db.get(AccessRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound(N_("There is no request {request_id}.", request_id=request_id))
    if request.answer == answer:
        raise DecidedAlready(N_("Request {request_id} is {answer} already.", request_id=request_id, answer=answer))
    request.answer, request.decided_at = answer, now
    db.add(request)
    slug = db.get_one(Title, request.title_id).slug
    db.add(Audit(actor_user_id=by, action=f"request-{answer}", object=f"title {slug}", user_id=request.user_id))
    db.flush()
    return request


def _one(db: Db, request_id: int) -> Asked:
    return _found(db, col(AccessRequest.id) == request_id)[0]


def _found(db: Db, which: sa.ColumnElement[bool], at_most: int | None = None) -> list[Asked]:
    """The requests that `which` picks, as the identity that asked goes by now."""
    by_identity = (col(Identity.issuer) == AccessRequest.issuer) & (col(Identity.subject) == AccessRequest.subject)
    rows = db.exec(
        select(AccessRequest, Title, User, Identity)
        .join(Title, col(Title.id) == col(AccessRequest.title_id))
        .join(User, col(User.id) == col(AccessRequest.user_id))
        .outerjoin(Identity, by_identity)
        .where(which)
        .order_by(col(AccessRequest.id))
        .limit(at_most)
    ).all()
    return [_asked(*row) for row in rows]


def _asked(request: AccessRequest, title: Title, user: User, identity: Identity | None) -> Asked:
    assert request.id is not None
    return Asked(
        id=request.id,
        slug=title.slug,
        path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
        full_title=title.full_title,
        name=user.name,
        handle=f"{identity.provider if identity is not None else request.issuer}:{request.subject}",
        sentence=request.sentence,
        asked_at=request.asked_at,
        answer=Answer(request.answer) if request.answer is not None else None,
        decided_at=request.decided_at,
    )
