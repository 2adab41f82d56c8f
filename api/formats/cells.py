"""Tables as CSV whose cells no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what makes a spreadsheet run a cell, or stood before our own mark


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_written(cell: str) -> str:
    """The cell without the apostrophe that `harmless` set."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """Rows as RFC 4180 has them, each made harmless."""
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()
