"""Notices as their reader sees them: on the account page, new ones first, and in what can be taken out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from api.formats.record import WORK_PATHS
from api.notices import choice
from api.spoken import N_
from api.tables import Kind, Notice, NoticeCopy, NoticeKind, Title

AT_MOST = 20  # of those seen already; new ones are all shown
NAMES = {NoticeKind.ERRATUM: N_("Correction"), NoticeKind.NEW_EDITION: N_("New edition")}


@dataclass(frozen=True)
class Shown:
    """One notice to one reader. `language` is that of the title's name."""

    id: int
    name: str
    edition: int | None
    full_title: str
    language: str
    path: str
    paragraphs: tuple[str, ...]
    made_at: datetime
    seen_at: datetime | None

    @property
    def is_new(self) -> bool:
        return self.seen_at is None


@dataclass(frozen=True)
class ByMail:
    """Whether the reader gets mail, since when, and where it goes. Nobody else is shown the address."""

    address: str | None
    allowed_at: datetime | None


def of_user(db: Db, user_id: int) -> list[Shown]:
    """What the account page shows: all new notices, then the latest of those seen."""
    new = _copies(user_id).where(col(NoticeCopy.seen_at).is_(None))
    seen = _copies(user_id).where(col(NoticeCopy.seen_at).is_not(None)).limit(AT_MOST)
    return [_shown(*row) for copies in (new, seen) for row in db.exec(copies).all()]


def everything_of(db: Db, user_id: int) -> Sequence[tuple[Notice, NoticeCopy, Title]]:
    """Every notice the reader has a copy of, the newest first."""
    return db.exec(_copies(user_id)).all()


def mark_seen(db: Db, user_id: int, up_to: int, now: datetime) -> None:
    """The reader has read what they were shown: nothing newer than notice `up_to`."""
    copies = sa.update(NoticeCopy).where(
        col(NoticeCopy.user_id) == user_id, col(NoticeCopy.notice_id) <= up_to, col(NoticeCopy.seen_at).is_(None)
    )
    db.connection().execute(copies.values(seen_at=now))


def by_mail(db: Db, user_id: int) -> ByMail:
    return ByMail(choice.address_of(db, user_id), choice.allowed_at(db, user_id))


def _copies(user_id: int) -> "Select[Notice, NoticeCopy, Title]":
    found = select(Notice, NoticeCopy, Title)
    found = found.join(NoticeCopy, col(NoticeCopy.notice_id) == col(Notice.id))
    found = found.join(Title, col(Title.id) == col(Notice.title_id))
    return found.where(NoticeCopy.user_id == user_id).order_by(col(Notice.id).desc())


def _shown(notice: Notice, copy: NoticeCopy, title: Title) -> Shown:
    assert notice.id is not None
    return Shown(
        id=notice.id,
        name=NAMES[NoticeKind(notice.kind)],
        edition=notice.edition if notice.kind == NoticeKind.NEW_EDITION else None,
        full_title=title.full_title,
        language=title.language,
        path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
        paragraphs=tuple(filter(None, notice.words.split("\n"))),
        made_at=notice.made_at,
        seen_at=copy.seen_at,
    )
