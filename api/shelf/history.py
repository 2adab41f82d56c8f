"""A title's public life, step by step: written in the transaction of each step, and read back in order."""

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from api import clock
from api.tables import Audit, Happening, Title, TitleEvent


def write(db: Db, title: Title, what: Happening, by: int | None, words: str = "") -> None:
    """The next event of a title that the caller holds against other writers, and the line of the audit log."""
    title_id = title.id
    assert title_id is not None
    last = db.exec(select(func.max(col(TitleEvent.number))).where(TitleEvent.title_id == title_id)).one()
    number = (last or 0) + 1
    db.add(TitleEvent(title_id=title_id, number=number, what=what, at=clock.now(), actor_user_id=by, words=words))
    db.add(Audit(actor_user_id=by, action=f"title-{what}", object=f"title {title.slug}", words=words))
    db.flush()


def of_title(db: Db, title_id: int) -> list[TitleEvent]:
    """All that happened, the oldest first."""
    events = select(TitleEvent).where(TitleEvent.title_id == title_id).order_by(col(TitleEvent.number))
    return list(db.exec(events).all())
