"""Where a reader stopped in each title they read in the browser: the last page seen, and nothing of the way there."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.tables import ReadingPlace, Title
from api.tables.reading import LONGEST_LABEL


def note(db: Db, user_id: int, title_id: int, page: int, label: str, now: datetime) -> None:
    """Write down the page that a reader sees, with its printed label where it has a usable one."""
    printed = label if 0 < len(label) <= LONGEST_LABEL and label.isprintable() else None
    again = sa.update(ReadingPlace).where(*_theirs(user_id, title_id)).values(page=page, label=printed, at=now)
    if db.connection().execute(again).rowcount:
        return
    try:
        with db.begin_nested():
            db.add(ReadingPlace(user_id=user_id, title_id=title_id, page=page, label=printed, at=now))
    except IntegrityError:  # another window noted its page at the same moment
        db.connection().execute(again)


def of_reader(db: Db, user_id: int, title_id: int) -> ReadingPlace | None:
    """Where the reader stopped in this title."""
    return db.exec(select(ReadingPlace).where(*_theirs(user_id, title_id))).first()


def all_of(db: Db, user_id: int) -> Sequence[tuple[ReadingPlace, Title]]:
    """Where the reader stopped, title by title, the last read first."""
    stopped = select(ReadingPlace, Title).join(Title, col(Title.id) == col(ReadingPlace.title_id))
    newest_first = (col(ReadingPlace.at).desc(), col(ReadingPlace.id).desc())
    return db.exec(stopped.where(ReadingPlace.user_id == user_id).order_by(*newest_first)).all()


def forget(db: Db, user_id: int, title_id: int) -> None:
    db.exec(sa.delete(ReadingPlace).where(*_theirs(user_id, title_id)))


def _theirs(user_id: int, title_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return col(ReadingPlace.user_id) == user_id, col(ReadingPlace.title_id) == title_id
