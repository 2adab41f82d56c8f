"""Chapters as things of their own: the number of a chapter's address, and its file in each edition."""

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from api.database import hold
from api.errors import Conflict, NotFound
from api.tables import Chapter, ChapterFile, Edition, Origin, RemovedChapter


def number_chapters(db: Db, title_id: int) -> None:
    """Give each chapter of a title that has no address yet the next number, in the order of the contents.

    A number once given stays with its chapter, whatever is put before it later.
    """
    db.flush()
    last = max(
        db.exec(select(func.max(col(table.address))).where(table.title_id == title_id)).one() or 0
        for table in (Chapter, RemovedChapter)
    )
    unnumbered = select(Chapter).where(
        Chapter.title_id == title_id, col(Chapter.address).is_(None), col(Chapter.is_part).is_(False)
    )
    for address, chapter in enumerate(db.exec(unnumbered.order_by(col(Chapter.position))).all(), start=last + 1):
        chapter.address = address
    db.flush()


def chapter_at(db: Db, title_id: int, address: int) -> Chapter:
    chapter = db.exec(select(Chapter).where(Chapter.title_id == title_id, Chapter.address == address)).first()
    if chapter is None:
        raise NotFound(f"There is no chapter {address}; gatefold title chapters lists them.")
    return chapter


def newest_edition(db: Db, title_id: int) -> Edition:
    """Conflict where the title has no file yet."""
    newest = select(Edition).where(Edition.title_id == title_id).order_by(col(Edition.number).desc()).limit(1)
    edition = db.exec(newest).first()
    if edition is None:
        raise Conflict("The title has no PDF yet; a chapter's own comes after it.")
    return edition


def give_file(db: Db, chapter_id: int, edition_id: int, file_id: int, origin: Origin, now: datetime) -> ChapterFile:
    """Put this file in the place of what the chapter had by itself in that edition."""
    hold(db, f"files of chapter {chapter_id}")
    had = select(ChapterFile).where(ChapterFile.chapter_id == chapter_id, ChapterFile.edition_id == edition_id)
    row = db.exec(had).first()
    if row is None:
        row = ChapterFile(chapter_id=chapter_id, edition_id=edition_id, file_id=file_id, origin=origin, made_at=now)
    elif row.file_id != file_id:
        row.file_id, row.origin, row.made_at = file_id, origin, now
    db.add(row)
    db.flush()
    return row
