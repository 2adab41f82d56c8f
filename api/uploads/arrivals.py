"""An upload from its announcement to the whole file in the staging. Sizes and quotas are settled before anything else.

No transaction is open while the store is asked: a row says what was begun before the store is told of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from api import clock
from api.database import Database, hold
from api.errors import Conflict, Denied, NotFound
from api.intake import names
from api.intake.pipeline import receive
from api.settings_parts import UploadSettings
from api.shelf.shelving import id_of
from api.spoken import N_
from api.tables import Intake, Title, Upload
from api.uploads import quota
from storage.keys import staged_id as new_staged_id
from storage.store import PartsMissing, StorageError, Store

LIFE = timedelta(days=1)  # from its beginning; then what has come of it is swept
NAMED = 20  # missing parts that a refusal names


@dataclass(frozen=True)
class Told:
    """A file as the browser tells of it: `changed` in milliseconds since 1970, `first_part` its part's SHA-256."""

    name: str
    size: int
    changed: int
    first_part: str


def begin(
    database: Database, store: Store, limits: UploadSettings, *, title_id: int, user_id: int, told: Told
) -> Upload:
    """An upload of this file, or the one that was begun before and is not finished.

    Raises TooLarge where the file, or what has been uploaded today together with it, is more than is taken.
    """
    quota.must_fit(told.size, limits.largest)
    now = clock.now()
    with database.writing() as db:
        hold(db, f"uploads of user {user_id}")
        upload = _same(db, title_id, user_id, told, now)
        if upload is None:
            quota.must_be_left(db, user_id, told.size, limits, now - LIFE)
            upload = Upload(
                staged_id=new_staged_id(),
                title_id=title_id,
                user_id=user_id,
                file_name=names.clean(told.name),
                size=told.size,
                changed=told.changed,
                first_part=told.first_part,
                part_size=limits.part_size,
                began_at=now,
            )
            db.add(upload)
            db.flush()
    return upload if upload.in_store is not None else _begin_in_store(database, store, upload)


def find(db: Db, staged_id: str, user_id: int, now: datetime) -> Upload:
    """The editor's own upload. Raises NotFound for one that is not known, or not any more, Denied for another's."""
    upload = db.exec(select(Upload).where(Upload.staged_id == staged_id)).first() if staged_id.isalnum() else None
    if upload is None or upload.began_at <= now - LIFE:
        raise _unknown(
            N_("It was stopped, or it was begun more than a day ago. Choose the file again to send it from the start.")
        )
    if upload.user_id != user_id:
        words = N_("Another editor began it, and only they can go on with it.")
        raise Denied(words, heading=N_("This is not your upload"))
    return upload


def under_way(db: Db, title_id: int, user_id: int, now: datetime) -> Sequence[Upload]:
    """The editor's own uploads for a title that can be gone on with, newest first."""
    return db.exec(_unfinished(title_id, user_id, now).order_by(col(Upload.began_at).desc(), col(Upload.id))).all()


def begun_by(db: Db, user_id: int) -> Sequence[Upload]:
    """All that is still kept of a person's uploads, in the order they were begun."""
    return db.exec(select(Upload).where(Upload.user_id == user_id).order_by(col(Upload.id))).all()


def finish(database: Database, store: Store, upload: Upload) -> None:
    """Let the parts be one file and hand it to the intake; may be asked again. Raises Conflict for missing parts."""
    if upload.finished_at is not None:
        return
    assert upload.in_store is not None
    sizes = [upload.size_of(number) for number in range(1, upload.part_count + 1)]
    try:
        store.join_parts(upload.staged_id, upload.in_store, sizes)
    except PartsMissing as missing:
        raise _incomplete(missing) from missing
    with database.writing() as db:
        hold(db, f"upload {upload.staged_id}")
        row = db.get(Upload, upload.id, populate_existing=True)
        if row is None:  # stopped meanwhile
            raise _unknown(N_("It was stopped meanwhile."))
        if row.finished_at is None:
            row.finished_at = clock.now()
            db.add(row)
            _hand_over(db, row)


def stop(database: Database, store: Store, upload: Upload) -> None:
    """Forget an upload and what has come of it. A finished one is the intake's, and stays."""
    with database.writing() as db:
        hold(db, f"upload {upload.staged_id}")
        row = db.get(Upload, upload.id, populate_existing=True)
        if row is None or row.finished_at is not None:
            return
        db.delete(row)
    if upload.in_store is not None:
        store.abandon_parts(upload.staged_id, upload.in_store)


def write_down_whole(
    db: Db, limits: UploadSettings, *, staged_id: str, title: Title, user_id: int, name: str, size: int, sha256: str
) -> Intake:
    """A file that came to the staging in one piece, as an upload that is finished. Raises TooLarge by the quotas."""
    now = clock.now()
    hold(db, f"uploads of user {user_id}")
    quota.must_be_left(db, user_id, size, limits, now - LIFE)
    upload = Upload(
        staged_id=staged_id,
        title_id=id_of(title),
        user_id=user_id,
        file_name=names.clean(name),
        size=size,
        changed=0,
        first_part=sha256,
        part_size=limits.part_size,
        began_at=now,
        finished_at=now,
    )
    db.add(upload)
    return _hand_over(db, upload, sha256)


def forget_old(db: Db, now: datetime) -> int:
    """Forget uploads whose day is over, finished or not; how many there were. The store sweeps its parts by itself."""
    return db.connection().execute(sa.delete(Upload).where(col(Upload.began_at) <= now - LIFE)).rowcount


def _same(db: Db, title_id: int, user_id: int, told: Told, now: datetime) -> Upload | None:
    return db.exec(
        _unfinished(title_id, user_id, now).where(
            Upload.file_name == names.clean(told.name),
            Upload.size == told.size,
            Upload.changed == told.changed,
            Upload.first_part == told.first_part,
        )
    ).first()


def _unfinished(title_id: int, user_id: int, now: datetime) -> SelectOfScalar[Upload]:
    return select(Upload).where(
        Upload.title_id == title_id,
        Upload.user_id == user_id,
        col(Upload.finished_at).is_(None),
        col(Upload.began_at) > now - LIFE,
    )


def _begin_in_store(database: Database, store: Store, upload: Upload) -> Upload:
    try:
        in_store = store.begin_parts(upload.staged_id)
    except StorageError:
        with database.writing() as db:
            db.exec(sa.delete(Upload).where(col(Upload.id) == upload.id, col(Upload.in_store).is_(None)))
        raise
    with database.writing() as db:
        hold(db, f"upload {upload.staged_id}")
        row = db.get(Upload, upload.id, populate_existing=True)
        if row is not None and row.in_store is None:
            row.in_store = in_store
            db.add(row)
    if row is None or row.in_store != in_store:  # begun twice at once, or stopped meanwhile
        store.abandon_parts(upload.staged_id, in_store)
    if row is None:
        raise _unknown(N_("It was stopped meanwhile."))
    return row


def _hand_over(db: Db, upload: Upload, sha256: str | None = None) -> Intake:
    return receive(
        db,
        staged_id=upload.staged_id,
        file_name=upload.file_name,
        size=upload.size,
        sha256=sha256,
        title_id=upload.title_id,
        user_id=upload.user_id,
    )


def _incomplete(missing: PartsMissing) -> Conflict:
    numbers = ", ".join(map(str, missing.numbers[:NAMED]))
    more = len(missing.numbers) - NAMED
    words = N_("These parts have not come, or not whole: {numbers}. Send them, then finish again.", numbers=numbers)
    if more > 0:
        words = N_(
            "These parts have not come, or not whole: {numbers} and {more} more. Send them, then finish again.",
            numbers=numbers,
            more=more,
        )
    return Conflict(
        words,
        heading=N_("The file is not complete"),
        members={"missing": numbers},
    )


def _unknown(why: str) -> NotFound:
    """Scripts tell it by its reason from the common 404 of those who are signed out."""
    return NotFound(why, heading=N_("This upload is not known any more"), members={"reason": "no-such-upload"})
