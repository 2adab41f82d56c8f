"""A title's public steps as editors take them: knowing what was last, with nothing needed missing, and each once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import reduce

from sqlmodel import Session as Db

from api import clock
from api.errors import Conflict, Invalid
from api.shelf import history, lacking, readiness, shelving
from api.shelf.gaps import Gap
from api.shelf.shelving import hold_title, id_of
from api.spoken import N_
from api.tables import Happening, State, Title, TitleEvent

FURTHEST = timedelta(days=3653)  # that a publication is planned ahead
LONGEST_REASON = 500  # characters


class Overtaken(Conflict):
    """Somebody else, or the portal's clock, has taken a step since the page was made; `events` are what happened."""

    def __init__(self, slug: str, events: Sequence[TitleEvent]) -> None:
        self.events = tuple(events)
        super().__init__(N_("Something has happened to “{slug}” since you opened the page.", slug=slug))


class NotReady(Invalid):
    """What stands in the way of publishing, and what has to be said to be meant."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = tuple(gaps)
        super().__init__(reduce(_and_then, (words for gap in gaps for words in (gap.what, gap.mend))))


def _and_then(said: str, more: str) -> str:
    return N_("{one} {next}", one=said, next=more)


def last_step(events: Sequence[TitleEvent]) -> int:
    """The number of what happened last; 0 for nothing yet. Whoever takes the next step says which one they saw."""
    return events[-1].number if events else 0


def publish(db: Db, slug: str, seen: int, by: int | None, chosen: Collection[str] = ()) -> bool:
    """Publish a draft now. `chosen` are the fields that are meant to be missing. False: the same editor just did so.

    Raises NotReady and Overtaken.
    """
    title = hold_title(db, slug)
    if not _is_next(db, title, seen, by, Happening.PUBLISHED):
        return False
    if title.state == State.DRAFT:
        gaps = readiness.gaps_of(lacking.stand_of(db, title))
        in_the_way = readiness.blocking(gaps) + [gap for gap in readiness.choices(gaps) if gap.field not in chosen]
        if in_the_way:
            raise NotReady(in_the_way)
    shelving.publish(db, slug, by)
    return True


def schedule(db: Db, slug: str, seen: int, by: int | None, due_at: datetime) -> bool:
    """Plan to publish a draft at an instant. What may be missing may still come until then."""
    title = hold_title(db, slug)
    if not _is_next(db, title, seen, by, Happening.SCHEDULED, due_at.isoformat(timespec="minutes")):
        return False
    if due_at > clock.now() + FURTHEST:
        raise Invalid(N_("That is more than ten years ahead."))
    if title.state == State.DRAFT and (gaps := readiness.blocking(readiness.gaps_of(lacking.stand_of(db, title)))):
        raise NotReady(gaps)
    shelving.schedule(db, slug, due_at, by)
    return True


def unschedule(db: Db, slug: str, seen: int, by: int | None) -> bool:
    """Take the plan back."""
    if not _is_next(db, hold_title(db, slug), seen, by, Happening.UNSCHEDULED):
        return False
    shelving.unschedule(db, slug, by)
    return True


def withdraw(db: Db, slug: str, seen: int, by: int | None, reason: str) -> bool:
    """Take a published title back for good. The reason is kept for the press."""
    said = " ".join(reason.split())
    if not said:
        raise Invalid(N_("Say why, in a sentence: it is kept in the history, for the press alone."))
    if len(said) > LONGEST_REASON:
        raise Invalid(
            N_("There is room for {longest} characters; these are {count}.", longest=LONGEST_REASON, count=len(said))
        )
    if not _is_next(db, hold_title(db, slug), seen, by, Happening.WITHDRAWN):
        return False
    shelving.withdraw(db, slug, by, said)
    return True


def _is_next(db: Db, title: Title, seen: int, by: int | None, what: Happening, words: str | None = None) -> bool:
    """Whether nothing happened to a held title since step `seen`. False where this very step came twice."""
    since = [event for event in history.of_title(db, id_of(title)) if event.number > seen]
    if not since:
        return True
    (first, *others) = since
    if not others and (first.what, first.actor_user_id) == (what, by) and words in (None, first.words):
        return False
    raise Overtaken(title.slug, since)
