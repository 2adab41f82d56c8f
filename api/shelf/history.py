"""A title's public life, step by step: written in the transaction of each step, and read back in order."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from api import clock
from api.spoken import N_
from api.tables import Audit, Happening, Title, TitleEvent, User

AS_SCHEDULED = N_("as scheduled")  # said of what the portal published by itself


@dataclass(frozen=True)
class Step:
    """One event, with the name of whoever took it, and the instant that was planned if it was a plan."""

    event: TitleEvent
    actor: str | None
    planned_for: datetime | None

    @property
    def words(self) -> str:
        """What was said of it: somebody’s own words, or the portal’s."""
        return AS_SCHEDULED if self.event.words == AS_SCHEDULED else self.event.words


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


def steps_of(db: Db, title_id: int) -> list[Step]:
    """All that happened, the oldest first, as staff are told it."""
    events = of_title(db, title_id)
    ids = {event.actor_user_id for event in events if event.actor_user_id is not None}
    people = db.exec(select(User).where(col(User.id).in_(ids))).all() if ids else ()
    names = {user.id: user.name or N_("account {number}", number=user.id) for user in people}
    return [Step(event, names.get(event.actor_user_id), _planned_for(event)) for event in events]


def _planned_for(event: TitleEvent) -> datetime | None:
    return datetime.fromisoformat(event.words) if event.what == Happening.SCHEDULED else None
