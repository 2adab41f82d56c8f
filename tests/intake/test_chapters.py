"""PDFs of chapters: made out of the newest edition, uploaded, made again; and why there may be none."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from sqlmodel import select

from api.database import Database
from api.errors import Conflict, Invalid, NotFound
from api.formats.record import ContentsLine, Person
from api.intake.accept import accept, accept_for
from api.intake.chapters import accept_file, make_again, make_files
from api.shelf.records import record_of
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, find_title, id_of
from api.tables import ChapterFile, File, Kind, Origin
from storage.local import LocalStore
from tests.intake.volume import volume

CONTENTS = (
    ContentsLine("Before", first_page="i", last_page="iii"),
    ContentsLine("A part", is_part=True, first_page="1"),
    ContentsLine("The chapter", number="1", first_page="4", last_page="6", contributors=(Person(name="Rea Der"),)),
    ContentsLine("Without an end", number="2", first_page="7"),
    ContentsLine("Elsewhere", number="3", first_page="70", last_page="80"),
)


@pytest.fixture
def shelved(database: Database, store: LocalStore, tmp_path: Path) -> Path:
    """A volume with a title of its own; the path is that of its PDF."""
    path = tmp_path / "volume.pdf"
    path.write_bytes(volume())
    draft = TitleDraft(TitleFacts("a-volume", Kind.EDITED_VOLUME, "A Volume", "A Volume"), contents=CONTENTS)
    accept(path, lambda db: add_draft(db, draft), database, store)
    return path


def lines(database: Database) -> Sequence[ContentsLine]:
    with database.reading() as db:
        return record_of(find_title(db, "a-volume")).contents


def file_of(database: Database, store: LocalStore, address: int) -> pikepdf.Pdf:
    line = next(line for line in lines(database) if line.address == address)
    assert line.file is not None
    with store.open(line.file.sha256) as stored:
        return pikepdf.open(io.BytesIO(stored.read_at(0, line.file.size)))


def replace(path: Path, database: Database, store: LocalStore, content: bytes) -> None:
    path.write_bytes(content)
    accept_for(path, "a-volume", database, store)


def test_chapters_are_numbered_in_order_and_parts_are_not(shelved: Path, database: Database) -> None:
    assert [line.address for line in lines(database)] == [1, None, 2, 3, 4]


def test_each_is_made_by_itself_and_what_can_not_be_is_said(
    shelved: Path, database: Database, store: LocalStore
) -> None:
    made = make_files(database, store, "a-volume")
    assert [(each.address, each.fault is None) for each in made] == [(1, True), (2, True), (3, False), (4, False)]
    assert "on which page it ends" in (made[2].fault or "")
    assert "No page of the PDF is labelled “70”" in (made[3].fault or "")
    chapter = file_of(database, store, 2)
    assert [page.label for page in chapter.pages] == ["4", "5", "6"]
    assert str(chapter.docinfo["/Title"]) == "The chapter – A Volume"
    assert str(chapter.docinfo["/Author"]) == "Rea Der"
    assert len(file_of(database, store, 1).pages) == 3


def test_one_alone_is_made_and_making_it_again_changes_nothing(
    shelved: Path, database: Database, store: LocalStore
) -> None:
    for _ in range(2):
        assert [each.fault for each in make_files(database, store, "a-volume", [2])] == [None]
    with database.reading() as db:
        assert len(db.exec(select(ChapterFile)).all()) == 1
        assert len(db.exec(select(File)).all()) == 2
    with pytest.raises(Invalid, match="no chapter 9"):
        make_files(database, store, "a-volume", [9])


def test_an_editors_own_is_checked_as_any_pdf_and_making_all_leaves_it(
    shelved: Path, database: Database, store: LocalStore, tmp_path: Path
) -> None:
    own = tmp_path / "own.pdf"
    own.write_bytes(b"<!doctype html><title>no</title>")
    with pytest.raises(Invalid, match="web page"):
        accept_file(own, database, store, "a-volume", 2)
    own.write_bytes(volume(labels=False))
    accept_file(own, database, store, "a-volume", 2)
    assert [each.address for each in make_files(database, store, "a-volume", replace=False)] == [1, 3, 4]
    assert len(file_of(database, store, 2).pages) == 12
    assert [each.fault for each in make_files(database, store, "a-volume", [2])] == [None]
    assert len(file_of(database, store, 2).pages) == 3
    with pytest.raises(NotFound, match="no chapter 7"):
        accept_file(own, database, store, "a-volume", 7)


def test_after_a_new_edition_made_files_are_made_again_and_uploaded_ones_are_older(
    shelved: Path, database: Database, store: LocalStore, tmp_path: Path
) -> None:
    own = tmp_path / "own.pdf"
    own.write_bytes(volume(labels=False))
    accept_file(own, database, store, "a-volume", 1)
    make_files(database, store, "a-volume", [2])
    before = file_of(database, store, 2)
    replace(shelved, database, store, volume().replace(b"de-AT", b"de-CH"))
    first, _, second, *_ = (line.file for line in lines(database))
    assert (first and first.edition, first and first.origin) == (1, Origin.UPLOADED)
    assert (second and second.edition, second and second.origin) == (2, Origin.MADE)
    assert str(file_of(database, store, 2).Root.Lang) == "de-CH"
    assert str(before.Root.Lang) == "de-AT"
    with database.reading() as db:
        assert len(db.exec(select(ChapterFile)).all()) == 3  # that of the older edition is kept
        title_id = id_of(find_title(db, "a-volume"))
    assert make_again(database, store, title_id) == []


def test_a_title_without_a_file_has_nothing_to_cut(database: Database, store: LocalStore) -> None:
    with database.writing() as db:
        add_draft(db, TitleDraft(TitleFacts("bare", Kind.REPORT, "Bare", "Bare"), contents=CONTENTS))
    with pytest.raises(Conflict, match="has no PDF yet"):
        make_files(database, store, "bare")
