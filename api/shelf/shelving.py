"""The legal history of a title: drafted, published once, withdrawn for good."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.database import hold
from api.errors import Conflict, NotFound
from api.formats.record import ContentsLine, Person
from api.tables import Chapter, Contributor, Kind, State, Title


@dataclass(frozen=True)
class TitleFacts:
    """What is said of a title before it is on the shelf; the names are those of its row."""

    slug: str
    kind: Kind
    title: str
    full_title: str
    kicker: str | None = None
    subtitle: str | None = None
    standfirst: str | None = None
    abstract: str = ""
    call_to_read: str | None = None
    language: str = "en"
    publisher: str | None = None
    place: str | None = None
    published: str | None = None
    series: str | None = None
    doi: str | None = None
    doi_is_ours: bool = False
    isbn: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class TitleDraft:
    """A title that nobody has shelved yet: its facts, its people, its contents."""

    facts: TitleFacts
    editors: tuple[Person, ...] = ()
    authors: tuple[Person, ...] = ()
    contents: tuple[ContentsLine, ...] = ()


def add_draft(db: Db, draft: TitleDraft) -> Title:
    """Put a draft on the shelf. Conflict if the slug is or was another title's."""
    facts = draft.facts
    hold(db, f"slug {facts.slug}")
    if db.exec(select(Title).where(Title.slug == facts.slug)).first() is not None:
        raise Conflict(f"There is a title “{facts.slug}” already.")
    title = Title(**{field.name: getattr(facts, field.name) for field in fields(facts)})
    db.add(title)
    db.flush()
    title_id = id_of(title)
    _add_people(db, title_id, None, "editor", draft.editors)
    _add_people(db, title_id, None, "author", draft.authors)
    for position, line in enumerate(draft.contents, start=1):
        chapter = Chapter(
            title_id=title_id,
            position=position,
            is_part=line.is_part,
            number=line.number,
            name=line.name,
            first_page=line.first_page,
            last_page=line.last_page,
            doi=line.doi,
        )
        db.add(chapter)
        db.flush()
        _add_people(db, title_id, chapter.id, "author", line.authors)
    db.flush()
    return title


def _add_people(db: Db, title_id: int, chapter_id: int | None, role: str, people: tuple[Person, ...]) -> None:
    for position, person in enumerate(people, start=1):
        db.add(
            Contributor(
                title_id=title_id,
                chapter_id=chapter_id,
                position=position,
                role=role,
                given=person.given,
                family=person.family,
                name=person.name,
                is_organisation=person.is_organisation,
            )
        )


def publish(db: Db, slug: str) -> None:
    """Show a draft to readers. A title may be published before its file is there ("In preparation")."""
    title = _hold(db, slug)
    if title.state != State.DRAFT:
        raise Conflict(f"“{slug}” is {title.state}; only a draft can be published.")
    title.state = State.PUBLISHED
    title.posted_at = clock.now()
    db.add(title)


def withdraw(db: Db, slug: str) -> None:
    """Take a published title back. Its page stays as a tombstone, and it never returns."""
    title = _hold(db, slug)
    if title.state != State.PUBLISHED:
        raise Conflict(f"“{slug}” is {title.state}; only a published title can be withdrawn.")
    title.state = State.WITHDRAWN
    title.withdrawn_at = clock.now()
    db.add(title)


def set_opens_at(db: Db, slug: str, opens_at: datetime | None) -> None:
    """From when on the text is open to those whom the rules admit; None: at once."""
    title = _hold(db, slug)
    title.opens_at = opens_at
    db.add(title)


def find_title(db: Db, slug: str) -> Title:
    """The title of that slug in whatever state: for the press's own use, never for a reader's."""
    title = db.exec(select(Title).where(Title.slug == slug)).first()
    if title is None:
        raise NotFound(f"There is no title “{slug}”.")
    return title


def _hold(db: Db, slug: str) -> Title:
    """The title as it stands, held against other writers until the transaction ends."""
    title = find_title(db, slug)
    db.refresh(title, with_for_update=True)
    return title


def id_of(title: Title) -> int:
    """The id that every title has once it is on the shelf."""
    assert title.id is not None
    return title.id
