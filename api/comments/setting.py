"""How the press wants the talk below a title: whether there is any, when it is read and ends, who made the work."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.errors import Invalid
from api.spoken import N_
from api.tables import Audit, CommentMark, Discussion, Identity, Moderation, Part, State, Title, User

MOST_MARKS = 50  # of one title


@dataclass(frozen=True)
class Setting:
    moderation: Moderation = Moderation.BEFORE
    closes_at: datetime | None = None

    def is_on(self, state: State) -> bool:
        """Whether readers see comments at all."""
        return self.moderation is not Moderation.OFF and state is not State.DRAFT

    def takes(self, state: State, now: datetime) -> bool:
        """Whether new comments are taken."""
        has_ended = self.closes_at is not None and now >= self.closes_at
        return self.moderation is not Moderation.OFF and state is State.PUBLISHED and not has_ended


@dataclass(frozen=True)
class Marked:
    """Someone who bears a mark in the talk about a title."""

    id: int
    name: str | None
    handle: str
    part: Part


def of_title(db: Db, title_id: int) -> Setting:
    row = db.get(Discussion, title_id)
    return Setting(Moderation(row.moderation), row.closes_at) if row is not None else Setting()


def change(db: Db, title: Title, wanted: Setting, by: int) -> None:
    assert title.id is not None
    if wanted == of_title(db, title.id):
        return
    row = db.get(Discussion, title.id) or Discussion(title_id=title.id)
    row.moderation, row.closes_at = wanted.moderation, wanted.closes_at
    db.add(row)
    until = f", until {wanted.closes_at:%Y-%m-%d %H:%M} UTC" if wanted.closes_at is not None else ""
    _note(db, by, "comments-set", title, f"{wanted.moderation}{until}")


def marked(db: Db, title_id: int) -> list[Marked]:
    """Whoever bears a mark, by the first way they sign in."""
    way = aliased(Identity)
    first = select(sa.func.min(way.id)).where(col(way.user_id) == col(CommentMark.user_id)).scalar_subquery()
    rows = db.exec(
        select(CommentMark, User, Identity)
        .join(User, col(User.id) == col(CommentMark.user_id))
        .outerjoin(Identity, col(Identity.id) == first)
        .where(CommentMark.title_id == title_id)
        .order_by(col(CommentMark.id))
    ).all()
    return [
        Marked(mark.id or 0, user.name, f"{by.provider}:{by.subject}" if by is not None else "", Part(mark.part))
        for mark, user, by in rows
    ]


def mark(db: Db, title: Title, handle: str, part: Part, by: int) -> None:
    """Mark the reader of that handle; who bears a mark already gets this one. Raises Invalid."""
    provider, _, subject = handle.strip().partition(":")
    known = select(Identity.user_id).where(Identity.provider == provider, Identity.subject == subject)
    user_id = db.exec(known).first() if handle.isprintable() else None
    if user_id is None or title.id is None:
        raise Invalid(N_("Nobody of that handle has an account here."))
    theirs = select(CommentMark).where(CommentMark.title_id == title.id, CommentMark.user_id == user_id)
    row = db.exec(theirs).first()
    if row is None and len(marked(db, title.id)) >= MOST_MARKS:
        raise Invalid(N_("A title has at most {most} marked readers.", most=MOST_MARKS))
    if row is not None and row.part == part:
        return
    row = row or CommentMark(title_id=title.id, user_id=user_id, part=part)
    row.part = part
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:  # another editor was quicker
        return
    _note(db, by, "comment-mark-given", title, part, user_id)


def unmark(db: Db, title: Title, mark_id: int, by: int) -> None:
    row = db.get(CommentMark, mark_id)
    if row is None or row.title_id != title.id:
        return
    _note(db, by, "comment-mark-taken", title, row.part, row.user_id)
    db.delete(row)


def has_just_closed(db: Db, since: datetime | None, now: datetime) -> bool:
    """Whether some talk has ended by its date since then."""
    over = sa.select(col(Discussion.title_id)).where(col(Discussion.closes_at) <= now)
    if since is not None:
        over = over.where(col(Discussion.closes_at) > since)
    return db.connection().execute(over.limit(1)).first() is not None


def _note(db: Db, by: int, action: str, title: Title, words: str, user_id: int | None = None) -> None:
    db.add(Audit(actor_user_id=by, action=action, object=f"title {title.slug}", words=words, user_id=user_id))
