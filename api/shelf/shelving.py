"""The legal history of a title: drafted, published once, withdrawn for good."""

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from api import clock
from api.errors import Conflict, Invalid, NotFound
from api.shelf import history
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.record_rules import checked
from api.shelf.rows import keep_slug_free, write_record
from api.spoken import N_
from api.tables import Audit, Happening, ScheduledPublication, State, Title

__all__ = [
    "TitleDraft",
    "TitleFacts",
    "add_draft",
    "find_title",
    "hold_title",
    "id_of",
    "publish",
    "publish_due",
    "schedule",
    "set_opens_at",
    "unschedule",
    "withdraw",
]
STATES = {State.DRAFT: N_("draft"), State.PUBLISHED: N_("published"), State.WITHDRAWN: N_("withdrawn")}


def add_draft(db: Db, draft: TitleDraft) -> Title:
    """Put a draft on the shelf. FaultyRecord for what the rules refuse, Conflict for a slug of old."""
    draft = checked(draft)
    facts = draft.facts
    keep_slug_free(db, facts.slug)
    title = Title(slug=facts.slug, kind=facts.kind, title=facts.title, full_title=facts.full_title)
    db.add(title)
    db.flush()
    write_record(db, title, draft)
    return title


def publish(db: Db, slug: str, by: int | None = None) -> None:
    """Show a draft to readers. A title may be published before its file is there ("In preparation")."""
    title = hold_title(db, slug)
    if title.state != State.DRAFT:
        raise Conflict(
            N_("“{slug}” is {state}; only a draft can be published.", slug=slug, state=STATES[State(title.state)])
        )
    planned = db.get(ScheduledPublication, id_of(title))
    if planned is not None:
        db.delete(planned)
    _show(db, title, by)


def withdraw(db: Db, slug: str, by: int | None = None, reason: str = "") -> None:
    """Take a published title back. Its page stays as a tombstone, and it never returns. `reason` is for the press."""
    title = hold_title(db, slug)
    if title.state != State.PUBLISHED:
        raise Conflict(
            N_(
                "“{slug}” is {state}; only a published title can be withdrawn.",
                slug=slug,
                state=STATES[State(title.state)],
            )
        )
    title.state = State.WITHDRAWN
    title.withdrawn_at = clock.now()
    db.add(title)
    history.write(db, title, Happening.WITHDRAWN, by, reason)


def schedule(db: Db, slug: str, due_at: datetime, by: int | None = None) -> None:
    """Let a draft be published by itself at an instant to come; a plan there was is replaced."""
    title = hold_title(db, slug)
    if title.state != State.DRAFT:
        raise Conflict(
            N_("“{slug}” is {state}; only a draft can be published.", slug=slug, state=STATES[State(title.state)])
        )
    if due_at <= clock.now():
        raise Invalid(N_("The instant to publish at has passed. Choose one to come, or publish now."))
    planned = db.get(ScheduledPublication, id_of(title)) or ScheduledPublication(title_id=id_of(title), due_at=due_at)
    planned.due_at, planned.made_at, planned.made_by = due_at, clock.now(), by
    db.add(planned)
    history.write(db, title, Happening.SCHEDULED, by, due_at.isoformat(timespec="minutes"))


def unschedule(db: Db, slug: str, by: int | None = None) -> None:
    """Take the plan to publish a draft back. Conflict if there is none."""
    title = hold_title(db, slug)
    planned = db.get(ScheduledPublication, id_of(title))
    if planned is None:
        raise Conflict(N_("“{slug}” is not scheduled to be published.", slug=slug))
    db.delete(planned)
    history.write(db, title, Happening.UNSCHEDULED, by)


def publish_due(db: Db, now: datetime) -> int:
    """Publish each draft whose instant has come; how many. Each is done once, however many try."""
    due = select(ScheduledPublication.title_id).where(col(ScheduledPublication.due_at) <= now)
    count = 0
    for title_id in db.exec(due.order_by(col(ScheduledPublication.due_at))).all():
        title = db.exec(select(Title).where(Title.id == title_id).with_for_update()).one()
        db.refresh(title)
        planned = db.exec(_due_row(title_id, now)).first()
        if planned is None or title.state != State.DRAFT:
            continue
        db.delete(planned)
        _show(db, title, planned.made_by, str(history.AS_SCHEDULED))
        count += 1
    return count


def _due_row(title_id: int, now: datetime) -> SelectOfScalar[ScheduledPublication]:
    """The plan for a title as it stands now that the title is held."""
    row = select(ScheduledPublication).where(
        ScheduledPublication.title_id == title_id, col(ScheduledPublication.due_at) <= now
    )
    return row.with_for_update().execution_options(populate_existing=True)


def _show(db: Db, title: Title, by: int | None, words: str = "") -> None:
    title.state = State.PUBLISHED
    title.posted_at = clock.now()
    db.add(title)
    history.write(db, title, Happening.PUBLISHED, by, words)


def set_opens_at(db: Db, slug: str, opens_at: datetime | None) -> None:
    """From when on the text is open to those whom the rules admit; None: at once."""
    title = hold_title(db, slug)
    title.opens_at = opens_at
    db.add(title)


def set_stamped(db: Db, slug: str, is_stamped: bool) -> None:
    """Whether readers' copies carry their name and a number. Links that are out follow at once."""
    title = hold_title(db, slug)
    title.is_stamped = is_stamped
    db.add(title)


def set_shows_lines(db: Db, slug: str, shows_lines: bool, by: int | None = None) -> None:
    """Whether the search shows everyone a line of what it finds inside, once the text has opened to anyone."""
    title = hold_title(db, slug)
    if title.shows_lines != shows_lines:
        title.shows_lines = shows_lines
        db.add(title)
        words = "everyone is shown a line" if shows_lines else "only who may read"
        db.add(Audit(actor_user_id=by, action="search-changed", object=f"title {slug}", words=words))


def find_title(db: Db, slug: str) -> Title:
    """The title of that slug in whatever state: for the press's own use, never for a reader's."""
    title = db.exec(select(Title).where(Title.slug == slug)).first()
    if title is None:
        raise NotFound(N_("There is no title “{slug}”.", slug=slug))
    return title


def hold_title(db: Db, slug: str) -> Title:
    """The title as it stands, held against other writers until the transaction ends."""
    title = find_title(db, slug)
    db.refresh(title, with_for_update=True)
    return title


def id_of(title: Title) -> int:
    """The id that every title has once it is on the shelf."""
    assert title.id is not None
    return title.id
