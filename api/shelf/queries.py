"""Titles are looked up here and nowhere else, and only as the reader who asks may see them.

A draft is nothing to anyone but staff, so a hidden title is a 404 by construction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import selectinload
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.access.policy import Access, Decision, Reader, decide
from api.access.rules import ladder
from api.formats.record import WORK_PATHS, ContentsLine, EditionRecord, Person, TitleRecord
from api.tables import CatalogueRevision, Chapter, Contributor, Edition, Kind, RuleKind, State, Title


@dataclass(frozen=True)
class Shelved:
    """A title on the shelf, what this reader may do with it, and what someone who is not signed in may."""

    record: TitleRecord
    decision: Decision
    public_decision: Decision
    rule_kinds: tuple[RuleKind, ...]


def find(db: Db, kind: Kind, slug: str, reader: Reader | None, now: datetime) -> Shelved | None:
    """The title at this address, or None where this reader sees none."""
    title = db.exec(_visible(reader).where(Title.kind == kind, Title.slug == slug)).first()
    return _shelved(db, title, reader, now) if title is not None else None


def find_by_id(db: Db, title_id: int, reader: Reader | None, now: datetime) -> Shelved | None:
    title = db.exec(_visible(reader).where(Title.id == title_id)).first()
    return _shelved(db, title, reader, now) if title is not None else None


def catalogue(db: Db, reader: Reader | None, now: datetime) -> list[Shelved]:
    """What the catalogue lists for this reader: published titles, newest first. Tombstones are not listed."""
    published = (
        _visible(None).where(Title.state == State.PUBLISHED).order_by(col(Title.posted_at).desc(), col(Title.id).desc())
    )
    return [_shelved(db, title, reader, now) for title in db.exec(published).all()]


def find_by_path(db: Db, path: str, now: datetime) -> Shelved | None:
    """The title whose page, or whose page with a query, `path` is: what someone comes back to after sign-in."""
    folder, _, slug = path.partition("?")[0].removesuffix(".pdf").rpartition("/")
    for kind, base in WORK_PATHS.items():
        if base == folder:
            return find(db, kind, slug, None, now)
    return None


def revision(db: Db) -> int:
    """A number that grows with every change to the shelf."""
    row = db.get(CatalogueRevision, 1)
    return row.number if row is not None else 0


def _visible(reader: Reader | None) -> SelectOfScalar[Title]:
    titles = select(Title).options(
        selectinload(Title.contributors),  # type: ignore[arg-type]
        selectinload(Title.chapters).selectinload(Chapter.contributors),  # type: ignore[arg-type]
        selectinload(Title.editions).selectinload(Edition.file),  # type: ignore[arg-type]
    )
    if reader is not None and reader.is_staff:
        return titles
    return titles.where(Title.state != State.DRAFT)


def _shelved(db: Db, title: Title, reader: Reader | None, now: datetime) -> Shelved:
    record = record_of(title)
    rungs = ladder(db, record.id, reader)
    access = Access(record.state, record.opens_at)
    return Shelved(
        record,
        decision=decide(access, rungs, reader, now),
        public_decision=decide(access, rungs, None, now),
        rule_kinds=tuple(rung.kind for rung in rungs),
    )


def record_of(title: Title) -> TitleRecord:
    """The plain record of a title's row and what hangs on it."""
    assert title.id is not None
    return TitleRecord(
        id=title.id,
        slug=title.slug,
        kind=Kind(title.kind),
        state=State(title.state),
        title=title.title,
        full_title=title.full_title,
        kicker=title.kicker,
        subtitle=title.subtitle,
        standfirst=title.standfirst,
        abstract=tuple(part.strip() for part in title.abstract.split("\n\n") if part.strip()),
        call_to_read=title.call_to_read,
        language=title.language,
        publisher=title.publisher,
        place=title.place,
        published=title.published,
        series=title.series,
        doi=title.doi,
        doi_is_ours=title.doi_is_ours,
        isbn=title.isbn,
        licence=title.licence,
        opens_at=title.opens_at,
        posted_at=title.posted_at,
        withdrawn_at=title.withdrawn_at,
        editors=_people(title.contributors, "editor"),
        authors=_people(title.contributors, "author"),
        contents=tuple(_contents_line(chapter) for chapter in title.chapters),
        edition=edition_record(title.editions[-1]) if title.editions else None,
    )


def edition_record(edition: Edition) -> EditionRecord:
    assert edition.id is not None
    return EditionRecord(
        id=edition.id,
        number=edition.number,
        made_at=edition.made_at,
        page_count=edition.file.page_count,
        size=edition.file.size,
        sha256=edition.file.sha256,
        media_type=edition.file.media_type,
    )


def _people(contributors: list[Contributor], role: str) -> tuple[Person, ...]:
    return tuple(
        Person(given=row.given, family=row.family, name=row.name, is_organisation=row.is_organisation)
        for row in contributors
        if row.role == role
    )


def _contents_line(chapter: Chapter) -> ContentsLine:
    return ContentsLine(
        name=chapter.name,
        is_part=chapter.is_part,
        number=chapter.number,
        first_page=chapter.first_page,
        last_page=chapter.last_page,
        doi=chapter.doi,
        authors=_people(chapter.contributors, "author"),
    )
