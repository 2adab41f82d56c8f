"""A file of records in any of the formats that are read: recognised, or taken for what it is said to be."""

import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from api.errors import Invalid
from api.intake.readers import bibtex, csl, onix, ris, table
from api.intake.readers.found import Found
from api.intake.readers.text import text_of
from api.shelf.record_json import records
from api.shelf.record_rules import FaultyRecord
from api.spoken import N_, told

LONGEST_FILE = 200_000_000  # bytes, at the command line


class Form(StrEnum):
    """The formats, by what the command line calls them."""

    JSON = "json"
    CSV = "csv"
    CSL = "csl-json"
    BIBTEX = "bibtex"
    RIS = "ris"
    ONIX = "onix"


NAMES = {
    Form.JSON: N_("Gatefold’s own JSON"),
    Form.CSV: N_("CSV table"),
    Form.CSL: "CSL-JSON",
    Form.BIBTEX: "BibTeX",
    Form.RIS: "RIS",
    Form.ONIX: "ONIX 3",
}
_SIGNS = (
    (Form.JSON, re.compile(r'\s*\{\s*"(?:format|version|titles)"')),
    (Form.CSL, re.compile(r"\s*[\[{]")),
    (Form.ONIX, re.compile(r"\s*<")),
    (Form.RIS, re.compile(r"^\s*TY  ?- ?\w", re.MULTILINE)),
    (Form.BIBTEX, re.compile(r"^[ \t]*@[ \t]*\w+\s*[{(]", re.MULTILINE)),
    (Form.CSV, re.compile(r'(?i)(?:[^\n]*[,;\t])?"?title"?\s*(?:[,;\t]|\n|\Z)')),
)
_LOOKED_AT = 20_000  # characters from the start that a format is recognised by


def recognise(content: bytes) -> Form | None:
    """What the file looks like, by its first words."""
    if content[:4] in (b"%PDF", b"PK\x03\x04"):
        return None
    start = text_of(content[: _LOOKED_AT & ~1])[0] if _is_text(content) else ""
    return next(
        (form for form, sign in _SIGNS if sign.match(start) or (sign.flags & re.M and sign.search(start))), None
    )


def read(content: bytes, form: Form | None = None) -> tuple[Form, list[Found]]:
    """The format and its records. Raises Invalid, in words that name the other format where it looks like one."""
    if not content.strip():
        raise Invalid(N_("There is nothing in it."))
    seen = recognise(content)
    if form is None and seen is None:
        words = N_(
            "The format was not recognised. It has to be one of: {names}. Choose it if it is one of them.",
            names=lambda: ", ".join(map(told, NAMES.values())),
        )
        raise Invalid(words)
    taken = form or seen
    assert taken is not None
    try:
        return taken, _READERS[taken](content)
    except Invalid as refusal:
        if form is None or seen in (None, form):
            raise
        assert seen is not None
        words = N_("{refusal} The file looks like {form}; choose that.", refusal=refusal.message, form=NAMES[seen])
        raise Invalid(words) from refusal


def read_file(path: Path, form: Form | None = None) -> list[Found]:
    """The records of a file at the command line; every refusal names it."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Invalid(f"the file is larger than {LONGEST_FILE} bytes.")
        return read(path.read_bytes(), form)[1]
    except OSError as error:
        raise Invalid(f"{path.name} can't be read: {error.strerror}.") from error
    except Invalid as refusal:
        raise Invalid(f"{path.name}: {refusal.message}") from refusal


def _is_text(content: bytes) -> bool:
    try:
        text_of(content[: _LOOKED_AT & ~1])
    except Invalid:
        return False
    return True


def _own_json(content: bytes) -> list[Found]:
    text, note = text_of(content)
    found = []
    for number, record in enumerate(records(text), start=1):
        where = f"titles[{number}]"
        if isinstance(record, FaultyRecord):
            within = f"{where}."
            found.append(
                Found(where, faults=tuple(replace(each, path=each.path.removeprefix(within)) for each in record.faults))
            )
        else:
            found.append(Found(where, record, (note,) if note and number == 1 else ()))
    return found


_READERS = {
    Form.JSON: _own_json,
    Form.CSV: table.read,
    Form.CSL: csl.read,
    Form.BIBTEX: bibtex.read,
    Form.RIS: ris.read,
    Form.ONIX: onix.read,
}
