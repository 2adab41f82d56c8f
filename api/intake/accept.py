"""A PDF becomes an edition: checked, kept in the store, written down. A refused one leaves nothing anywhere."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from api.database import Database, hold
from api.errors import Invalid
from api.formats.record import EditionRecord
from api.intake.pdf import PdfFacts, inspect
from api.shelf.queries import edition_record
from api.shelf.shelving import id_of
from api.tables import Edition, File, Title
from storage.store import Missing, Store, WrongDigest, WrongSize

CHUNK = 1 << 20  # bytes


def accept(path: Path, title_of: Callable[[Db], Title], database: Database, store: Store) -> EditionRecord:
    """The PDF at `path` as the newest edition of a title; Invalid with the reason if it isn't fit.

    `title_of` finds the title, or makes it, inside the transaction that writes the edition: so a title and its
    first edition come to the shelf together or not at all.
    """
    with _open(path) as source:
        size, sha256 = _measure(source)
        facts = inspect(source)
        _put(store, source, sha256, size)
        try:
            with database.writing() as db:
                title = title_of(db)
                hold(db, f"bytes {sha256}")
                _put_again_if_gone(store, source, sha256, size)
                edition = _write_down(db, id_of(title), sha256, size, facts)
                record = edition_record(edition)
        except BaseException:
            _forget_unless_used(database, store, sha256)
            raise
    return record


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} can't be read: {error.strerror}.") from error


def _measure(source: BinaryIO) -> tuple[int, str]:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
    return source.tell(), digest.hexdigest()


def _put(store: Store, source: BinaryIO, sha256: str, size: int) -> None:
    source.seek(0, os.SEEK_SET)
    try:
        store.put(source, sha256, size)
    except (WrongDigest, WrongSize) as error:
        raise Invalid("The file changed while it was being read.") from error


def _put_again_if_gone(store: Store, source: BinaryIO, sha256: str, size: int) -> None:
    """Another intake of the same bytes that failed may have swept them away before our transaction began."""
    try:
        store.stat(sha256)
    except Missing:
        _put(store, source, sha256, size)


def _write_down(db: Db, title_id: int, sha256: str, size: int, facts: PdfFacts) -> Edition:
    file = db.exec(select(File).where(File.sha256 == sha256)).first()
    if file is None:
        file = File(sha256=sha256, size=size, page_count=facts.page_count)
        db.add(file)
        db.flush()
    assert file.id is not None
    hold(db, f"editions of title {title_id}")
    last = db.exec(select(func.max(col(Edition.number))).where(Edition.title_id == title_id)).one()
    edition = Edition(title_id=title_id, number=(last or 0) + 1, file_id=file.id)
    db.add(edition)
    db.flush()
    return edition


def _forget_unless_used(database: Database, store: Store, sha256: str) -> None:
    with database.writing() as db:
        hold(db, f"bytes {sha256}")  # keeps an intake of the same bytes out meanwhile
        if db.exec(select(File).where(File.sha256 == sha256)).first() is None:
            store.delete(sha256)
