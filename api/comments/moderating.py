"""What the press does with comments: a list of those that wait or are reported, and showing, hiding, deleting one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from markupsafe import Markup
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.comments import text, writing
from api.errors import Invalid, NotFound
from api.formats.record import WORK_PATHS
from api.spoken import N_
from api.tables import Audit, Comment, CommentReport, Kind, Standing, Title, User

LEAF = 30
REPORTS_SHOWN = 20  # of one comment


class Act(StrEnum):
    SHOW = "show"
    HIDE = "hide"
    DELETE = "delete"


DONE = {Act.SHOW: "comment-shown", Act.HIDE: "comment-hidden", Act.DELETE: "comment-deleted"}


@dataclass(frozen=True)
class Complained:
    """What a reader holds against a comment."""

    why: str
    words: str
    at: datetime


@dataclass(frozen=True)
class ToRead:
    """A comment as the press reads it. `answers` is the text that it replies to."""

    id: int
    slug: str
    path: str
    full_title: str
    language: str
    user_id: int | None
    name: str | None
    html: Markup
    answers: Markup | None
    standing: Standing
    reason: str | None
    posted_at: datetime
    edited_at: datetime | None
    reports: tuple[Complained, ...]


def to_read(db: Db, *, title_id: int | None = None, after: int = 0) -> tuple[list[ToRead], int | None]:
    """Some of what waits for the press, of all titles or one, from the oldest on; and what to go on after."""
    wanted = col(Comment.needs_press) & (col(Comment.id) > after)
    if title_id is not None:
        wanted &= col(Comment.title_id) == title_id
    found = _found(db, wanted, LEAF + 1)
    return found[:LEAF], found[LEAF - 1].id if len(found) > LEAF else None


def one(db: Db, comment_id: int) -> ToRead:
    found = _found(db, (col(Comment.id) == comment_id) & (col(Comment.standing) != Standing.DELETED), 1)
    if not found:
        raise NotFound(N_("There is no such comment, or not any more."))
    return found[0]


def act(db: Db, comment_id: int, what: Act, typed: str, by: int) -> None:
    """Show, hide or delete a comment; its reports are settled by that. What stands so already stays as it is.

    Raises Invalid where something is taken from readers without a reason, NotFound.
    """
    reason = text.one_line(typed)
    comment = db.get(Comment, comment_id, with_for_update=True)
    if comment is None or comment.standing == Standing.DELETED:
        raise NotFound(N_("There is no such comment, or not any more."))
    if what is not Act.SHOW and not reason:
        is_told = what is Act.HIDE
        raise Invalid(N_("Give a reason; whoever wrote it is told.") if is_told else N_("Give a reason, for the log."))
    wanted = Standing.SHOWN if what is Act.SHOW else Standing.HIDDEN
    if what is not Act.DELETE and comment.standing == wanted and not comment.needs_press:
        return
    slug = db.get_one(Title, comment.title_id).slug
    words = f"comment {comment_id}{f': {reason}' if reason else ''}"
    db.add(Audit(actor_user_id=by, action=DONE[what], object=f"title {slug}", user_id=comment.user_id, words=words))
    if what is Act.DELETE:
        writing.take_away(db, comment)
        return
    comment.standing, comment.needs_press = wanted, False
    comment.reason = reason if what is Act.HIDE else None
    db.exec(sa.delete(CommentReport).where(col(CommentReport.comment_id) == comment_id))
    db.add(comment)


def _found(db: Db, which: "sa.ColumnElement[bool]", at_most: int) -> list[ToRead]:
    rows = db.exec(
        select(Comment, Title, User)
        .join(Title, col(Title.id) == col(Comment.title_id))
        .outerjoin(User, col(User.id) == col(Comment.user_id))
        .where(which)
        .order_by(col(Comment.id))
        .limit(at_most)
    ).all()
    reports = _reports(db, [comment.id or 0 for comment, _, _ in rows])
    parents = [comment.parent_id for comment, _, _ in rows if comment.parent_id is not None]
    answered = dict(db.exec(select(Comment.id, Comment.text).where(col(Comment.id).in_(parents))).all())
    return [_to_read(*row, answered.get(row[0].parent_id), reports.get(row[0].id or 0, [])) for row in rows]


def _reports(db: Db, comment_ids: list[int]) -> dict[int, list[Complained]]:
    of_these = select(CommentReport).where(col(CommentReport.comment_id).in_(comment_ids))
    by_comment: dict[int, list[Complained]] = {}
    for row in db.exec(of_these.order_by(col(CommentReport.id)).limit(REPORTS_SHOWN * LEAF)):
        by_comment.setdefault(row.comment_id, []).append(Complained(row.reason, row.words, row.at))
    return by_comment


def _to_read(
    comment: Comment, title: Title, user: User | None, answered: str | None, reports: list[Complained]
) -> ToRead:
    return ToRead(
        id=comment.id or 0,
        slug=title.slug,
        path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
        full_title=title.full_title,
        language=title.language,
        user_id=comment.user_id,
        name=user.name if user is not None else None,
        html=text.shown(comment.text),
        answers=text.shown(answered) if answered else None,
        standing=Standing(comment.standing),
        reason=comment.reason,
        posted_at=comment.posted_at,
        edited_at=comment.edited_at,
        reports=tuple(reports[:REPORTS_SHOWN]),
    )
