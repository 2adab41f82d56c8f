"""BibTeX and biblatex: books, edited volumes, reports and papers; what is `in` a book becomes a chapter of it."""

import re

from api.errors import Invalid
from api.intake.readers import names
from api.intake.readers.bibtex_text import RawEntry, entries
from api.intake.readers.entry import Entry, book_kind, iso
from api.intake.readers.found import Found
from api.intake.readers.gathering import gathered
from api.intake.readers.languages import tag_of
from api.intake.readers.latex import plain
from api.intake.readers.text import text_of
from api.spoken import N_
from api.tables import Contribution, IdentifierKind, Kind

MOST_ENTRIES = 20_000
BOOKS = {"book", "mvbook", "booklet", "collection", "mvcollection", "proceedings", "mvproceedings", "manual"}
BOOKS |= {"thesis", "phdthesis", "mastersthesis", "reference", "mvreference"}
CHAPTERS = {"incollection", "inbook", "inproceedings", "conference", "bookinbook", "suppbook", "inreference"}
REPORTS = {"techreport", "report"}
PAPERS = {"article", "unpublished", "misc", "online", "electronic", "www"}
_ROLES = (
    ("author", Contribution.AUTHOR),
    ("editor", Contribution.EDITOR),
    ("translator", Contribution.TRANSLATOR),
    ("introduction", Contribution.INTRODUCTION),
    ("foreword", Contribution.FOREWORD),
    ("afterword", Contribution.AFTERWORD),
)
_EDITOR_TYPES = {
    "editor": Contribution.EDITOR,
    "compiler": Contribution.COMPILER,
    "collaborator": Contribution.CONTRIBUTOR,
}
_TEXTS = {"publisher": "publisher", "series": "series", "volume": "volume", "abstract": "abstract"}


def read(content: bytes) -> list[Found]:
    text, note = text_of(content)
    raw = list(entries(text, MOST_ENTRIES))
    if not raw:
        raise Invalid(N_("This is no BibTeX: no line begins with an entry such as {example}", example="@book{key,"))
    _inherit(raw)
    found = [entry for each in raw if (entry := _entry(each)) is not None]
    if note:
        found[0:1] = [_noted(found[0], note)] if found else []
    return gathered(found)


def _inherit(raw: list[RawEntry]) -> None:
    """What an entry names by `crossref` lends it the name and the numbers of the book."""
    by_key = {each.key.lower(): each for each in raw if each.key}
    for each in raw:
        parent = by_key.get(each.fields.get("crossref", "").lower())
        if parent is not None and parent is not each:
            each.fields.setdefault("booktitle", parent.fields.get("title", ""))


def _entry(raw: RawEntry) -> Entry | None:
    entry = Entry(N_("{key} (line {line})", key=raw.key or f"@{raw.kind}", line=raw.line), key=raw.key.lower())
    if raw.fault:
        entry.kind, entry.faults = Kind.MONOGRAPH, [raw.fault]
        return entry
    fields = raw.fields
    _people(entry, fields)
    entry.kind = _kind(raw.kind, entry)
    entry.say_title(plain(fields.get("title", "")), plain(fields.get("subtitle", "")))
    for name, fact in _TEXTS.items():
        entry.say(fact, plain(fields.get(name, "")))
    entry.say("place", plain(fields.get("location") or fields.get("address", "")))
    _date(entry, fields)
    entry.say_doi(fields.get("doi", "").replace("\\", ""))
    entry.say_isbns(fields.get("isbn", ""))
    entry.say_edition(plain(fields.get("edition", "")))
    entry.say_number("pages", plain(fields.get("pagetotal", "")))
    entry.say("language", tag_of(plain(fields.get("langid") or fields.get("language", "")).partition(",")[0]))
    entry.say_keywords(re.split(r"[;,]", plain(fields.get("keywords", ""))))
    _numbers(entry, raw)
    entry.container = plain(fields.get("booktitle", "") or fields.get("maintitle", ""))
    if entry.kind is None and fields.get("booksubtitle"):
        entry.container += ": " + plain(fields["booksubtitle"])
    entry.container_key = fields.get("crossref", "").lower()
    if "journal" in fields or "journaltitle" in fields:
        entry.notes.append(N_("The name of the journal was left out: a record has no field for it."))
    return entry


def _kind(kind: str, entry: Entry) -> Kind | None:
    if kind in CHAPTERS:
        return None
    if kind in REPORTS:
        return Kind.REPORT
    if kind in BOOKS:
        edited = kind in ("collection", "mvcollection", "proceedings", "mvproceedings")
        return Kind.EDITED_VOLUME if edited else book_kind(entry.people)
    if kind not in PAPERS:
        entry.notes.append(N_("@{kind} is not known here and was taken for a paper.", kind=kind))
    return Kind.PAPER


def _people(entry: Entry, fields: dict[str, str]) -> None:
    for name, role in _ROLES:
        if name == "editor":
            role = _EDITOR_TYPES.get(fields.get("editortype", "editor").lower(), Contribution.EDITOR)
        entry.people += names.listed(fields.get(name, ""), role, entry.notes)


def _date(entry: Entry, fields: dict[str, str]) -> None:
    if fields.get("date"):
        entry.say_date(plain(fields["date"]).partition("/")[0])
    elif fields.get("year"):
        month = plain(fields.get("month", ""))
        date = iso(plain(fields["year"]), month) if month.isdecimal() else None
        if date:
            entry.say("published", date)
        else:
            entry.say_date(f"{month} {plain(fields['year'])}".strip() if month else plain(fields["year"]))


def _numbers(entry: Entry, raw: RawEntry) -> None:
    fields = raw.fields
    number = plain(fields.get("number", ""))
    if entry.kind is Kind.REPORT:
        entry.identify(IdentifierKind.REPORT_NUMBER, number)
        entry.say("institution", plain(fields.get("institution", "")))
        entry.say("genre", plain(fields.get("type", "")))
    elif entry.kind is None:
        entry.number = plain(fields.get("chapter", "")) or None
        entry.say_pages(plain(fields.get("pages", "")))
    elif "series" in entry.facts:
        entry.say("series_number", number or entry.facts.pop("volume", None))
    elif number:
        entry.notes.append(N_("The number “{number}” was left out: the entry names no series.", number=number))


def _noted(entry: Entry, note: str) -> Entry:
    entry.notes.insert(0, note)
    return entry
