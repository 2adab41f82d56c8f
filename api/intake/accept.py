"""A PDF on this machine goes the way of every file, and the caller waits for the end of it."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlmodel import select

from api.database import Database
from api.errors import Conflict, Refusal
from api.formats.record import EditionRecord
from api.intake.keep import opened
from api.intake.leases import Lease, LeaseLost
from api.intake.pipeline import TitleOf, bring_to_shelf, receive
from api.shelf.records import edition_record
from api.shelf.shelving import find_title, id_of
from api.tables import Edition, Intake
from storage.keys import staged_id
from storage.store import StorageError, Store

Told = Callable[[int], object]


def accept(path: Path, title_of: TitleOf, database: Database, store: Store, told: Told | None = None) -> EditionRecord:
    """The PDF at `path` as the newest edition of a title; Invalid with the reason if it isn't fit.

    `title_of` finds the title, or makes it, inside the transaction that writes the edition (and once before, undone
    again): so a title and its first edition come to the shelf together or not at all. `told` hears after each piece
    how many bytes of the file have been copied. What fails leaves nothing.
    """
    return _accept(path, database, store, told, None, title_of)


def accept_for(path: Path, slug: str, database: Database, store: Store, told: Told | None = None) -> EditionRecord:
    """The PDF at `path` as the newest edition of the title of that slug. Raises NotFound, and Invalid as above.

    If this process is killed on the way, a server finishes what it began.
    """
    with database.reading() as db:
        title_id = id_of(find_title(db, slug))
    return _accept(path, database, store, told, title_id, None)


def _accept(
    path: Path, database: Database, store: Store, told: Told | None, title_id: int | None, title_of: TitleOf | None
) -> EditionRecord:
    waiting = staged_id()
    with opened(path) as source:
        try:
            staged = store.stage(waiting, source, told)
        except OSError as error:
            raise Conflict(f"{path} could not be copied into the store: {error.strerror}.") from error
    try:
        with database.writing() as db:
            intake = receive(
                db,
                staged_id=waiting,
                file_name=path.name,
                size=staged.size,
                sha256=staged.sha256,
                title_id=title_id,
            )
            lease = Lease.of_new(db, database, intake)
        bring_to_shelf(lease, store, title_of)
    except Refusal:
        raise  # and written down, where there is a title to say it of
    except LeaseLost as error:
        _forget(database, store, waiting)
        raise Conflict("The database did not answer for too long; send the file again.") from error
    except BaseException:
        _forget(database, store, waiting)
        raise
    with database.reading() as db:
        edition = select(Edition).join(Intake).where(Intake.staged_id == waiting)
        return edition_record(db.exec(edition).one())


def size_of(path: Path) -> int:
    """Bytes; Invalid where there is no such file."""
    with opened(path) as source:
        return os.fstat(source.fileno()).st_size


def _forget(database: Database, store: Store, waiting: str) -> None:
    """Whoever waits for the end hears of the failure, so nobody is to try again later."""
    with suppress(StorageError, OSError):
        store.discard(waiting)
    with database.writing() as db:
        intake = db.exec(select(Intake).where(Intake.staged_id == waiting)).first()
        if intake is not None:
            db.delete(intake)
