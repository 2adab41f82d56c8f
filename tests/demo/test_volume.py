"""The sample volume: marked on every page, paged and outlined as the book is, the same bytes every time."""

import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from api.demo.sheet import cast_fonts
from api.demo.voices import EXAMPLE, STAND_IN
from api.demo.volume import make
from api.intake.pdf import inspect
from api.intake.titlefile import read
from api.shelf.shelving import TitleDraft

TITLES = Path(__file__).parents[2] / "api/demo/titles"
KNOWN_PAGES = ((1, 13), (15, 15), (73, 73), (101, 161), (163, 163), (243, 243), (245, 276))


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fonts")
    cast_fonts(folder)
    return folder


@pytest.fixture(scope="module")
def founding() -> TitleDraft:
    return read(TITLES / "russia-china-relations.toml")


@pytest.fixture(scope="module")
def volume(founding: TitleDraft, fonts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("volume") / "sample.pdf"
    make(founding, STAND_IN, fonts, path)
    return path


@pytest.fixture
def document(volume: Path) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(volume)
    yield document
    document.close()


def text_of(document: pdfium.PdfDocument, index: int) -> str:
    page = document[index]
    text_page = page.get_textpage()
    text = " ".join(text_page.get_text_bounded().split())
    text_page.close()
    page.close()
    return text


def test_it_is_fit_for_the_intake_and_long_enough(volume: Path) -> None:
    with volume.open("rb") as source:
        assert inspect(source).page_count >= 40


def test_labels_carry_the_printed_page_numbers(document: pdfium.PdfDocument) -> None:
    labels = [document.get_page_label(index) for index in range(len(document))]
    printed = [str(number) for first, last in KNOWN_PAGES for number in range(first, last + 1)]
    assert labels == ["i", "ii", "iii", "iv", *printed]


def test_bookmarks_follow_parts_and_chapters(document: pdfium.PdfDocument, founding: TitleDraft) -> None:
    marks = [
        (mark.level, mark.get_title(), document.get_page_label(mark.get_dest().get_index()))
        for mark in document.get_toc()
    ]
    assert [title for _, title, _ in marks[:4]] == ["Title page", "About this sample", "Abstract", "Contents"]
    assert [(level, title) for level, title, _ in marks[4:]] == [
        (0 if line.is_part else 1, line.name) for line in founding.contents
    ]
    assert [label for _, _, label in marks[4:]] == [
        *("1", "1", "15", "73", "101", "121", "141", "163", "243", "245", "267")
    ]


def test_every_page_says_what_it_is(document: pdfium.PdfDocument) -> None:
    unmarked = [
        index for index in range(len(document)) if "Sample volume, not the book" not in text_of(document, index)
    ]
    assert unmarked == []
    assert "This is a sample volume." in text_of(document, 1)
    assert "It is not the book" in text_of(document, 1)


def test_every_page_shows_its_own_label(document: pdfium.PdfDocument) -> None:
    wrong = [
        index
        for index in range(len(document))
        if document.get_page_label(index) not in text_of(document, index).split()
    ]
    assert wrong == []


def test_front_matter_is_the_publishers_own(document: pdfium.PdfDocument, founding: TitleDraft) -> None:
    assert "Edited by Sarah Kirchberger, Svenja Sinjen and Nils Wörmer" in text_of(document, 0)
    assert "Emerging Alliance or Eternal Rivals?" in text_of(document, 0)
    abstract = text_of(document, 2)
    assert "This book examines Russia-China relations" in abstract
    assert "watershed moment of the Crimean crisis" in abstract
    contents = text_of(document, 3)
    assert all(line.name.split()[-1] in contents for line in founding.contents)


def test_the_same_description_gives_the_same_bytes(
    founding: TitleDraft, fonts: Path, volume: Path, tmp_path: Path
) -> None:
    time.sleep(1.1)  # a date that slips in would differ by now
    cast_fonts(tmp_path)
    make(founding, STAND_IN, tmp_path, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == volume.read_bytes()


@pytest.mark.parametrize(
    ("slug", "pages"),
    [("an-open-door", 6), ("the-named-reader", 8), ("a-date-on-the-door", 7), ("a-withdrawn-paper", 3)],
)
def test_the_examples_are_short(slug: str, pages: int, fonts: Path, tmp_path: Path) -> None:
    make(read(TITLES / f"{slug}.toml"), EXAMPLE, fonts, tmp_path / "sample.pdf")
    document = pdfium.PdfDocument(tmp_path / "sample.pdf")
    assert len(document) == pages
    assert all("Sample, not a real publication" in text_of(document, index) for index in range(pages))
    document.close()
