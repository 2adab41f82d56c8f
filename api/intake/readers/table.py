"""The portal's own table: one row a title, the columns named as the fields of the record."""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from api.errors import Invalid
from api.formats.cells import as_written
from api.intake.readers.entry import slugged
from api.intake.readers.found import EVERYTHING, Found
from api.intake.readers.text import text_of
from api.shelf.drafts import LISTS, TitleDraft
from api.shelf.record_csv import BETWEEN, COLUMNS, NO, YES, listed
from api.shelf.record_json import read as read_record
from api.shelf.record_rules import RANGES, Fault, FaultKind, FaultyRecord
from api.spoken import N_

MOST_ROWS = 20_000
LONGEST_HEADING = 5_000  # characters
_TRUE, _FALSE = {YES, "true", "1", "x"}, {NO, "false", "0"}
HOW = N_("has to be rows with “{sign}” between them, or JSON as in an export", sign=BETWEEN.strip())


def read(content: bytes) -> list[Found]:
    text, note = text_of(content)
    rows = _rows(text)
    heading = [cell.strip().lower() for cell in next(rows, (0, [""]))[1]]
    _must_be_columns(heading)
    found: list[Found] = []
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            found.append(_found(number, heading, cells))
        if len(found) > MOST_ROWS:
            raise Invalid(N_("The table has more than {most} rows. Part it into several.", most=MOST_ROWS))
    if note and found:
        first = found[0]
        found[0] = Found(
            first.where, first.draft, (note, *first.notes), first.faults, first.said, False, first.has_slug
        )
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it ends on."""
    first = text.partition("\n")[0]
    if len(first) > LONGEST_HEADING:
        raise Invalid(N_("This is no table of titles: its first line is too long to name the columns."))
    csv.field_size_limit(sys.maxsize >> 32)  # contents can be long; the file itself is bounded
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        for cells in rows:
            yield rows.line_num, cells
    except csv.Error as error:
        words = N_("Line {line} of the table can’t be read: {error}.", line=rows.line_num, error=str(error))
        raise Invalid(words) from error


def _must_be_columns(heading: list[str]) -> None:
    known = [name for name in heading if name in COLUMNS]
    if not {"title", "kind"} <= set(known):
        raise Invalid(
            N_("This is no table of titles: its first line has to name the columns, title and kind among them.")
        )
    if strange := [name for name in heading if name and name not in COLUMNS]:
        words = N_(
            "The column “{name}” is not known; what there may be: {names}.",
            name=strange[0][:60],
            names=", ".join(COLUMNS),
        )
        raise Invalid(words)
    if twice := [name for name, count in Counter(known).items() if count > 1]:
        raise Invalid(N_("There are two columns “{name}”.", name=twice[0]))


def _found(number: int, heading: list[str], cells: list[str]) -> Found:
    where, faults = N_("line {number}", number=number), list[Fault]()
    if len(cells) > len(heading):
        fault = Fault("title", FaultKind.MALFORMED, N_("stands in a row with more cells than there are columns"))
        return Found(where, faults=(fault,))
    said = {name: as_written(cell).strip() for name, cell in zip(heading, cells, strict=False) if name}
    row: dict[str, Any] = {
        name: value for name, cell in said.items() if cell and (value := _value(name, cell, faults)) is not None
    }
    has_slug = "slug" in row
    if not has_slug:
        row["slug"] = slugged(said.get("title", "")) or "untitled"
    lists: dict[str, Any] = {name: row.pop(name) for name in LISTS if isinstance(row.get(name), tuple)}
    try:
        draft = read_record(row)
    except FaultyRecord as faulty:
        return Found(where, faults=(*faults, *faulty.faults))
    if faults:
        return Found(where, faults=tuple(faults))
    whole = TitleDraft(draft.facts, **{name: lists.get(name, getattr(draft, name)) for name in LISTS})
    return Found(where, whole, said=EVERYTHING & set(said), has_slug=has_slug)


def _value(name: str, cell: str, faults: list[Fault]) -> Any:
    """What a cell says, as the record's JSON has it, or the rows of a list."""
    if name in RANGES:
        if not cell.isascii() or not cell.isdecimal() or len(cell) > 9:
            faults.append(Fault(name, FaultKind.MALFORMED, N_("has to be a whole number")))
            return None
        return int(cell)
    if name == "doi_is_ours":
        if cell.lower() not in _TRUE | _FALSE:
            faults.append(Fault(name, FaultKind.MALFORMED, N_("has to be {yes} or {no}", yes=YES, no=NO)))
        return cell.lower() in _TRUE
    if name not in LISTS:
        return cell
    if not cell.startswith("["):
        rows = listed(name, cell)
        if rows is None:
            faults.append(Fault(name, FaultKind.MALFORMED, HOW))
        return rows
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        faults.append(Fault(name, FaultKind.MALFORMED, HOW))
        return None
