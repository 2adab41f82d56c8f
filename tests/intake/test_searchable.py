"""Text for the search: taken when a file comes in, or later by a job, and no fault of the file's where it can't be."""

import io
import json
from pathlib import Path

import pytest
from sqlmodel import select

from api.database import Database
from api.intake import pdf, searchable
from api.intake.accept import accept_for
from api.shelf import search_index
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft
from api.tables import File, Kind, PageText
from storage.local import LocalStore
from tests import make


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "files")


@pytest.fixture
def volume(database: Database, store: LocalStore, tmp_path: Path) -> Path:
    with database.writing() as db:
        add_draft(db, TitleDraft(TitleFacts(slug="rivers", kind=Kind.REPORT, title="Rivers", full_title="Rivers")))
    path = tmp_path / "rivers.pdf"
    path.write_bytes(make.pdf(3, "Quincunx"))
    accept_for(path, "rivers", database, store)
    return path


def pages(database: Database) -> list[tuple[str, str]]:
    with database.reading() as db:
        rows = db.exec(select(PageText).order_by(PageText.number)).all()  # type: ignore[arg-type]
        return [(row.label, row.text) for row in rows]


def test_the_text_of_each_page_comes_in_with_the_file(database: Database, volume: Path) -> None:
    assert pages(database) == [(str(number), f"Quincunx, page {number}") for number in (1, 2, 3)]
    with database.reading() as db:
        assert search_index.unread(db) is None


def test_a_volume_that_came_before_is_read_later_and_a_lost_one_holds_nothing_up(
    database: Database, store: LocalStore, volume: Path
) -> None:
    known = pages(database)
    with database.writing() as db:
        search_index.read_again(db)
    assert pages(database) == known
    assert searchable.read_waiting(database, store, lambda: True) == 0
    assert searchable.read_waiting(database, store, lambda: False) == 1
    assert pages(database) == known
    with database.writing() as db:
        search_index.read_again(db)
        store.delete(db.exec(select(File.sha256)).one())
    assert searchable.read_waiting(database, store, lambda: False) == 1
    assert pages(database) == []


def test_what_goes_wrong_with_the_text_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "volume.pdf"
    path.write_bytes(make.pdf(3, "Quincunx"))
    with path.open("rb") as source:
        whole = pdf.look_over(source)
        assert (whole.has_all_text, len(whole.pages)) == (True, 3)
        ended = tmp_path / "child.py"
        answer = json.dumps(json.dumps({"page_count": 3}))
        ended.write_text(f'import os\nos.write(1, {answer}.encode() + b\'\\n"one"\\n"tw\')\nos.abort()\n')
        monkeypatch.setattr(pdf, "CHILD", ended)
        opened = pdf.look_over(source)
    assert (opened.facts.page_count, opened.has_all_text, list(opened.pages)) == (3, False, ["one"])


def test_words_parted_at_the_end_of_a_line_are_put_together() -> None:
    from fpdf import FPDF

    from api.intake.child.pages import texts

    volume = FPDF()
    volume.set_font("Times", size=14)
    volume.add_page()
    volume.multi_cell(0, text="Of lighthouses and the coop-\neration of Nord-\nSee keepers\nat sea")
    assert list(texts(io.BytesIO(bytes(volume.output())), 1e9)) == [
        "Of lighthouses and the cooperation of Nord-See keepers at sea"
    ]
