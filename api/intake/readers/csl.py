"""CSL-JSON, as Zotero, Mendeley and pandoc write it; chapters go into their volume where it is in the same file."""

import json
from typing import Any

from api.errors import Invalid
from api.formats.record import Person
from api.intake.readers.entry import TOO_MANY, Entry, book_kind, iso
from api.intake.readers.found import Found
from api.intake.readers.gathering import gathered
from api.intake.readers.languages import tag_of
from api.intake.readers.text import LONGEST_VALUE, text_of
from api.shelf.record_rules import Fault, FaultKind
from api.spoken import N_, Said
from api.tables import Contribution, IdentifierKind, Kind

MOST_ENTRIES = 20_000
_KINDS = {
    **{"book": Kind.MONOGRAPH, "collection": Kind.EDITED_VOLUME, "thesis": Kind.MONOGRAPH, "report": Kind.REPORT},
    **{"manuscript": Kind.PAPER, "article": Kind.PAPER, "article-journal": Kind.PAPER, "pamphlet": Kind.REPORT},
    **{"document": Kind.PAPER, "webpage": Kind.PAPER, "article-magazine": Kind.PAPER},
}
_CHAPTERS = {"chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary", "entry"}
_ROLES = {
    "author": Contribution.AUTHOR,
    "editor": Contribution.EDITOR,
    "translator": Contribution.TRANSLATOR,
    "illustrator": Contribution.ILLUSTRATOR,
    "compiler": Contribution.COMPILER,
    "collection-editor": Contribution.SERIES_EDITOR,
    "contributor": Contribution.CONTRIBUTOR,
}


def read(content: bytes) -> list[Found]:
    text, note = text_of(content)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        words = N_("it is nested too deeply") if isinstance(error, RecursionError) else str(error)
        raise Invalid(N_("This is not JSON: {error}.", error=words)) from error
    items = whole.get("items", [whole]) if isinstance(whole, dict) else whole
    if not isinstance(items, list) or not items:
        raise Invalid(N_("This is no CSL-JSON: it has to be a list of items."))
    if len(items) > MOST_ENTRIES:
        raise Invalid(N_("The file has more than {most} items. Part it into several.", most=MOST_ENTRIES))
    if not any(isinstance(item, dict) and "type" in item for item in items):
        raise Invalid(N_("This is no CSL-JSON: no item says its type."))
    entries = [_entry(number, item) for number, item in enumerate(items, start=1)]
    if note:
        entries[0].notes.insert(0, note)
    return gathered(entries)


def _entry(number: int, item: Any) -> Entry:
    entry = Entry(N_("item {number}", number=number), kind=Kind.PAPER)
    kind = _text(item, "type") if isinstance(item, dict) else ""
    if kind not in _KINDS and kind not in _CHAPTERS:
        words = N_(
            "is {kind}; taken are book, chapter, report, thesis, article and manuscript",
            kind=kind[:60] or N_("not said"),
        )
        entry.faults.append(Fault("type", FaultKind.MALFORMED, words))
        return entry
    if name := _text(item, "id")[:60]:
        entry.where = Said("{where} ({name})", where=entry.where, name=name)
    for field, role in _ROLES.items():
        entry.people += _people(entry, item.get(field), role)
    entry.kind = None if kind in _CHAPTERS else book_kind(entry.people) if kind == "book" else _KINDS[kind]
    entry.say_title(_text(item, "title"))
    entry.say("publisher", _text(item, "publisher"))
    entry.say("place", _text(item, "publisher-place"))
    entry.say("abstract", _text(item, "abstract"))
    entry.say("language", tag_of(_text(item, "language")))
    entry.say_doi(_text(item, "DOI"))
    entry.say_isbns(_text(item, "ISBN"))
    _issued(entry, item.get("issued"))
    entry.say_keywords(_text(item, "keyword").replace(";", ",").split(","))
    _numbers(entry, item)
    return entry


def _numbers(entry: Entry, item: dict[str, Any]) -> None:
    entry.container = _text(item, "container-title")
    if entry.kind is None:
        entry.number = _text(item, "chapter-number") or None
        entry.say_pages(_text(item, "page"))
        return
    entry.say_number("pages", _text(item, "number-of-pages"))
    if entry.kind is Kind.REPORT:
        entry.identify(IdentifierKind.REPORT_NUMBER, _text(item, "number"))
        entry.say("institution", entry.facts.pop("publisher", None))
        entry.say("genre", _text(item, "genre"))
        return
    if entry.kind is Kind.PAPER:
        if entry.container:
            entry.notes.append(
                N_("“{journal}” was left out: a record has no field for a journal.", journal=entry.container[:120])
            )
        return
    entry.say_edition(_text(item, "edition"))
    entry.say("series", _text(item, "collection-title"))
    entry.say("volume", _text(item, "volume"))
    if "series" in entry.facts:
        entry.say("series_number", _text(item, "collection-number"))


def _people(entry: Entry, rows: Any, role: Contribution) -> list[Person]:
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        entry.faults.append(Fault(str(role), FaultKind.MALFORMED, N_("has to be a list of names")))
        return []
    return [
        _person(row, role)
        for row in rows[:TOO_MANY]
        if any(_text(row, name) for name in ("family", "given", "literal"))
    ]


def _person(row: dict[str, Any], role: Contribution) -> Person:
    orcid = _text(row, "ORCID") or _text(row, "orcid") or None
    if literal := _text(row, "literal"):
        return Person(name=literal, is_organisation=orcid is None, role=role, orcid=orcid)
    particle = " ".join(filter(None, (_text(row, "dropping-particle"), _text(row, "non-dropping-particle"))))
    given, family = _text(row, "given") or None, _text(row, "family") or None
    if family is None:
        given, family = None, given
    suffix = _text(row, "suffix") or None
    return Person(given=given, family=family, particle=particle or None, suffix=suffix, role=role, orcid=orcid)


def _issued(entry: Entry, issued: Any) -> None:
    if isinstance(issued, str):
        entry.say_date(issued)
    if not isinstance(issued, dict):
        return
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        entry.say("published", iso(*(str(part)[:10] for part in first[:3])))
        if "published" not in entry.facts:
            entry.notes.append(N_("The date was left out: its date-parts are no date."))
    else:
        entry.say_date(_text(issued, "raw") or _text(issued, "literal"))


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)[:40]
    return value.strip()[:LONGEST_VALUE] if isinstance(value, str) else ""
