"""What readers say below a title: comments, who reported them, and how the press wants the talk to go."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api import clock
from api.tables.base import Instant


class Moderation(StrEnum):
    """When the press reads what is written below a title."""

    OFF = "off"  # there are no comments
    BEFORE = "before"  # it reads them, then they are shown
    AFTER = "after"  # they are shown, then it reads them


class Standing(StrEnum):
    """Where a comment is."""

    WAITING = "waiting"  # for the press
    SHOWN = "shown"
    HIDDEN = "hidden"  # by the press; its writer sees it with the reason
    DELETED = "deleted"  # without text or writer; it is there because replies stand below it


class Part(StrEnum):
    """What a reader had in making a title, as an editor says."""

    AUTHOR = "author"
    EDITOR = "editor"


class Discussion(SQLModel, table=True):
    """How comments are dealt with below one title; a title without a row has them read before they are shown."""

    title_id: int = Field(primary_key=True, foreign_key="title.id", ondelete="CASCADE")
    moderation: str = Field(default=Moderation.BEFORE, max_length=20)
    closes_at: datetime | None = Field(default=None, sa_type=Instant, index=True)


class Comment(SQLModel, table=True):
    """What one reader wrote. `thread_id` is the comment that a reply is to, or its own id.

    Without a writer it was left behind by an account that is gone. The digest keeps the same words of the same reader
    from standing twice at one place. `needs_press` is whether it waits for the press, or is reported.
    """

    __table_args__ = (
        sa.UniqueConstraint("user_id", "title_id", "digest"),
        sa.Index("ix_comment_read", "title_id", "thread_id", "id"),
        sa.Index(
            "ix_comment_to_do", "id", sqlite_where=sa.text("needs_press"), postgresql_where=sa.text("needs_press")
        ),
        sa.Index(
            "ix_comment_to_do_of_title",
            "title_id",
            "id",
            sqlite_where=sa.text("needs_press"),
            postgresql_where=sa.text("needs_press"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    parent_id: int | None = Field(default=None, foreign_key="comment.id", index=True, ondelete="SET NULL")
    thread_id: int = 0
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    text: str  # Markdown
    digest: str | None = Field(default=None, max_length=64)
    standing: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=300)  # why the press has hidden it
    needs_press: bool = False
    posted_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)


class CommentReport(SQLModel, table=True):
    """A reader who tells the press of a comment, once. It goes when the press has looked."""

    __tablename__ = "comment_report"
    __table_args__ = (sa.UniqueConstraint("comment_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    reason: str = Field(max_length=20)
    words: str = Field(default="", max_length=300)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant)


class CommentMark(SQLModel, table=True):
    """A reader whom an editor has marked as an author or editor of a title."""

    __tablename__ = "comment_mark"
    __table_args__ = (sa.UniqueConstraint("title_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    part: str = Field(max_length=20)


class TypedComment(SQLModel, table=True):
    """What somebody sent who was not signed in any more, until they are again. Only a digest of its key is kept.

    `place` is `new`, `reply 12` or `edit 12`.
    """

    __tablename__ = "typed_comment"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    place: str = Field(max_length=20)
    text: str
    expires_at: datetime = Field(sa_type=Instant, index=True)
