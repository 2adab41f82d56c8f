"""Comments as somebody sees them: a leaf of what stands below a title, found in one query."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from api.access.policy import Reader
from api.comments import text, writing
from api.comments.setting import Setting
from api.database import rows
from api.tables import Comment, CommentMark, Discussion, Moderation, Role, Standing, State, Title, User

LEAF = 50
NOBODY = 0  # accounts begin at 1
STAFF = (Role.EDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Said:
    """One comment. `mark` is `press`, `author`, `editor` or nothing; `name` is None for whoever has none.

    Without `has_writer` the account is gone. `reason` is the press's, for the one who wrote what it has hidden.
    """

    id: int
    thread_id: int
    is_reply: bool
    standing: Standing
    html: Markup
    source: str
    name: str | None
    has_writer: bool
    mark: str
    is_own: bool
    may_edit: bool
    reason: str | None
    posted_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True)
class Talk:
    """What stands below a title. Where more follows, `last` is the mark to ask for it with."""

    setting: Setting
    takes: bool
    comments: tuple[Said, ...]
    last: str | None = None

    @property
    def threads(self) -> list[tuple[Said | None, list[Said]]]:
        """Each comment with the replies to it; a leaf may begin with replies to what stands on the one before."""
        threads: list[tuple[Said | None, list[Said]]] = []
        for said in self.comments:
            if not said.is_reply:
                threads.append((said, []))
                continue
            if not threads:
                threads.append((None, []))
            threads[-1][1].append(said)
        return threads


def talk(
    db: Db, title_id: int, state: State, reader: Reader | None, now: datetime, after: tuple[int, int] | None = None
) -> Talk | None:
    """A leaf of the talk about a title, the newest first and replies below what they are to; None where there is none.

    `after` is a mark: the last comment of the leaf before, by its thread and its id.
    """
    values: dict[str, Any] = {"title": title_id, "me": reader.user_id if reader is not None else NOBODY}
    if after is not None:
        values |= {"thread": after[0], "last": after[1]}
    return _talk(db, _leaf(after is not None), values, state, now)


def one(db: Db, title_id: int, state: State, reader: Reader | None, now: datetime, comment_id: int) -> Said | None:
    """A comment on this title, if this reader sees it."""
    values = {"title": title_id, "me": reader.user_id if reader is not None else NOBODY, "comment": comment_id}
    found = _talk(db, _one(), values, state, now)
    return found.comments[0] if found is not None and found.comments else None


def thread(db: Db, title_id: int, state: State, reader: Reader | None, now: datetime, said: Said) -> Talk | None:
    """The thread that a comment is in, from the oldest on: a leaf of it that has the comment."""
    values = {"title": title_id, "me": reader.user_id if reader is not None else NOBODY, "thread": said.thread_id}
    first = _talk(db, _thread(), values | {"last": 0}, state, now)
    if first is None or any(each.id == said.id for each in first.comments):
        return first
    return _talk(db, _thread(), values | {"last": said.id - 1}, state, now)


def mark_of(text: str) -> tuple[int, int] | None:
    """The mark that an address names, or None for what is no mark."""
    thread_id, dash, last = text.partition("-")
    both = (thread_id, last)
    if not dash or not all(each.isascii() and each.isdigit() and len(each) < 10 for each in both):
        return None
    return int(thread_id), int(last)


def _talk(db: Db, statement: "sa.Select[Any]", values: dict[str, Any], state: State, now: datetime) -> Talk | None:
    found = list(rows(db, statement, values))
    if not found:
        return None
    moderation, closes_at = found[0][:2]
    setting = Setting(Moderation(moderation), closes_at) if moderation is not None else Setting()
    if not setting.is_on(state):
        return None
    takes = setting.takes(state, now)
    comments = tuple(_said(row, values["me"], takes, now) for row in found[:LEAF] if row.id is not None)
    if not comments and not takes:
        return None
    last = f"{comments[-1].thread_id}-{comments[-1].id}" if len(found) > LEAF else None
    return Talk(setting, takes, comments, last)


def _said(row: Any, me: int, takes: bool, now: datetime) -> Said:
    standing, is_own = Standing(row.standing), row.user_id == me
    is_read = standing is Standing.SHOWN or is_own
    return Said(
        id=row.id,
        thread_id=row.thread_id,
        is_reply=row.parent_id is not None,
        standing=standing,
        html=text.shown(row.text) if is_read else Markup(),
        source=row.text if is_own else "",
        name=row.name if is_read else None,
        has_writer=row.user_id is not None,
        mark=("press" if row.role in STAFF else row.part or "") if is_read else "",
        is_own=is_own,
        may_edit=is_own and takes and writing.may_edit(row, now),
        reason=row.reason if is_own else None,
        posted_at=row.posted_at,
        edited_at=row.edited_at,
    )


@cache
def _leaf(is_later: bool) -> "sa.Select[Any]":
    place = (col(Comment.thread_id), col(Comment.id))
    found = _visible()
    if is_later:
        last, thread = sa.bindparam("last", type_=sa.Integer), sa.bindparam("thread", type_=sa.Integer)
        rest_of_thread = (place[0] == thread) & (place[1] > last)
        found = found.where((place[0] <= thread) & (rest_of_thread | (place[0] < thread)))
    found = found.order_by(place[0].desc(), place[1]).limit(LEAF + 1)
    leaf = found.subquery("leaf")
    return _with_names(leaf).order_by(leaf.c.thread_id.desc(), leaf.c.id)


@cache
def _thread() -> "sa.Select[Any]":
    last, thread = sa.bindparam("last", type_=sa.Integer), sa.bindparam("thread", type_=sa.Integer)
    found = _visible().where(col(Comment.thread_id) == thread, col(Comment.id) > last)
    leaf = found.order_by(col(Comment.id)).limit(LEAF + 1).subquery("leaf")
    return _with_names(leaf).order_by(leaf.c.id)


@cache
def _one() -> "sa.Select[Any]":
    return _with_names(_visible().where(col(Comment.id) == sa.bindparam("comment", type_=sa.Integer)).subquery("leaf"))


def _visible() -> Any:
    """The comments of a title that everyone sees, and those that one reader sees as their writer.

    What is deleted, hidden or waits anew keeps its place above replies.
    """
    reply, title = aliased(Comment), sa.bindparam("title", type_=sa.Integer)
    standing = col(Comment.standing)
    is_answered = sa.exists().where(
        col(reply.title_id) == title, col(reply.parent_id) == col(Comment.id), col(reply.standing) == Standing.SHOWN
    )
    is_own = col(Comment.user_id) == sa.bindparam("me", type_=sa.Integer)
    return sa.select(
        col(Comment.id),
        col(Comment.thread_id),
        col(Comment.parent_id),
        col(Comment.user_id),
        standing,
        col(Comment.text),
        col(Comment.reason),
        col(Comment.posted_at),
        col(Comment.edited_at),
    ).where(
        col(Comment.title_id) == title,
        (standing == Standing.SHOWN) | is_own | is_answered,
    )


def _with_names(leaf: "sa.Subquery") -> "sa.Select[Any]":
    """The leaf with how the talk is set up and who is who. A title without comments is one row without a comment."""
    has_mark = (col(CommentMark.title_id) == col(Title.id)) & (col(CommentMark.user_id) == leaf.c.user_id)
    return (
        sa.select(
            col(Discussion.moderation),
            col(Discussion.closes_at),
            *leaf.c,
            col(User.name),
            col(User.role),
            col(CommentMark.part),
        )
        .select_from(Title)
        .outerjoin(Discussion, col(Discussion.title_id) == col(Title.id))
        .outerjoin(leaf, sa.true())
        .outerjoin(User, col(User.id) == leaf.c.user_id)
        .outerjoin(CommentMark, has_mark)
        .where(col(Title.id) == sa.bindparam("title", type_=sa.Integer))
    )
