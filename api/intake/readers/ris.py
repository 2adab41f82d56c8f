"""RIS: books, edited books, reports and papers; a CHAP goes into its volume where that is in the same file."""

import re
from collections.abc import Iterator

from api.errors import Invalid
from api.intake.readers import names
from api.intake.readers.entry import TOO_MANY, Entry, book_kind
from api.intake.readers.found import Found
from api.intake.readers.gathering import gathered
from api.intake.readers.languages import tag_of
from api.intake.readers.text import LONGEST_VALUE, text_of
from api.shelf.record_rules import Fault, FaultKind
from api.spoken import N_
from api.tables import Contribution, IdentifierKind, Kind

MOST_ENTRIES = 20_000
_LINE = re.compile(r"([A-Z][A-Z0-9])  ?- ?(.*)")
_KINDS = {
    **{"BOOK": Kind.MONOGRAPH, "EBOOK": Kind.MONOGRAPH, "EDBOOK": Kind.EDITED_VOLUME, "CONF": Kind.EDITED_VOLUME},
    **{"RPRT": Kind.REPORT, "GOVDOC": Kind.REPORT, "THES": Kind.MONOGRAPH},
    **{"JOUR": Kind.PAPER, "UNPB": Kind.PAPER, "GEN": Kind.PAPER, "MGZN": Kind.PAPER, "EJOUR": Kind.PAPER},
}
_CHAPTERS = {"CHAP", "ECHAP", "CPAPER"}
_BOOKS = (Kind.MONOGRAPH, Kind.EDITED_VOLUME)
Tags = dict[str, list[str]]


def read(content: bytes) -> list[Found]:
    text, note = text_of(content)
    entries = []
    for number, tags in enumerate(_records(text), start=1):
        if number > MOST_ENTRIES:
            raise Invalid(N_("The file has more than {most} entries. Part it into several.", most=MOST_ENTRIES))
        entries.append(_entry(number, tags))
    if not entries:
        raise Invalid(N_("This is no RIS: no line begins with “TY  - ”."))
    if note:
        entries[0].notes.insert(0, note)
    return gathered(entries)


def _records(text: str) -> Iterator[Tags]:
    """The tags of each record with all they say; a line without a tag goes on with the one before."""
    said: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        found = _LINE.fullmatch(line.strip("\ufeff\t "))
        if found is None:
            if len(said) > 1 and line.strip():
                said[-1][1].append(line.strip())
        elif found[1] in ("TY", "ER"):
            if said:
                yield _tags(said) | ({"ER": []} if found[1] == "ER" else {})
            said = [("TY", [found[2].strip().upper()])] if found[1] == "TY" else []
        elif said:
            said.append((found[1], [found[2].strip()]))
    if said:
        yield _tags(said)


def _tags(said: list[tuple[str, list[str]]]) -> Tags:
    tags: Tags = {}
    for tag, lines in said:
        tags.setdefault(tag, []).append(" ".join(lines)[:LONGEST_VALUE])
    return tags


def _entry(number: int, tags: Tags) -> Entry:
    kind = tags["TY"][0]
    entry = Entry(N_("entry {number} ({type})", number=number, type=kind or N_("no type")))
    entry.kind = None if kind in _CHAPTERS else _KINDS.get(kind, Kind.PAPER)
    if kind not in _CHAPTERS and kind not in _KINDS:
        entry.faults.append(
            Fault(
                "kind",
                FaultKind.MALFORMED,
                N_("is {kind}; taken are BOOK, EDBOOK, CHAP, RPRT and UNPB", kind=kind or N_("not said")),
            )
        )
    if "ER" not in tags:
        entry.notes.append(N_("The record does not end with “ER  - ”; look whether something is missing."))
    _people(entry, tags)
    if kind in ("BOOK", "EBOOK"):
        entry.kind = book_kind(entry.people)
    entry.say_title(_first(tags, "TI", "T1", "CT", "BT" if entry.kind in _BOOKS else "TI"))
    entry.say("publisher", _first(tags, "PB"))
    entry.say("place", _first(tags, "CY", "PP"))
    entry.say_date(_first(tags, "DA", "PY", "Y1"))
    entry.say_doi(_first(tags, "DO"))
    entry.say("language", tag_of(_first(tags, "LA")))
    entry.say("abstract", _first(tags, "AB", "N2"))
    entry.say_keywords(tags.get("KW", []))
    _numbers(entry, tags)
    return entry


def _people(entry: Entry, tags: Tags) -> None:
    edited = tags["TY"][0] == "EDBOOK" or (tags["TY"][0] == "CONF" and "ED" not in tags)
    second = Contribution.EDITOR if entry.kind is None or edited else Contribution.SERIES_EDITOR
    roles = {
        "AU": Contribution.EDITOR if edited else Contribution.AUTHOR,
        "A1": Contribution.EDITOR if edited else Contribution.AUTHOR,
        "ED": Contribution.EDITOR,
        "A2": second,
        "A3": Contribution.SERIES_EDITOR,
        "A4": Contribution.TRANSLATOR,
    }
    for tag, role in roles.items():
        for name in tags.get(tag, [])[:TOO_MANY]:
            if name:
                person = names.inverted(name, role, entry.notes)
                if person not in entry.people:
                    entry.people.append(person)


def _numbers(entry: Entry, tags: Tags) -> None:
    if entry.kind is None:
        entry.say_isbns(" ".join(tags.get("SN", []))[:LONGEST_VALUE])
        entry.container = _first(tags, "T2", "BT", "JF")
        entry.number = _first(tags, "SE", "CP") or None
        first, last = _first(tags, "SP"), _first(tags, "EP")
        entry.say_pages(f"{first}-{last}" if last else first)
        return
    if entry.kind is Kind.REPORT:
        entry.identify(IdentifierKind.REPORT_NUMBER, _first(tags, "SN", "IS", "M1"))
        entry.say("institution", entry.facts.pop("publisher", None))
        entry.say("genre", _first(tags, "M3"))
    elif entry.kind in _BOOKS:
        entry.say_isbns(" ".join(tags.get("SN", []))[:LONGEST_VALUE])
        entry.say_edition(_first(tags, "ET"))
        entry.say("series", _first(tags, "T2", "T3"))
        entry.say("volume", _first(tags, "VL"))
        if "series" in entry.facts:
            entry.say("series_number", _first(tags, "M1") or entry.facts.pop("volume", None))
    elif name := _first(tags, "T2", "JF", "JO"):
        entry.notes.append(N_("“{journal}” was left out: a record has no field for a journal.", journal=name[:120]))
    if entry.kind in _BOOKS or entry.kind is Kind.REPORT:
        entry.say_number("pages", _first(tags, "SP") if not _first(tags, "EP") else "")


def _first(tags: Tags, *names: str) -> str:
    return next((text for name in names for text in tags.get(name, []) if text), "")
