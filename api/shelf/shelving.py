"""The legal history of a title: drafted, published once, withdrawn for good."""

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.errors import Conflict, NotFound
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.record_rules import checked
from api.shelf.rows import keep_slug_free, write_record
from api.tables import State, Title

__all__ = [
    "TitleDraft",
    "TitleFacts",
    "add_draft",
    "find_title",
    "hold_title",
    "id_of",
    "publish",
    "set_opens_at",
    "withdraw",
]


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


def publish(db: Db, slug: str) -> None:
    """Show a draft to readers. A title may be published before its file is there ("In preparation")."""
    title = hold_title(db, slug)
    if title.state != State.DRAFT:
        raise Conflict(f"“{slug}” is {title.state}; only a draft can be published.")
    title.state = State.PUBLISHED
    title.posted_at = clock.now()
    db.add(title)


def withdraw(db: Db, slug: str) -> None:
    """Take a published title back. Its page stays as a tombstone, and it never returns."""
    title = hold_title(db, slug)
    if title.state != State.PUBLISHED:
        raise Conflict(f"“{slug}” is {title.state}; only a published title can be withdrawn.")
    title.state = State.WITHDRAWN
    title.withdrawn_at = clock.now()
    db.add(title)


def set_opens_at(db: Db, slug: str, opens_at: datetime | None) -> None:
    """From when on the text is open to those whom the rules admit; None: at once."""
    title = hold_title(db, slug)
    title.opens_at = opens_at
    db.add(title)


def find_title(db: Db, slug: str) -> Title:
    """The title of that slug in whatever state: for the press's own use, never for a reader's."""
    title = db.exec(select(Title).where(Title.slug == slug)).first()
    if title is None:
        raise NotFound(f"There is no title “{slug}”.")
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
