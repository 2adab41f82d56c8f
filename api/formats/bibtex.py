"""BibTeX that biblatex reads as well: UTF-8, with what TeX would take for a command escaped."""

import re
import unicodedata
from collections.abc import Sequence

from api.formats.record import Person
from api.formats.works import Work, title_of
from api.tables import Kind

MEDIA_TYPE = "application/x-bibtex"
ENTRIES = {
    Kind.EDITED_VOLUME: "book",
    Kind.MONOGRAPH: "book",
    Kind.REPORT: "techreport",
    Kind.PAPER: "techreport",
}
# What babel calls the languages that scholarly presses publish in most.
LANGIDS = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "ngerman",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "magyar",
    "it": "italian",
    "la": "latin",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
    "uk": "ukrainian",
}
_COMMANDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",  # a brace ends a value even after a backslash
    "}": r"\textbraceright{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
_COMMAND = re.compile(r"[\\~^&%$#_{}]")
_LEADS_ASTRAY = re.compile(r",|\band\b", re.IGNORECASE)


def written(works: Sequence[Work]) -> bytes:
    return "\n".join(_entry(work) for work in works).encode()


def key(work: Work) -> str:
    """sample2024rivers: who, when, and the title's own address, which makes it unique."""
    people = work.authors or work.editors
    who = _plain(people[0].family or people[0].display) if people else ""
    chapter = f"-{work.chapter.address}" if work.chapter else ""
    return f"{who}{work.date[:4] if work.date else ''}{work.record.slug.replace('-', '')}{chapter}"


def _entry(work: Work) -> str:
    kind = "incollection" if work.chapter else ENTRIES[work.record.kind]
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(work).items() if value]
    return "\n".join([f"@{kind}{{{key(work)},", *lines, "}", ""])


def _fields(work: Work) -> dict[str, str]:
    record, chapter = work.record, work.chapter
    is_report = not chapter and record.kind in (Kind.REPORT, Kind.PAPER)
    version = record.edition.number if record.edition else 1
    return {
        "author": _names(work.authors),
        "editor": _names(work.editors),
        "translator": _names(work.translators),
        "title": _kept(work.name),
        "booktitle": _kept(title_of(record)) if chapter else "",
        "type": _said(record.genre) if is_report else "",
        "number": _said(record.report_number if is_report else record.series_number),
        "institution": _kept(work.issuer) if is_report else "",
        "publisher": "" if is_report else _kept(work.issuer),
        "address": _said(record.place),
        "series": "" if is_report else _kept(record.series),
        "volume": _said(record.volume),
        "edition": _said(record.edition_statement or (str(record.edition_number) if record.edition_number else None)),
        "date": work.date or "",
        "year": work.date[:4] if work.date else "",
        "chapter": _said(chapter.number) if chapter else "",
        "pages": _pages(work),
        "pagetotal": str(record.pages) if record.pages and not chapter else "",
        "isbn": record.isbn or next((each.value for each in record.isbns), ""),
        "doi": _verbatim(work.doi or ""),
        "url": _verbatim(work.link),
        "langid": LANGIDS.get(work.language.split("-")[0].lower(), ""),
        "note": f"Version {version}" if version > 1 else "",
        "keywords": _said(", ".join(record.keywords)),
        "abstract": _said(work.abstract),
    }


def _pages(work: Work) -> str:
    chapter = work.chapter
    if chapter is None or not chapter.first_page:
        return ""
    is_range = chapter.last_page and chapter.last_page != chapter.first_page
    return _said(f"{chapter.first_page}--{chapter.last_page}" if is_range else chapter.first_page)


def _names(people: Sequence[Person]) -> str:
    return " and ".join(_name(person) for person in people)


def _name(person: Person) -> str:
    """van der Muster, Jr., Ludwig. A name without parts is kept whole by braces, as is one that would be misread."""
    if not person.family or not person.given:
        return f"{{{_said(person.display)}}}"
    family = _said(person.family)
    if person.family[0].islower() or _LEADS_ASTRAY.search(person.family):
        family = f"{{{family}}}"
    before = f"{_said(person.particle)} " if person.particle else ""
    return ", ".join(part for part in (before + family, _said(person.suffix), _said(person.given)) if part)


def _kept(words: str | None) -> str:
    """In braces of its own, so that no style changes its capitals or takes it apart."""
    return f"{{{_said(words)}}}" if words else ""


def _said(words: str | None) -> str:
    return _COMMAND.sub(lambda found: _COMMANDS[found[0]], " ".join((words or "").split()))


def _verbatim(address: str) -> str:
    """Addresses are taken as they are, so only what would end the field is changed."""
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _plain(words: str) -> str:
    """Lower-case letters without accents; nothing of what has no such form."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", words).lower())
