"""A chapter's own PDF: cut out of the newest edition by its printed pages, or brought by an editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from sqlmodel import Session as Db

from api import clock
from api.database import Database
from api.errors import Conflict, Invalid
from api.formats.record import ContentsLine, EditionRecord, TitleRecord
from api.intake.at_hand import kept_at_hand
from api.intake.keep import keep, opened
from api.intake.split import Cut, CutPages, split
from api.shelf.chapters import chapter_at, give_file, newest_edition
from api.shelf.records import record_of
from api.shelf.shelving import find_title, id_of
from api.tables import Chapter, ChapterFile, File, Origin, Title
from storage.store import Store


@dataclass(frozen=True)
class Made:
    """What came of making one chapter's file: its pages in the volume, or in words why there is none."""

    address: int
    name: str
    pages: CutPages | None
    fault: str | None = None


def make_files(
    database: Database, store: Store, slug: str, addresses: Sequence[int] | None = None, *, replace: bool = True
) -> list[Made]:
    """Make the files of these chapters, or of all, and of each say what came of it.

    Without `replace` what was uploaded for the newest edition stays as it is.
    """
    record, edition = _newest(database, slug)
    lines = [line for line in record.contents if line.address is not None]
    if addresses is not None:
        lines = [_line(lines, address) for address in addresses]
    if not replace:
        lines = [line for line in lines if not _is_uploaded(line, edition)]
    with kept_at_hand(store, edition.sha256) as volume:
        return [_make(database, store, record, edition, line, volume) for line in lines]


def make_again(database: Database, store: Store, title_id: int) -> list[Made]:
    """After a new edition: make again what was made out of the one before. What was uploaded stays, and is older."""
    with database.reading() as db:
        slug = db.get_one(Title, title_id).slug
    record, edition = _newest(database, slug)
    outdated = [
        line.address
        for line in record.contents
        if line.address is not None
        and line.file is not None
        and line.file.origin is Origin.MADE
        and line.file.edition_id != edition.id
    ]
    return make_files(database, store, slug, outdated) if outdated else []


def accept_file(path: Path, database: Database, store: Store, slug: str, address: int) -> None:
    """The PDF at `path` as the chapter's own in the newest edition; Invalid with the reason if it isn't fit."""

    def write_down(db: Db, file: File) -> None:
        title_id = id_of(find_title(db, slug))
        _give(db, chapter_at(db, title_id, address), newest_edition(db, title_id).id, file, Origin.UPLOADED)

    with database.reading() as db:  # said before the file is read
        title_id = id_of(find_title(db, slug))
        chapter_at(db, title_id, address)
        newest_edition(db, title_id)
    with opened(path) as source:
        keep(source, database, store, write_down)


def _newest(database: Database, slug: str) -> tuple[TitleRecord, EditionRecord]:
    with database.reading() as db:
        title = find_title(db, slug)
        newest_edition(db, id_of(title))
        record = record_of(title)
    assert record.edition is not None
    return record, record.edition


def _line(lines: list[ContentsLine], address: int) -> ContentsLine:
    line = next((each for each in lines if each.address == address), None)
    if line is None:
        raise Invalid(f"There is no chapter {address}.")
    return line


def _is_uploaded(line: ContentsLine, edition: EditionRecord) -> bool:
    return line.file is not None and line.file.origin is Origin.UPLOADED and line.file.edition_id == edition.id


def _make(
    database: Database,
    store: Store,
    record: TitleRecord,
    edition: EditionRecord,
    line: ContentsLine,
    volume: IO[bytes],
) -> Made:
    assert line.address is not None
    assert line.id is not None
    chapter_id = line.id

    def write_down(db: Db, file: File) -> None:
        chapter = db.get(Chapter, chapter_id)
        if chapter is None:
            raise Conflict("The chapter was taken off the contents meanwhile.")
        _give(db, chapter, edition.id, file, Origin.MADE)

    try:
        with TemporaryFile() as cut_out:
            pages = split(volume, _cut(record, line), cut_out)
            keep(cast(BinaryIO, cut_out), database, store, write_down)
    except (Invalid, Conflict) as refusal:
        return Made(line.address, line.name, None, refusal.message)
    return Made(line.address, line.name, pages)


def _cut(record: TitleRecord, line: ContentsLine) -> Cut:
    if not line.first_page:
        raise Invalid("The contents don't say on which page it begins.")
    if not line.last_page:
        raise Invalid("The contents don't say on which page it ends.")
    return Cut(
        first=line.first_page,
        last=line.last_page,
        title=f"{line.name} – {record.title}",
        authors=tuple(person.display for person in line.authors or record.authors),
        language=line.language or record.language,
    )


def _give(db: Db, chapter: Chapter, edition_id: int | None, file: File, origin: Origin) -> ChapterFile:
    assert chapter.id is not None
    assert edition_id is not None
    assert file.id is not None
    return give_file(db, chapter.id, edition_id, file.id, origin, clock.now())
