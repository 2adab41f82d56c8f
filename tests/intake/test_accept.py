"""A PDF becomes an edition, and a refused one leaves nothing in the store and nothing in the tables."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from api.database import Database
from api.errors import Conflict, Invalid, NotFound, Refusal
from api.intake.accept import accept, accept_for
from api.intake.pipeline import of_title
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, find_title, id_of
from api.tables import Edition, File, Intake, IntakeState, Kind, Title
from storage.local import LocalStore

Maker = Callable[..., Path]


def title_called(slug: str) -> Callable[[Db], Title]:
    facts = TitleFacts(slug=slug, kind=Kind.REPORT, title="A Title", full_title="A Title")
    return lambda db: add_draft(db, TitleDraft(facts))


def files_in(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def rows(database: Database) -> tuple[int, int, int]:
    """How many titles, files and editions there are."""
    with database.reading() as db:
        counts = [len(db.exec(select(table)).all()) for table in (Title, File, Edition)]
    return counts[0], counts[1], counts[2]


def test_a_pdf_becomes_the_first_edition(database: Database, store: LocalStore, pdf: Maker) -> None:
    path = pdf(pages=7)
    edition = accept(path, title_called("one"), database, store)
    data = path.read_bytes()
    assert (edition.number, edition.page_count, edition.size) == (1, 7, len(data))
    assert edition.sha256 == hashlib.sha256(data).hexdigest()
    assert edition.media_type == "application/pdf"
    with store.open(edition.sha256) as file:
        assert file.read_at(0, file.size) == data


def test_the_next_pdf_becomes_the_next_edition(database: Database, store: LocalStore, pdf: Maker) -> None:
    accept(pdf(pages=1), title_called("one"), database, store)
    assert accept(pdf(pages=2), lambda db: find_title(db, "one"), database, store).number == 2
    assert rows(database) == (1, 2, 2)


def test_the_same_bytes_are_kept_once(database: Database, store: LocalStore, pdf: Maker, tmp_path: Path) -> None:
    accept(pdf(), title_called("one"), database, store)
    accept(pdf(), title_called("two"), database, store)
    assert rows(database) == (2, 1, 2)
    assert len(files_in(tmp_path / "files")) == 1


@pytest.mark.parametrize("data", [b"", b"<html>", b"%PDF-1.7 cut"])
def test_what_is_refused_leaves_nothing(
    database: Database, store: LocalStore, pdf: Maker, tmp_path: Path, data: bytes
) -> None:
    with pytest.raises(Invalid):
        accept(pdf(data), title_called("one"), database, store)
    assert rows(database) == (0, 0, 0)
    assert files_in(tmp_path / "files") == []


def test_a_file_that_is_not_there_is_refused(database: Database, store: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="can't be read"):
        accept(tmp_path / "nowhere.pdf", title_called("one"), database, store)


def test_a_title_that_is_refused_takes_its_file_along(
    database: Database, store: LocalStore, pdf: Maker, tmp_path: Path
) -> None:
    accept(pdf(pages=1), title_called("one"), database, store)
    with pytest.raises(Conflict):
        accept(pdf(pages=2), title_called("one"), database, store)
    assert rows(database) == (1, 1, 1)
    assert len(files_in(tmp_path / "files")) == 1


def test_a_failure_spares_the_file_of_another_title(database: Database, store: LocalStore, pdf: Maker) -> None:
    edition = accept(pdf(), title_called("one"), database, store)
    with pytest.raises(Conflict):
        accept(pdf(), title_called("one"), database, store)
    assert store.stat(edition.sha256).size == edition.size


def test_nothing_waits_and_nothing_is_left_of_what_was_refused(
    database: Database, store: LocalStore, pdf: Maker
) -> None:
    accept(pdf(), title_called("one"), database, store)
    for data, slug in ((b"<html>", "two"), (None, "one")):
        with pytest.raises(Refusal):
            accept(pdf(data), title_called(slug), database, store)
    with database.reading() as db:
        intakes = db.exec(select(Intake)).all()
    assert [(intake.state, intake.file_name) for intake in intakes] == [(IntakeState.READY, "volume.pdf")]
    assert store.sweep(timedelta(0)) == 0


def test_a_failure_that_is_nobodys_fault_leaves_nothing_either(
    database: Database, store: LocalStore, pdf: Maker, tmp_path: Path
) -> None:
    def broken(_db: Db) -> Title:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        accept(pdf(), broken, database, store)
    assert files_in(tmp_path / "files") == []
    with database.reading() as db:
        assert db.exec(select(Intake)).all() == []


def test_a_file_for_a_title_that_is_there(database: Database, store: LocalStore, pdf: Maker) -> None:
    accept(pdf(pages=1), title_called("one"), database, store)
    told: list[int] = []
    path = pdf(pages=2)
    assert accept_for(path, "one", database, store, told.append).number == 2
    assert sum(told) == path.stat().st_size


def test_what_is_refused_for_a_title_that_is_there_is_said_of_it(
    database: Database, store: LocalStore, pdf: Maker
) -> None:
    accept(pdf(), title_called("one"), database, store)
    with pytest.raises(Invalid):
        accept_for(pdf(b"", name="empty.pdf"), "one", database, store)
    with database.reading() as db:
        last = of_title(db, id_of(find_title(db, "one")))[0]
    assert (last.state, last.reason, last.file_name) == (IntakeState.REJECTED, "The file is empty.", "empty.pdf")
    with pytest.raises(NotFound):
        accept_for(pdf(), "nowhere", database, store)


def test_many_at_once_number_their_editions_without_a_gap(database: Database, store: LocalStore, pdf: Maker) -> None:
    accept(pdf(), title_called("one"), database, store)
    paths = [pdf(pages=number, name=f"{number}.pdf") for number in range(1, 7)]
    with ThreadPoolExecutor(3) as pool:
        made = pool.map(lambda path: accept(path, lambda db: find_title(db, "one"), database, store), paths)
        assert sorted(edition.number for edition in made) == [2, 3, 4, 5, 6, 7]
