"""Readers write, edit, delete and report: who may do so, when, and how often it counts."""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.comments import setting, text
from api.database import raise_revision
from api.errors import Conflict, Denied, NotFound
from api.spoken import N_
from api.tables import Comment, CommentReport, Moderation, Standing, State

EDITABLE = timedelta(minutes=15)


class Complaint(StrEnum):
    """What a reader can hold against a comment."""

    SPAM = "spam"
    INSULT = "insult"
    PRIVATE = "private"
    UNLAWFUL = "unlawful"
    OTHER = "other"


def post(
    db: Db, title_id: int, state: State, reader: Reader, typed: str, now: datetime, *, reply_to: int | None = None
) -> Comment:
    """Keep a comment, or hand out the one that says the same at the same place.

    Raises Invalid for what can't be kept, Conflict where none are taken, NotFound where there is nothing to reply to.
    """
    talk = _open_talk(db, title_id, state, now)
    words = text.as_kept(typed)
    parent_id = _answered(db, title_id, reply_to).id if reply_to is not None else None
    digest = text.digest(parent_id, words)
    said = _said(db, title_id, reader, digest)
    if said is not None:
        return said
    is_shown = talk.moderation is Moderation.AFTER or reader.is_staff
    comment = Comment(
        title_id=title_id,
        parent_id=parent_id,
        thread_id=parent_id or 0,
        user_id=reader.user_id,
        text=words,
        digest=digest,
        standing=Standing.SHOWN if is_shown else Standing.WAITING,
        needs_press=not is_shown,
        posted_at=now,
    )
    try:
        with db.begin_nested():
            db.add(comment)
    except IntegrityError:  # the same, sent twice at once
        said = _said(db, title_id, reader, digest)
        assert said is not None
        return said
    if parent_id is None:
        comment.thread_id = comment.id or 0
    return comment


def edit(db: Db, title_id: int, state: State, reader: Reader, comment_id: int, typed: str, now: datetime) -> Comment:
    """Put other words in the place of a comment's. Where the press reads first, it reads these first as well.

    Raises as `post` does, and Conflict once the time for it is over.
    """
    talk = _open_talk(db, title_id, state, now)
    comment = own(db, title_id, reader, comment_id)
    if not may_edit(comment, now):
        minutes = EDITABLE // timedelta(minutes=1)
        raise Conflict(N_("A comment can be edited for {minutes} minutes after it was sent.", minutes=minutes))
    words = text.as_kept(typed)
    digest = text.digest(comment.parent_id, words)
    if digest == comment.digest and words == comment.text:
        return comment
    said = _said(db, title_id, reader, digest)
    if said is not None and said.id != comment.id:
        raise Conflict(N_("You have said just that here already."))
    comment.text, comment.digest, comment.edited_at = words, digest, now
    if talk.moderation is Moderation.BEFORE and not reader.is_staff:
        comment.standing, comment.needs_press = Standing.WAITING, True
    db.add(comment)
    return comment


def may_edit(comment: Comment, now: datetime) -> bool:
    return comment.standing in (Standing.WAITING, Standing.SHOWN) and now < comment.posted_at + EDITABLE


def remove(db: Db, title_id: int, reader: Reader, comment_id: int) -> None:
    """Delete one's own comment, whenever and whatever has become of it."""
    take_away(db, own(db, title_id, reader, comment_id))


def take_away(db: Db, comment: Comment) -> None:
    """Delete a comment. Where replies stand below it, a place without words or name stays."""
    if _replies(db, comment):
        comment.text, comment.digest, comment.reason, comment.user_id = "", None, None, None
        comment.standing, comment.needs_press = Standing.DELETED, False
        db.exec(sa.delete(CommentReport).where(col(CommentReport.comment_id) == comment.id))
        db.add(comment)
        return
    parent = db.get(Comment, comment.parent_id, with_for_update=True) if comment.parent_id is not None else None
    db.delete(comment)
    db.flush()
    if parent is not None and parent.standing == Standing.DELETED and not _replies(db, parent):
        db.delete(parent)


def report(db: Db, title_id: int, reader: Reader, comment_id: int, why: Complaint, typed: str, now: datetime) -> None:
    """Tell the press of a shown comment; once for each reader. Raises NotFound, Denied for one's own, Invalid."""
    comment = _of_title(db, title_id, comment_id)
    if comment.standing != Standing.SHOWN:
        raise NotFound
    if comment.user_id == reader.user_id:
        raise Denied(N_("This is a comment of your own; you can delete it."))
    words = text.one_line(typed)
    told = CommentReport(comment_id=comment_id, user_id=reader.user_id, reason=why, words=words, at=now)
    try:
        with db.begin_nested():
            db.add(told)
    except IntegrityError:  # they have told of it before
        return
    comment.needs_press = True
    db.add(comment)


def own(db: Db, title_id: int, reader: Reader, comment_id: int) -> Comment:
    """A comment that this reader wrote; anyone else's is not found."""
    comment = _of_title(db, title_id, comment_id)
    if comment.user_id != reader.user_id:
        raise NotFound
    return comment


def leave(db: Db, user_id: int, *, comments_stay: bool) -> None:
    """What becomes of a reader's comments when the account goes: left without a name, or deleted."""
    theirs = db.exec(select(Comment).where(Comment.user_id == user_id).order_by(col(Comment.id).desc())).all()
    for comment in theirs:
        if comments_stay and comment.standing == Standing.SHOWN:
            comment.user_id, comment.digest = None, None
            db.add(comment)
        else:
            take_away(db, comment)
    if theirs:
        raise_revision(db)


def _open_talk(db: Db, title_id: int, state: State, now: datetime) -> setting.Setting:
    talk = setting.of_title(db, title_id)
    if not talk.takes(state, now):
        raise Conflict(N_("Comments are closed here."))
    return talk


def _answered(db: Db, title_id: int, comment_id: int) -> Comment:
    """The comment that is replied to, held so that it stays until the reply is here."""
    comment = _of_title(db, title_id, comment_id)
    if comment.standing != Standing.SHOWN:
        raise NotFound
    if comment.parent_id is not None:
        raise Conflict(N_("Replies go to a comment, not to a reply."))
    return comment


def _of_title(db: Db, title_id: int, comment_id: int) -> Comment:
    comment = db.get(Comment, comment_id, with_for_update=True)
    if comment is None or comment.title_id != title_id:
        raise NotFound
    return comment


def _said(db: Db, title_id: int, reader: Reader, digest: str) -> Comment | None:
    same = select(Comment).where(Comment.user_id == reader.user_id, Comment.title_id == title_id)
    return db.exec(same.where(Comment.digest == digest)).first()


def _replies(db: Db, comment: Comment) -> bool:
    return db.exec(select(Comment.id).where(Comment.parent_id == comment.id).limit(1)).first() is not None
