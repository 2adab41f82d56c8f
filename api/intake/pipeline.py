"""The way of a file from the staging to the shelf: `received`, `checking`, then `ready` or `rejected`.

No transaction is open while a file is read or the store is waited for. Each step may be done again: what it has
found out is written to the intake's row before the next one, and the last one writes everything that readers see.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db
from sqlmodel import col, func, select

from api import clock
from api.database import hold
from api.errors import Invalid, Refusal
from api.formats.pdf_facts import as_json
from api.intake import names
from api.intake.at_hand import at_hand
from api.intake.chapters import make_again
from api.intake.leases import AGAIN, UNFINISHED, Lease, LeaseLost, is_free
from api.intake.pdf import look_over
from api.shelf import search_index
from api.shelf.chapters import give_file, newest_edition
from api.shelf.shelving import id_of
from api.spoken import N_, Said
from api.tables import Edition, File, Intake, IntakeState, Origin, State, Title
from storage.store import Missing, StorageError, Store

log = logging.getLogger("gatefold.intake")
RECEIVED = "has received a file"  # in a session's `info`
MOST_TRIES = 3  # of a worker that didn't live to tell
LONGEST_REASON = 300  # characters
BROKEN_OFF = N_("Checking the file broke off {tries} times; it is perhaps too large for this server.")
NOT_WHOLE = N_("The file did not arrive whole: {announced} bytes were announced, {came} came.")

TitleOf = Callable[[Db], Title]


def receive(
    db: Db,
    *,
    staged_id: str,
    file_name: str,
    size: int,
    sha256: str | None = None,
    title_id: int | None,
    chapter_id: int | None = None,
    user_id: int | None = None,
) -> Intake:
    """Write down that a file lies whole in the staging and waits to be checked, in the caller's transaction.

    `size` and `sha256` are what the sender declared; a file that is something else will be rejected. A server in the
    same process begins with it as soon as the transaction is committed, any other within `checker.LOOK_AGAIN`.
    """
    intake = Intake(
        staged_id=staged_id,
        file_name=names.clean(file_name),
        size=size,
        sha256=sha256,
        title_id=title_id,
        chapter_id=chapter_id,
        user_id=user_id,
    )
    db.add(intake)
    db.flush()
    db.info[RECEIVED] = True
    return intake


def waiting_files(db: Db) -> set[str]:
    """The staged ids of files that are still to be checked, however long that has to wait."""
    return set(db.exec(select(Intake.staged_id).where(col(Intake.state).in_(UNFINISHED))).all())


def waiting(db: Db) -> int | None:
    """The id of the intake that has waited longest and that nobody is at."""
    oldest = select(Intake.id).where(is_free()).order_by(col(Intake.received_at), col(Intake.id)).limit(1)
    return db.exec(oldest).first()


def of_title(db: Db, title_id: int) -> Sequence[Intake]:
    """Everything that was sent for a title, the latest first."""
    latest = (col(Intake.received_at).desc(), col(Intake.id).desc())
    return db.exec(select(Intake).where(Intake.title_id == title_id).order_by(*latest)).all()


def sent_by(db: Db, user_id: int) -> Sequence[Intake]:
    """Everything that a person sent, in the order it came."""
    return db.exec(select(Intake).where(Intake.user_id == user_id).order_by(col(Intake.id))).all()


def bring_to_shelf(lease: Lease, store: Store, title_of: TitleOf | None = None) -> None:
    """Check the file and, if it is fit, keep it and put it on the shelf: the Refusal says why it was rejected.

    `title_of` makes the title in the transaction that writes its first edition. What is no fault of the file's (a
    store that is away, a full disk) leaves the intake to wait, and is raised; LeaseLost if another worker has it.
    """
    try:
        with lease.renewed():
            pages = _check(lease, store)
            sha256, size = _admit(lease, title_of)
            _keep(lease, store, sha256, size)
            title_id = _finish(lease, title_of, pages)
    except Refusal as refusal:
        _reject(lease, store, refusal.message)
        raise
    except (StorageError, OSError, SQLAlchemyError):
        with suppress(SQLAlchemyError, LeaseLost):
            _let_wait(lease)
        raise
    _make_chapters_again(lease, store, title_id)


def _make_chapters_again(lease: Lease, store: Store, title_id: int) -> None:
    """What was cut out of the edition before. The new one is on the shelf whatever comes of it: pages then say
    which chapters are from an older one, and `gatefold title chapters --make` does it later.
    """
    try:
        make_again(lease.database, store, title_id)
    except (StorageError, OSError, SQLAlchemyError) as failure:
        log.warning("chapters could not be made again title=%d error=%s", title_id, type(failure).__name__)


def _check(lease: Lease, store: Store) -> Sequence[str] | None:
    """Read the file, compare it with what was declared, have it opened; what was found goes into the row.

    The text of its pages, or None where that is to be taken later.
    """
    intake = _row(lease)
    if intake.facts is not None:
        return None  # a worker that did not live to finish had come so far
    if intake.tries > MOST_TRIES:
        raise Invalid(Said(BROKEN_OFF, tries=MOST_TRIES))
    try:
        staged = store.staged_size(intake.staged_id)
        if staged != intake.size:
            raise Invalid(Said(NOT_WHOLE, announced=intake.size, came=staged))
        with at_hand(store, intake.staged_id) as (source, sha256):
            if intake.sha256 not in (None, sha256):
                raise Invalid(N_("The file is not the one that was announced: its SHA-256 is another. Send it again."))
            opened = look_over(source, with_text=intake.chapter_id is None)
    except Missing as error:
        raise Invalid(N_("The file is no longer there; send it again.")) from error
    with lease.database.writing() as db:
        lease.write(db, sha256=sha256, facts=as_json(opened.facts))
    return opened.pages if opened.has_all_text else None


def _admit(lease: Lease, title_of: TitleOf | None) -> tuple[str, int]:
    """The key and the size to keep the file under, once it is sure that it has a place on the shelf.

    A title that is only made with the file is tried out and undone again, so that nothing is kept in vain.
    """
    intake = _row(lease)
    if title_of is not None:
        with suppress(_Undone), lease.database.writing() as db:
            title_of(db)
            raise _Undone
    elif intake.title_id is None:
        raise Invalid(N_("The command that sent the file broke off."))
    else:
        with lease.database.reading() as db:
            title = db.get(Title, intake.title_id)
            if intake.chapter_id is not None:
                newest_edition(db, intake.title_id)
        if title is None or title.state == State.WITHDRAWN:
            raise Invalid(N_("The title has been withdrawn."))
    assert intake.sha256 is not None
    return intake.sha256, intake.size


class _Undone(Exception):
    """Ends a transaction that was only a trial."""


def _keep(lease: Lease, store: Store, sha256: str, size: int) -> None:
    staged_id = _row(lease).staged_id
    try:
        store.keep(staged_id, sha256, size)
    except Missing as error:
        raise Invalid(N_("The file is no longer there; send it again.")) from error


def _finish(lease: Lease, title_of: TitleOf | None, pages: Sequence[str] | None) -> int:
    """File, text, edition (or the chapter's own file in the newest) and state in one transaction; the title's id."""
    with lease.database.writing() as db:
        intake = _row_in(db, lease)
        title_id = intake.title_id if title_of is None else id_of(title_of(db))
        assert title_id is not None
        file = _file(db, intake)
        if pages is not None:
            search_index.put_pages(db, file, pages)
        edition = _next_edition(db, title_id, file) if intake.chapter_id is None else None
        if intake.chapter_id is not None:
            _give_to_chapter(db, title_id, intake.chapter_id, file)
        lease.write(
            db,
            state=IntakeState.READY,
            finished_at=clock.now(),
            leased_by=None,
            leased_until=None,
            title_id=title_id,
            file_id=file.id,
            edition_id=edition.id if edition is not None else None,
        )
    return title_id


def _give_to_chapter(db: Db, title_id: int, chapter_id: int, file: File) -> None:
    newest = newest_edition(db, title_id)
    assert newest.id is not None
    assert file.id is not None
    give_file(db, chapter_id, newest.id, file.id, Origin.UPLOADED, clock.now())


def _file(db: Db, intake: Intake) -> File:
    """The row of these bytes, which may be on the shelf already."""
    hold(db, f"bytes {intake.sha256}")
    assert intake.sha256 is not None
    assert intake.facts is not None
    file = db.exec(select(File).where(File.sha256 == intake.sha256)).first()
    if file is None:
        file = File(sha256=intake.sha256, size=intake.size, page_count=intake.facts["page_count"])
    file.facts = intake.facts
    db.add(file)
    db.flush()
    return file


def _next_edition(db: Db, title_id: int, file: File) -> Edition:
    assert file.id is not None
    hold(db, f"editions of title {title_id}")
    last = db.exec(select(func.max(col(Edition.number))).where(Edition.title_id == title_id)).one()
    edition = Edition(title_id=title_id, number=(last or 0) + 1, file_id=file.id)
    db.add(edition)
    db.flush()
    return edition


def _reject(lease: Lease, store: Store, reason: str) -> None:
    """The reason stays, the bytes go. An intake whose title never came to be leaves nothing."""
    with lease.database.writing() as db:
        intake = _row_in(db, lease)
        ended = {"finished_at": clock.now(), "leased_by": None, "leased_until": None}
        lease.write(db, state=IntakeState.REJECTED, reason=reason[:LONGEST_REASON], **ended)
        if intake.title_id is None:
            db.delete(intake)
    with suppress(StorageError, OSError):  # the sweep does it else
        store.discard(intake.staged_id)


def _let_wait(lease: Lease) -> None:
    """Not the file's fault: nothing is held against it, and it is taken up again after a while."""
    later, tries = clock.now() + AGAIN, col(Intake.tries) - 1
    with lease.database.writing() as db:
        lease.write(db, state=IntakeState.RECEIVED, leased_by=None, leased_until=later, tries=tries)


def _row(lease: Lease) -> Intake:
    with lease.database.reading() as db:
        return _row_in(db, lease)


def _row_in(db: Db, lease: Lease) -> Intake:
    intake = db.get(Intake, lease.intake_id)
    if intake is None or intake.leased_by != lease.holder:
        raise LeaseLost
    return intake
