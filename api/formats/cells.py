"""Tables as CSV whose cells no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """The cell; one that would begin a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(BEGIN_FORMULAS) else cell


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """Rows as RFC 4180 has them, each made harmless."""
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()
