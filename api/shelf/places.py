"""The public pages of the shelf in blocks of titles, for search engines; and titles in the order of their names."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.formats.record import WORK_PATHS
from api.tables import Chapter, Kind, State, Title
from api.tables.base import Instant

BLOCK = 200  # ids of titles; with up to 249 chapters each they fit one sitemap
Place = tuple[str, datetime | None]
_PUBLISHED = col(Title.state) == State.PUBLISHED


def blocks(db: Db) -> list[tuple[int, datetime]]:
    """The blocks that have a public page, each with the last change in it."""
    number = (col(Title.id) - col(Title.id) % sa.literal_column(str(BLOCK))).label("first")
    changed = sa.select(number, sa.func.max(col(Title.modified_at), type_=Instant)).where(_PUBLISHED)
    rows: Any = db.connection().execute(changed.group_by(number).order_by(number))
    return [(first // BLOCK, at) for first, at in rows]


def pages(db: Db, block: int) -> list[Place]:
    """The paths of the titles of a block and of their chapters, with their last change."""
    within = col(Title.id).between(block * BLOCK, block * BLOCK + BLOCK - 1)
    of_titles = sa.select(col(Title.id), col(Title.kind), col(Title.slug), col(Title.modified_at))
    found: list[Place] = []
    paths: dict[int | None, Place] = {}
    for title_id, kind, slug, at in db.connection().execute(
        of_titles.where(within, _PUBLISHED).order_by(col(Title.id))
    ):
        paths[title_id] = (f"{WORK_PATHS[Kind(kind)]}/{slug}", at)
        found.append(paths[title_id])
    chapters = sa.select(col(Chapter.title_id), col(Chapter.address)).where(
        col(Chapter.title_id).in_(list(paths)), col(Chapter.address).is_not(None)
    )
    for title_id, address in db.connection().execute(chapters.order_by(col(Chapter.title_id), col(Chapter.address))):
        path, changed = paths[title_id]
        found.append((f"{path}/chapters/{address}", changed))
    return found


def ids_by_name(db: Db) -> list[int]:
    """Published titles in the order of their names."""
    named = sa.select(col(Title.id)).where(_PUBLISHED).order_by(sa.func.lower(col(Title.full_title)), col(Title.id))
    return [title_id for title_id in db.connection().scalars(named) if title_id is not None]
