"""What was typed by somebody whose session had ended: kept for an hour for the browser that sent it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.comments import text
from api.database import hold
from api.seal import Seal
from api.tables import TypedComment

KEPT = timedelta(hours=1)
PURPOSE = "typed comment"
NEW = "new"


def place(kind: str, comment_id: int | None = None) -> str:
    """The name of a form: `new`, `reply 12`, `edit 12`."""
    return kind if comment_id is None else f"{kind} {comment_id}"


def keep(db: Db, seal: Seal, secret: str, title_id: int, place: str, typed: str, now: datetime) -> None:
    """Write down what was typed, in the place of what this browser sent before. Raises Invalid."""
    digest, words = seal.digest(PURPOSE, secret), text.as_kept(typed)
    hold(db, f"{PURPOSE} {digest}")
    row = db.exec(select(TypedComment).where(TypedComment.digest == digest)).first()
    row = row or TypedComment(digest=digest, title_id=title_id, place=place, text=words, expires_at=now + KEPT)
    row.title_id, row.place, row.text, row.expires_at = title_id, place, words, now + KEPT
    db.add(row)


def find(db: Db, seal: Seal, secret: str | None, title_id: int, place: str, now: datetime) -> str | None:
    """What this browser sent into that form, if it is still kept."""
    if secret is None:
        return None
    sent = select(TypedComment.text).where(TypedComment.digest == seal.digest(PURPOSE, secret))
    of_form = sent.where(TypedComment.title_id == title_id, TypedComment.place == place)
    return db.exec(of_form.where(TypedComment.expires_at > now)).first()


def forget(db: Db, seal: Seal, secret: str) -> None:
    db.exec(sa.delete(TypedComment).where(col(TypedComment.digest) == seal.digest(PURPOSE, secret)))


def forget_old(db: Db, now: datetime) -> int:
    return db.connection().execute(sa.delete(TypedComment).where(col(TypedComment.expires_at) <= now)).rowcount
