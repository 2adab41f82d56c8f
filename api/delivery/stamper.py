"""Who makes stamped copies and destroys them: never within a transaction, and never two of one."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, TypeVar, cast

from sqlmodel import Session as Db

from api import clock
from api.access.policy import Decision, Reader, Reason
from api.database import Database
from api.delivery import copies
from api.delivery.copies import Source
from api.delivery.stamp import LIMITS, Line, NotStamped, StampLimits, stamp
from api.edge.portal import Portal
from api.errors import Unready
from api.formats.files import FileRecord
from api.formats.record import EditionRecord, TitleRecord
from api.shelf.offers import Offer
from api.shelf.queries import Shelved
from api.spoken import N_
from api.tables import StampedCopy
from storage.store import StorageError, Store

CHUNK = 1 << 20  # bytes
AT_ONCE, WAITING = 2, 16  # copies made at a time by one server, and requests that wait for one
PATIENCE, LOOK_AGAIN = 40.0, 0.1  # seconds that a request waits for another's work, and between two looks
UNSTAMPED = (Reason.STAFF, Reason.EVERYONE)
Answer = TypeVar("Answer")

log = logging.getLogger("gatefold.stamps")


def stamper_of(portal: Portal) -> "Stamper":
    return cast(Stamper, portal.stamper)


def is_due(record: TitleRecord, decision: Decision) -> bool:
    """Whether who is admitted gets a copy of their own. Staff, and everyone where it is open to all, do not."""
    return record.is_stamped and decision.allowed and decision.reason not in UNSTAMPED


class CopyMissing(Exception):
    """The reader's copy is not in the store yet; whoever began the transaction makes it, and begins again."""

    def __init__(self, source: Source, reader: Reader, record: TitleRecord) -> None:
        super().__init__(f"no copy of {record.slug} yet")
        self.source, self.reader, self.record = source, reader, record


class Stamper:
    """The copies of one portal."""

    def __init__(self, database: Database, store: Store, limits: StampLimits = LIMITS) -> None:
        self._database = database
        self._store = store
        self._limits = limits
        self._places = threading.BoundedSemaphore(WAITING)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def with_copy(self, answer: Callable[[], Answer]) -> Answer:
        """What `answer` says; where it needs a copy that is not there, the copy is made and it is asked again.

        Call it outside of any transaction. Raises Unready where the copy can't be made, or too many are wanted at once.
        """
        try:
            return answer()
        except CopyMissing as missing:
            self._make(missing)
        try:
            return answer()
        except CopyMissing as missing:  # the account or the copy went away at this moment
            raise _busy() from missing

    def file_for(self, db: Db, reader: Reader | None, shelved: Shelved, offer: Offer) -> FileRecord:
        """The file as this reader gets it: where copies are stamped, with the size and fingerprint of their own.

        Raises CopyMissing.
        """
        file, edition_id = offer.file, offer.edition_id
        assert file is not None
        assert edition_id is not None
        if reader is None or not is_due(shelved.record, shelved.decision):
            return file
        source = Source(reader.user_id, edition_id, file.sha256)
        row = copies.find(db, source)
        if row is None or row.stored_at is None:
            raise CopyMissing(source, reader, shelved.record)
        assert row.size is not None
        assert row.sha256 is not None
        return replace(cast(EditionRecord, file), size=row.size, sha256=row.sha256)

    def destroy_forsaken(self) -> int:
        """Destroy the copies of erased accounts and removed editions, in the store too; how many."""
        with self._database.reading() as db:
            rows = copies.forsaken(db)
        return self._let_go(rows, copies.remove)

    def sweep(self) -> tuple[int, int]:
        """Destroy copies that nobody holds, and take unused ones out of the store; how many of each."""
        gone = self.destroy_forsaken()
        with self._database.writing() as db:
            held, unheld = copies.claim_unused(db, clock.now())
        return gone + self._let_go(unheld, copies.remove), self._let_go(held, copies.empty)

    def _make(self, missing: CopyMissing) -> None:
        with self._place():
            give_up = clock.ticks() + PATIENCE
            while clock.ticks() < give_up:
                with self._database.writing() as db:
                    row, is_mine = copies.claim(db, missing.source, clock.now())
                if is_mine:
                    self._make_mine(row, missing)
                if is_mine or row.stored_at is not None:
                    return
                time.sleep(LOOK_AGAIN)
        raise _busy()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            yield
        finally:
            self._places.release()

    def _make_mine(self, row: StampedCopy, missing: CopyMissing) -> None:
        reader, record = missing.reader, missing.record
        line = Line(
            name=(reader.name or "")[:80],
            otherwise=f"Reader {reader.user_id}",
            title=_shortened(record.title),
            date=f"{row.made_at.day} {row.made_at:%B %Y}",
            number=row.number,
        )
        try:
            with self._turns, TemporaryFile() as source, TemporaryFile() as target:
                self._fetch(row.source_sha256, source)
                stamp(cast(BinaryIO, source), cast(BinaryIO, target), line, self._limits)
                self._keep(row, cast(BytesIO, target))
        except (NotStamped, OSError, StorageError) as failure:
            with self._database.writing() as db:
                copies.give_up(db, row)
            if isinstance(failure, StorageError):
                raise
            log.error("a copy could not be stamped title=%s reason=%s", record.slug, failure)
            raise _failed(record) from failure

    def _fetch(self, sha256: str, target: IO[Any]) -> None:
        with self._store.open(sha256) as stored:
            position = 0
            while chunk := stored.read_at(position, CHUNK):
                target.write(chunk)
                position += len(chunk)
        target.flush()

    def _keep(self, row: StampedCopy, target: BytesIO) -> None:
        """Put the copy into the store, named by its row before it is there and known as stored after."""
        target.seek(0)
        sha256, size = hashlib.file_digest(target, "sha256").hexdigest(), target.tell()
        if row.sha256 is not None and row.sha256 != sha256:
            self._store.delete(row.sha256)  # of a try that was broken off, or by an earlier version
        with self._database.writing() as db:
            is_mine = copies.announce(db, row, sha256, size)
        if is_mine:
            target.seek(0)
            self._store.put(target, sha256, size)
            with self._database.writing() as db:
                is_mine = copies.settle(db, row, clock.now())
            if not is_mine:  # the account was erased meanwhile, and perhaps its copies before this one came
                self._store.delete(sha256)
        if not is_mine:
            raise _busy()

    def _let_go(self, rows: Sequence[StampedCopy], settle: Callable[[Db, StampedCopy], None]) -> int:
        for row in rows:
            if row.sha256 is not None:
                self._store.delete(row.sha256)
            with self._database.writing() as db:
                settle(db, row)
        return len(rows)


def _shortened(title: str) -> str:
    return title if len(title) <= 90 else f"{title[:89].rstrip()}…"


def _busy() -> Unready:
    return Unready(
        N_("Many readers want their copies at this moment, or yours is still being made. Try again in a minute."),
        heading=N_("Your copy is not ready yet"),
    )


def _failed(record: TitleRecord) -> Unready:
    return Unready(
        N_(
            "“{full_title}” is handed out with its reader’s name on each page, and that did not "
            "work. It is on our side, and it has been noted.",
            full_title=record.full_title,
        ),
        heading=N_("Your copy could not be made"),
        way_on=(record.path, N_("Back to the title")),
    )
