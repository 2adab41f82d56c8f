"""The shelf as the press sees it: every title, drafts and tombstones included, with its file and what came of it last.

For staff alone; whoever asks has made sure of that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from api import clock
from api.tables import Edition, File, Intake, Rule, RuleKind, Title
from api.tables.base import Instant

LEAF = 60  # titles on one leaf of the list
LONGEST_TEXT = 200  # characters that are looked for


class Openness(StrEnum):
    """Who may read a title at most, as far as its ladder goes."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"
    SOME = "some"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to: a state, an openness or `later` (not open yet), words."""

    state: str = ""
    access: str = ""
    text: str = ""


NOTHING = Wanted()
LATER = "later"
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "%_\\"})


@dataclass(frozen=True)
class Line:
    """One title of the list: who may read it, the edition readers are handed, and the file that was sent last."""

    title: Title
    access: Openness
    edition: Edition | None
    file: File | None
    intake: Intake | None


@dataclass(frozen=True)
class Leaf:
    """One leaf of the list, newest first. Where more follows, `last` is the slug to ask for it with."""

    lines: list[Line]
    last: str | None


def titles(db: Db, now: datetime, wanted: Wanted = NOTHING, *, after: str | None = None) -> Leaf | None:
    """The titles wanted, by when they came; with `after`, what is older than that one. None for no slug."""
    made = sa.tuple_(col(Title.created_at), col(Title.id))
    listed = select(Title).order_by(col(Title.created_at).desc(), col(Title.id).desc()).limit(LEAF + 1)
    listed = _narrowed(listed, wanted, now)
    if after is not None:
        mark = by_slug(db, after)
        if mark is None:
            return None
        listed = listed.where(made < sa.tuple_(sa.literal(mark.created_at, Instant), sa.literal(mark.id)))
    found = db.exec(listed).all()
    ids = [title.id for title in found[:LEAF] if title.id is not None]
    editions, intakes, access = _newest_editions(db, ids), _newest_intakes(db, ids), _openness(db, ids)
    lines = [
        _line(title, access.get(key, Openness.NOBODY), editions.get(key), intakes.get(key))
        for title in found[:LEAF]
        if (key := title.id or 0)
    ]
    return Leaf(lines, found[LEAF - 1].slug if len(found) > LEAF else None)


def by_slug(db: Db, slug: str) -> Title | None:
    return db.exec(select(Title).where(Title.slug == slug)).first() if slug.isprintable() else None


def named(db: Db, words: str, most: int) -> list[Title]:
    """Titles that are meant by these words, or by exactly this slug, the newest first."""
    exact = by_slug(db, words.strip())
    if exact is not None:
        return [exact]
    newest_first = select(Title).order_by(col(Title.created_at).desc(), col(Title.id).desc())
    return list(db.exec(_narrowed(newest_first, Wanted(text=words), clock.now()).limit(most)).all())


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


def _line(title: Title, access: Openness, newest: tuple[Edition, File] | None, intake: Intake | None) -> Line:
    edition, file = newest or (None, None)
    return Line(title, access, edition, file, intake)


def _narrowed(listed: SelectOfScalar[Title], wanted: Wanted, now: datetime) -> SelectOfScalar[Title]:
    if wanted.state:
        listed = listed.where(Title.state == wanted.state)
    if wanted.access == LATER:
        listed = listed.where(col(Title.opens_at) > now)
    elif wanted.access in list(Openness):
        listed = listed.where(_has_openness(Openness(wanted.access)))
    for word in wanted.text[:LONGEST_TEXT].split():
        found = f"%{word.translate(_ESCAPED)}%"
        fields = (Title.full_title, Title.slug, Title.doi, Title.isbn)
        listed = listed.where(sa.or_(*(col(field).ilike(found, escape="\\") for field in fields)))
    return listed


def _has_openness(wanted: Openness) -> "sa.ColumnElement[bool]":
    def has_rule(*kinds: RuleKind) -> "sa.ColumnElement[bool]":
        of_title = sa.select(col(Rule.id)).where(col(Rule.title_id) == col(Title.id))
        return sa.exists(of_title.where(col(Rule.kind).in_(kinds)) if kinds else of_title)

    match wanted:
        case Openness.EVERYONE:
            return has_rule(RuleKind.EVERYONE)
        case Openness.SIGNED_IN:
            return has_rule(RuleKind.SIGNED_IN) & ~has_rule(RuleKind.EVERYONE)
        case Openness.SOME:
            return has_rule() & ~has_rule(RuleKind.EVERYONE, RuleKind.SIGNED_IN)
    return ~has_rule()


def _openness(db: Db, title_ids: Collection[int]) -> dict[int, Openness]:
    found: dict[int, Openness] = {}
    for title_id, kind in db.exec(select(Rule.title_id, Rule.kind).where(col(Rule.title_id).in_(title_ids))):
        of_rule = Openness(kind) if kind in (RuleKind.EVERYONE, RuleKind.SIGNED_IN) else Openness.SOME
        found[title_id] = min(found.get(title_id, Openness.NOBODY), of_rule, key=list(Openness).index)
    return found


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
