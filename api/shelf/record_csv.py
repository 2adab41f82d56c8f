"""A title's record as one row of a table, and back without loss: `docs/record.md` describes the columns.

A list is written as a person would write it where that says all of it, and as JSON where it does not.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from api.formats.cells import harmless
from api.formats.record import About, Identified, Person
from api.shelf.drafts import FACTS, LISTS, TitleDraft
from api.shelf.record_json import plain
from api.tables import Contribution, IdentifierKind, SubjectScheme

COLUMNS = (*FACTS, *LISTS)
BETWEEN = " | "  # between the rows of a list
MOST_IN_A_CELL = 2000  # rows; no list of a record takes as many
YES, NO = "yes", "no"
_PERSON = re.compile(r"(?P<name>.+?)(?: \((?P<role>[a-z-]+)\))?")
_CODED = re.compile(r"(?P<scheme>[a-z-]+)(?: (?P<code>[^:]*))?(?:: (?P<heading>.*))?")
Rows = tuple[Any, ...]


def table(drafts: Iterable[TitleDraft]) -> Iterator[str]:
    """The whole table, a line at a time: UTF-8 with its mark is what spreadsheets open rightly."""
    yield "\ufeff" + _line(COLUMNS)
    for draft in drafts:
        yield _line(row(draft))


def row(draft: TitleDraft) -> list[str]:
    """The cells of one title, harmless to spreadsheets."""
    said = plain(draft)
    return [harmless(_cell(name, said.get(name), draft)) for name in COLUMNS]


def listed(name: str, text: str) -> Rows | None:
    """The rows that people wrote into the cell of that list; None where it can't be read so."""
    read = _READERS.get(name)
    if read is None:
        return None
    pieces = [piece.strip() for piece in text.split(BETWEEN.strip()) if piece.strip()]
    rows = [read(piece) for piece in pieces] if len(pieces) <= MOST_IN_A_CELL else [None]
    return tuple(rows) if None not in rows else None


def _cell(name: str, said: Any, draft: TitleDraft) -> str:
    if said is None:
        return ""
    if isinstance(said, bool):
        return YES if said else NO
    if not isinstance(said, list):
        return str(said)
    rows = getattr(draft, name)
    if (write := _WRITERS.get(name)) is not None:
        text = BETWEEN.join(map(write, rows))
        if not text.startswith("[") and listed(name, text) == rows:
            return text
    return json.dumps(said, ensure_ascii=False)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _write_person(person: Person) -> str:
    if person.is_organisation:
        name = f"{{{person.name}}}"
    else:
        name = person.name or ", ".join((person.family or "", person.given or "")).strip(" ")
    return f"{name} ({person.role})"


def _read_person(text: str) -> Person | None:
    found = _PERSON.fullmatch(text)
    if found is None or (found["role"] and found["role"] not in list(Contribution)):
        return None
    name, role = found["name"].strip(), Contribution(found["role"] or Contribution.AUTHOR)
    if name.startswith("{") and name.endswith("}"):
        return Person(name=name[1:-1].strip(), is_organisation=True, role=role)
    family, comma, given = name.partition(",")
    if not comma:
        return Person(name=name, role=role)
    return Person(family=family.strip(), given=given.strip() or None, role=role) if family.strip() else None


def _write_identifier(identifier: Identified) -> str:
    return f"{identifier.kind} {identifier.value}"


def _read_identifier(text: str) -> Identified | None:
    kind, _, value = text.partition(" ")
    return Identified(IdentifierKind(kind), value.strip()) if kind in list(IdentifierKind) and value.strip() else None


def _write_subject(subject: About) -> str:
    if subject.scheme is SubjectScheme.KEYWORD:
        return str(subject.heading)
    return str(subject.scheme) + (f" {subject.code}" if subject.code else "") + _headed(subject.heading)


def _headed(heading: str | None) -> str:
    return f": {heading}" if heading else ""


def _read_subject(text: str) -> About:
    """`thema GLP: Archiving`; what names no scheme is a keyword."""
    found = _CODED.fullmatch(text)
    if found is None or found["scheme"] not in list(SubjectScheme) or not (found["code"] or found["heading"]):
        return About(SubjectScheme.KEYWORD, heading=text)
    return About(SubjectScheme(found["scheme"]), found["code"] or None, found["heading"] or None)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "contributors": _write_person,
    "identifiers": _write_identifier,
    "subjects": _write_subject,
}
_READERS: dict[str, Callable[[str], Any]] = {
    "contributors": _read_person,
    "identifiers": _read_identifier,
    "subjects": _read_subject,
}
