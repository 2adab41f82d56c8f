"""What is said of an edition beside its file: a line about what is new in it."""

from sqlmodel import Session as Db
from sqlmodel import select

from api.errors import Invalid, NotFound
from api.shelf.shelving import find_title, id_of
from api.spoken import N_
from api.tables import Edition

LONGEST_NOTE = 200  # characters


def checked_note(note: str) -> str | None:
    """The note without the spaces around it, None where nothing is left; Invalid for what is no line."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid(N_("The note is longer than {n} characters.", n=LONGEST_NOTE))
    if not note.isprintable():
        raise Invalid(N_("The note has a line break or a control character."))
    return note or None


def set_note(db: Db, slug: str, number: int, note: str) -> None:
    """Say in a line what is new in an edition; an empty note takes away what was said."""
    title_id = id_of(find_title(db, slug))
    edition = db.exec(select(Edition).where(Edition.title_id == title_id, Edition.number == number)).first()
    if edition is None:
        raise NotFound(f"“{slug}” has no version {number}.")
    edition.note = checked_note(note)
    db.add(edition)
