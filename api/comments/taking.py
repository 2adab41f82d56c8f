"""What a reader has said and reported, as plain values for whoever takes it out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.tables import Comment, CommentMark, CommentReport, Title


def has_comments(db: Db, user_id: int) -> bool:
    return db.exec(select(Comment.id).where(Comment.user_id == user_id).limit(1)).first() is not None


def of_user(db: Db, user_id: int, at: Callable[[datetime | None], str | None]) -> dict[str, list[dict[str, Any]]]:
    """Comments, reports and marks. `at` writes an instant."""
    of_title = select(Comment, Title.full_title).join(Title, col(Title.id) == col(Comment.title_id))
    said = db.exec(of_title.where(Comment.user_id == user_id).order_by(col(Comment.id))).all()
    told = db.exec(select(CommentReport).where(CommentReport.user_id == user_id).order_by(col(CommentReport.id))).all()
    marks = select(CommentMark.part, Title.full_title).join(Title, col(Title.id) == col(CommentMark.title_id))
    return {
        "comments": [
            {
                "number": comment.id,
                "title": title,
                "text": comment.text,
                "reply_to": comment.parent_id,
                "state": comment.standing,
                "reason": comment.reason,
                "posted_at": at(comment.posted_at),
                "edited_at": at(comment.edited_at),
            }
            for comment, title in said
        ],
        "comments_reported": [
            {"comment": each.comment_id, "reason": each.reason, "words": each.words, "at": at(each.at)} for each in told
        ],
        "marks_in_discussions": [
            {"title": title, "mark": part} for part, title in db.exec(marks.where(CommentMark.user_id == user_id)).all()
        ],
    }
