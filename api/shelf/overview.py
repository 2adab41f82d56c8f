"""The shelf as the press sees it: every title, drafts and tombstones included, with its file and what came of it last.

For staff alone; whoever asks has made sure of that.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.tables import Edition, File, Intake, Title
from api.tables.base import Instant

LEAF = 60  # titles on one leaf of the list


@dataclass(frozen=True)
class Line:
    """One title of the list: the edition readers are handed, with its file, and the file that was sent last."""

    title: Title
    edition: Edition | None
    file: File | None
    intake: Intake | None


@dataclass(frozen=True)
class Leaf:
    """One leaf of the list, newest first. Where more follows, `last` is the slug to ask for it with."""

    lines: list[Line]
    last: str | None


def titles(db: Db, *, after: str | None = None) -> Leaf | None:
    """All titles by when they came to the portal; with `after`, what is older than that one. None for no slug."""
    made = sa.tuple_(col(Title.created_at), col(Title.id))
    listed = select(Title).order_by(col(Title.created_at).desc(), col(Title.id).desc()).limit(LEAF + 1)
    if after is not None:
        mark = by_slug(db, after)
        if mark is None:
            return None
        listed = listed.where(made < sa.tuple_(sa.literal(mark.created_at, Instant), sa.literal(mark.id)))
    found = db.exec(listed).all()
    ids = [title.id for title in found[:LEAF] if title.id is not None]
    editions, intakes = _newest_editions(db, ids), _newest_intakes(db, ids)
    lines = [_line(title, editions.get(title.id or 0), intakes.get(title.id or 0)) for title in found[:LEAF]]
    return Leaf(lines, found[LEAF - 1].slug if len(found) > LEAF else None)


def by_slug(db: Db, slug: str) -> Title | None:
    return db.exec(select(Title).where(Title.slug == slug)).first() if slug.isprintable() else None


def editions_of(db: Db, title_id: int) -> list[tuple[Edition, File]]:
    """All editions of a title with their files, the newest first."""
    return list(
        db.exec(
            select(Edition, File)
            .join(File, col(File.id) == col(Edition.file_id))
            .where(Edition.title_id == title_id)
            .order_by(col(Edition.number).desc())
        ).all()
    )


def _line(title: Title, newest: tuple[Edition, File] | None, intake: Intake | None) -> Line:
    edition, file = newest or (None, None)
    return Line(title, edition, file, intake)


def _newest_editions(db: Db, title_ids: Collection[int]) -> dict[int, tuple[Edition, File]]:
    newest = (
        sa.select(col(Edition.title_id), sa.func.max(col(Edition.number)).label("number"))
        .where(col(Edition.title_id).in_(title_ids))
        .group_by(col(Edition.title_id))
        .subquery()
    )
    rows = db.exec(
        select(Edition, File)
        .join(File, col(File.id) == col(Edition.file_id))
        .join(newest, (newest.c.title_id == Edition.title_id) & (newest.c.number == Edition.number))
    )
    return {edition.title_id: (edition, file) for edition, file in rows}


def _newest_intakes(db: Db, title_ids: Collection[int]) -> dict[int, Intake]:
    """The file that was sent last as a whole, not for a chapter."""
    newest = (
        sa.select(sa.func.max(col(Intake.id)))
        .where(col(Intake.title_id).in_(title_ids), col(Intake.chapter_id).is_(None))
        .group_by(col(Intake.title_id))
    )
    rows = db.exec(select(Intake).where(col(Intake.id).in_(newest))).all()
    return {intake.title_id: intake for intake in rows if intake.title_id is not None}
