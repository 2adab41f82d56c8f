"""What editors have typed and not saved: one row for each of them and each form, until it is saved or discarded."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.database import hold
from api.shelf.typed import Texts
from api.tables import Title, TypedDraft

NEW = "new"


@dataclass(frozen=True)
class Place:
    """One form of one editor: the record or the contents of a title, or the record of one that is not there yet."""

    user_id: int
    form: str
    title_id: int | None = None

    @property
    def name(self) -> str:
        return f"{self.form} {self.title_id}" if self.title_id is not None else self.form


def find(db: Db, place: Place) -> TypedDraft | None:
    return db.exec(
        select(TypedDraft).where(TypedDraft.user_id == place.user_id, TypedDraft.place == place.name)
    ).first()


def keep(db: Db, place: Place, texts: Texts, version: int | None) -> None:
    """Write down what was typed, in the place of what was before."""
    hold(db, f"typed {place.user_id} {place.name}")
    row = find(db, place) or TypedDraft(user_id=place.user_id, title_id=place.title_id, place=place.name, fields=texts)
    row.fields, row.version, row.at = texts, version, clock.now()
    db.add(row)


def forget(db: Db, place: Place) -> None:
    db.exec(sa.delete(TypedDraft).where(col(TypedDraft.user_id) == place.user_id, col(TypedDraft.place) == place.name))


def of_user(db: Db, user_id: int) -> list[tuple[TypedDraft, str | None]]:
    """All that this editor has typed and not saved, with the slug of the title where there is one."""
    typed = select(TypedDraft, Title.slug).outerjoin(Title, col(Title.id) == col(TypedDraft.title_id))
    rows = db.exec(typed.where(TypedDraft.user_id == user_id).order_by(col(TypedDraft.id)))
    return [(row, slug) for row, slug in rows]
