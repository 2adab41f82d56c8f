"""The pictures that editors chose for covers: chosen, taken away, and read."""

from sqlmodel import Session as Db

from api.shelf.shelving import hold_title, id_of
from api.tables import Audit, ChosenCover


def choose(db: Db, slug: str, digest: str, picture: bytes, small: bytes, by: int) -> None:
    """Put the picture in the place of whatever the title had. Raises NotFound."""
    title = hold_title(db, slug)
    db.merge(ChosenCover(title_id=id_of(title), picture=picture, small=small))
    title.cover_digest = digest
    db.add(title)
    db.add(Audit(actor_user_id=by, action="cover-chosen", object=f"title {slug}"))


def take_away(db: Db, slug: str, by: int) -> None:
    """From now on the cover is drawn from the record again. Raises NotFound."""
    title = hold_title(db, slug)
    if title.cover_digest is None:
        return
    chosen = db.get(ChosenCover, id_of(title))
    if chosen is not None:
        db.delete(chosen)
    title.cover_digest = None
    db.add(title)
    db.add(Audit(actor_user_id=by, action="cover-removed", object=f"title {slug}"))


def chosen(db: Db, title_id: int) -> ChosenCover | None:
    return db.get(ChosenCover, title_id)
