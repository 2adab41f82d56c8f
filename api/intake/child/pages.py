"""What PDFium sees: the pages, the first and the last of them drawn, their labels, the bookmarks, the text."""

import re
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from api.intake.child.words import plain

PICTURE = 200  # pixels on the longer side
MOST_LABELS = 20_000
LONGEST_LABEL = 20  # characters
MOST_BOOKMARKS = 1000
DEEPEST_BOOKMARK = 6
SAMPLE = 12  # pages looked at for text
LONGEST_TEXT = 100_000  # characters of a page
_PARTED = re.compile(r"[\x02\xad\ufffe](?:\r?\n)?(.)")  # PDFium's signs for a hyphen at the end of a line
TEXT = 10  # characters that make a page one with text; a scanned page may carry a stamp or a number


def look(source: BinaryIO, cpu_seconds: float) -> dict[str, Any]:
    """Pages are sampled for text only while less than half of the processor time is used up."""
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        return {"refused": "locked" if error.err_code == raw.FPDF_ERR_PASSWORD else "damaged"}
    try:
        pages = len(document)
        if pages < 1:
            return {"refused": "no-pages"}
        try:
            _draw(document, sorted({0, pages - 1}))
        except (pdfium.PdfiumError, ZeroDivisionError):
            return {"refused": "broken-page"}
        return {
            "page_count": pages,
            "labels": _labels(document, pages),
            "bookmarks": list(_bookmarks(document, pages)),
            "text_share": _share_with_text(document, pages, cpu_seconds / 2),
        }
    finally:
        document.close()


def texts(source: BinaryIO, cpu_seconds: float) -> Iterator[str]:
    """The text of each page in turn, while less than four fifths of the processor time is used up."""
    document = pdfium.PdfDocument(source)
    for number in range(len(document)):
        if time.process_time() > cpu_seconds * 4 / 5:
            return
        yield _text(document, number)


def _text(document: Any, number: int) -> str:
    """In one line, words put together again that were parted at the end of a line; nothing of a broken page."""
    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
        page.close()
    except pdfium.PdfiumError:
        return ""
    return plain(_PARTED.sub(_joined, text), LONGEST_TEXT)


def _joined(parted: re.Match[str]) -> str:
    """A hyphen before a capital or a digit is the word's own."""
    return parted[1] if parted[1].islower() else f"-{parted[1]}"


def _draw(document: Any, numbers: list[int]) -> None:
    for number in numbers:
        page = document[number]
        page.render(scale=PICTURE / max(page.get_size()))
        page.close()


def _labels(document: Any, pages: int) -> list[str]:
    """The printed label of every page, or nothing where the PDF has none."""
    if pages > MOST_LABELS:
        return []
    labels = [plain(document.get_page_label(number), LONGEST_LABEL) for number in range(pages)]
    return labels if any(labels) else []


def _bookmarks(document: Any, pages: int) -> Iterator[dict[str, Any]]:
    """Those that lead to a page of the PDF; pages and depths count from 0."""
    for bookmark in islice(document.get_toc(max_depth=DEEPEST_BOOKMARK), MOST_BOOKMARKS):
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        name = plain(bookmark.get_title())
        if name and index is not None and 0 <= index < pages:
            yield {"name": name, "page": index, "depth": bookmark.level}


def _share_with_text(document: Any, pages: int, seconds: float) -> float | None:
    looked_at, with_text = 0, 0
    for number in sorted({pages * step // SAMPLE for step in range(SAMPLE)}):
        if time.process_time() > seconds:
            break
        try:
            page = document[number]
            with_text += page.get_textpage().count_chars() >= TEXT
            page.close()
        except pdfium.PdfiumError:
            continue
        looked_at += 1
    return round(with_text / looked_at, 2) if looked_at else None
