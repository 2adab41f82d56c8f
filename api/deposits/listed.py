"""Titles with DOIs of ours and how each stands at Crossref, and the deposits of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.deposits.registrar import BUSY, NOT_TAKEN
from api.spoken import told_again
from api.tables import Chapter, Deposit, Title


@dataclass(frozen=True)
class Standing:
    """A title, how many DOIs of ours it has with its chapters, and the newest of its deposits."""

    title: Title
    dois: int
    newest: Deposit | None


def standings(db: Db, limit: int, before: int | None = None) -> list[Standing]:
    """The newest titles first; with `before` those older than the title of that number."""
    below = before if before is not None else (1 << 31) - 1
    of_titles = select(Title.id).where(col(Title.doi_is_ours), col(Title.id) < below)
    of_chapters = select(Chapter.title_id).where(col(Chapter.doi_is_ours), col(Chapter.title_id) < below)
    either = sa.union(of_titles, of_chapters).subquery()
    ids = db.connection().execute(sa.select(either.c[0]).order_by(either.c[0].desc()).limit(limit)).scalars().all()
    titles = db.exec(select(Title).where(col(Title.id).in_(ids)).order_by(col(Title.id).desc())).all()
    counted = select(Chapter.title_id, sa.func.count()).where(col(Chapter.title_id).in_(ids), col(Chapter.doi_is_ours))
    chapters = dict(db.exec(counted.group_by(col(Chapter.title_id))).all())
    last = select(sa.func.max(Deposit.id)).where(col(Deposit.title_id).in_(ids)).group_by(col(Deposit.title_id))
    newest = {each.title_id: each for each in db.exec(select(Deposit).where(col(Deposit.id).in_(last)))}
    return [
        Standing(title, int(title.doi_is_ours) + chapters.get(title.id or 0, 0), newest.get(title.id or 0))
        for title in titles
    ]


def of_title(db: Db, title_id: int, limit: int) -> Sequence[Deposit]:
    return db.exec(
        select(Deposit).where(Deposit.title_id == title_id).order_by(col(Deposit.id).desc()).limit(limit)
    ).all()


def in_words(fault: str) -> str:
    """What went wrong with a deposit. It is kept in English; what Crossref said itself stays as it was said."""
    return told_again(fault, (BUSY, NOT_TAKEN))
