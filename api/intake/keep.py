"""A PDF that is at hand comes into the store: checked first, and a refused one leaves nothing anywhere."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from sqlmodel import Session as Db
from sqlmodel import select

from api.database import Database, hold
from api.errors import Invalid
from api.formats.pdf_facts import as_json
from api.intake.pdf import inspect
from api.shelf.objects import is_owned
from api.tables import File
from storage.store import Missing, Store, WrongDigest, WrongSize

CHUNK = 1 << 20  # bytes
Kept = TypeVar("Kept")


def keep(source: BinaryIO, database: Database, store: Store, write_down: Callable[[Db, File], Kept]) -> Kept:
    """Keep an open file on disk; Invalid with the reason if it isn't a PDF for the shelf.

    `write_down` says whose it is, inside the transaction that writes the file's own row; what it gives back is
    given back.
    """
    size, sha256 = _measure(source)
    facts = inspect(source)
    _put(store, source, sha256, size)
    try:
        with database.writing() as db:
            hold(db, f"bytes {sha256}")
            file = db.exec(select(File).where(File.sha256 == sha256)).first()
            if file is None:
                file = File(sha256=sha256, size=size, page_count=facts.page_count)
            file.facts = as_json(facts)
            db.add(file)
            db.flush()
            kept = write_down(db, file)
            _put_again_if_gone(store, source, sha256, size)
            return kept
    except BaseException:
        _forget_unless_used(database, store, sha256)
        raise


def opened(path: Path) -> BinaryIO:
    """The file at `path`, open for reading; Invalid where that can't be done."""
    try:
        return path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} can't be read: {error.strerror}.") from error


def _measure(source: BinaryIO) -> tuple[int, str]:
    digest = hashlib.sha256()
    source.seek(0)
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


def _forget_unless_used(database: Database, store: Store, sha256: str) -> None:
    with database.writing() as db:
        hold(db, f"bytes {sha256}")  # keeps an intake of the same bytes out meanwhile
        if not is_owned(db, sha256):
            store.delete(sha256)
