"""The titles that e-readers are offered: published, with a file, newest first; by kind, by words, or one reader's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.access.policy import Reader
from api.shelf.kept import Glance
from api.shelf.queries import REVISION, Shelved, as_seen
from api.tables import Edition, Holding, Kind, State, Title
from api.tables.base import Instant

LEAF = 30  # titles of one feed
LONGEST_WORDS = 200  # characters that are looked for
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "%_\\"})


@dataclass(frozen=True)
class Wish:
    """Which titles: of a kind, with all these words in their names, held by a reader."""

    kind: Kind | None = None
    words: str = ""
    held_by: int | None = None


@dataclass(frozen=True)
class Leaf:
    """Titles of one feed. Where more follows, `last` is the slug to ask for it with."""

    entries: list[Shelved]
    last: str | None


def leaf(db: Db, wish: Wish, reader: Reader | None, now: datetime, after: str | None = None) -> Leaf | None:
    """The next titles that were posted before `after`, the slug of one that is or was listed; None for other words."""
    glanced = sa.select(col(Title.id), col(Title.state), col(Title.opens_at), REVISION)
    listed = glanced.where(col(Title.state) == State.PUBLISHED, *_conditions(wish))
    posted = sa.tuple_(col(Title.posted_at), col(Title.id))
    if after is not None:
        mark: Any = None
        if after.isprintable():
            public = sa.select(col(Title.posted_at), col(Title.id)).where(col(Title.state) != State.DRAFT)
            mark = db.connection().execute(public.where(col(Title.slug) == after)).first()
        if mark is None or mark[0] is None:
            return None
        listed = listed.where(posted < sa.tuple_(sa.literal(mark[0], Instant), sa.literal(mark[1])))
    newest_first = listed.order_by(col(Title.posted_at).desc(), col(Title.id).desc()).limit(LEAF + 1)
    glances = [Glance._make(row) for row in db.connection().execute(newest_first)]
    entries = as_seen(db, glances[:LEAF], reader, now)
    return Leaf(entries, entries[-1].record.slug if len(glances) > LEAF else None)


def last_change(db: Db) -> datetime | None:
    """When anything public of the shelf was last changed."""
    public = sa.select(col(Title.modified_at)).where(col(Title.state) != State.DRAFT)
    changed: datetime | None = db.connection().scalar(public.order_by(col(Title.modified_at).desc()).limit(1))
    return changed


def _conditions(wish: Wish) -> "list[sa.ColumnElement[bool]]":
    found: list[sa.ColumnElement[bool]] = [sa.exists().where(col(Edition.title_id) == col(Title.id))]
    if wish.kind is not None:
        found.append(col(Title.kind) == wish.kind)
    for word in wish.words[:LONGEST_WORDS].split():
        found.append(col(Title.full_title).ilike(f"%{word.translate(_ESCAPED)}%", escape="\\"))
    if wish.held_by is not None:
        held = sa.select(col(Edition.title_id)).join(Holding, col(Holding.edition_id) == col(Edition.id))
        found.append(col(Title.id).in_(held.where(col(Holding.user_id) == wish.held_by)))
    return found
