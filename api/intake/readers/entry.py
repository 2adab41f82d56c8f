"""One entry of a bibliography, whichever format it comes from, and what its fields say in the record's own terms."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from api.formats.record import About, ContentsLine, Identified, Person, Worded, joined_title
from api.shelf import identifiers as written
from api.shelf.identifiers import Malformed
from api.shelf.record_rules import Fault
from api.spoken import N_
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

_ISBN = re.compile(
    r"(?<![\dXx])((?:97[89][ -\u2010\u2011]?)?\d(?:[ \u2010\u2011-]?\d){8}[ \u2010\u2011-]?[\dXx])(?![\dXx])([^\d]*)"
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"]+")
_PRINT, _EPUB, _HARD = (
    re.compile(r"print|pbk|paper|soft|broch", re.I),
    re.compile(r"epub", re.I),
    re.compile(r"hbk|hard|cloth|geb", re.I),
)
_SUBTITLE = re.compile(r"\s*(?:(?<=\S): | [–—] )\s*")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_YMD = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?(?:[T/ ].*)?/*")
_PLAIN_YMD = re.compile(r"(\d{4})(\d\d)(\d\d)?")
_IN_WORDS = re.compile(r"(?:(\d{1,2})\.? )?([A-Za-z]{3,9})\.?(?: (\d{1,2}),)?,? (\d{4})")
_PAGES = re.compile(r"\s*([\w.]+)\s*(?:[-–—]+\s*([\w.]+))?")
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


TOO_MANY = 2000  # rows of a list: more than the rules take, so that they refuse it


@dataclass
class Entry:
    """A work, or a chapter whose volume is named by `container`, its DOI, its ISBNs or the key of its entry."""

    where: str
    kind: Kind | None = None  # None: a chapter
    facts: dict[str, Any] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    identifiers: list[Identified] = field(default_factory=list)
    subjects: list[About] = field(default_factory=list)
    contents: list[ContentsLine] = field(default_factory=list)
    wordings: list[Worded] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    key: str = ""
    container: str = ""
    container_key: str = ""
    number: str | None = None
    pages: tuple[str | None, str | None] = (None, None)

    def say(self, name: str, value: object) -> None:
        """Keep what a field says, the first of several."""
        if value not in (None, "", ()):
            self.facts.setdefault(name, value)

    def say_title(self, title: str, subtitle: str = "") -> None:
        if title and not subtitle:
            title, subtitle = split_title(title)
        self.say("title", title)
        self.say("subtitle", subtitle)

    def say_date(self, text: str) -> None:
        date = dated(text)
        if text.strip() and date is None:
            self.notes.append(
                N_("The date “{text}” was left out: write it as 2022, 2022-05 or 2022-05-17.", text=text.strip()[:60])
            )
        self.say("published", date)

    def say_doi(self, text: str) -> None:
        found = _DOI.search(text)
        if text.strip() and not found:
            self.notes.append(N_("The DOI “{text}” was left out: it is not written as one.", text=text.strip()[:60]))
        self.say("doi", found[0].rstrip(".,;)") if found else None)

    def say_isbns(self, text: str) -> None:
        found = isbns(text)
        if text.strip() and not found:
            self.notes.append(N_("The ISBN “{text}” was left out: it is not written as one.", text=text.strip()[:60]))
        for kind, value in found:
            if kind is None and "isbn" not in self.facts:
                self.say("isbn", value)
                self.notes.append(
                    N_("The ISBN {isbn} is taken for that of the PDF; the file does not say of which form.", isbn=value)
                )
            elif value != self.facts.get("isbn"):
                self.identify(kind or IdentifierKind.ISBN_PRINT, value)

    def identify(self, kind: IdentifierKind, value: str) -> None:
        identified = Identified(kind, value)
        if value and len(self.identifiers) < TOO_MANY and identified not in self.identifiers:
            self.identifiers.append(identified)

    def say_keywords(self, words: Iterable[str]) -> None:
        for word in words:
            about = About(SubjectScheme.KEYWORD, heading=" ".join(word.split()))
            if about.heading and len(self.subjects) < TOO_MANY and about not in self.subjects:
                self.subjects.append(about)

    def say_number(self, name: str, text: str) -> None:
        """A whole number, such as a count of pages; anything else is said in a note."""
        found = re.fullmatch(r"\s*(\d{1,6})\s*(?:p|pp|S|pages|Seiten)?\.?\s*", text)
        if text.strip() and not found:
            words = N_("“{text}” was left out: {name} has to be a whole number.", text=text.strip()[:60], name=name)
            self.notes.append(words)
        self.say(name, int(found[1]) if found else None)

    def say_edition(self, text: str) -> None:
        ordinal = re.fullmatch(r"\s*(\d{1,3})(?:st|nd|rd|th|\.)?\s*(?:ed\.?|edition|Aufl(?:age)?\.?)?\s*", text, re.I)
        if ordinal:
            self.say("edition_number", int(ordinal[1]))
        else:
            self.say("edition_statement", text.strip())

    def say_pages(self, text: str) -> None:
        found = _PAGES.match(text)
        self.pages = (found[1], found[2]) if found else (None, None)

    @property
    def full_title(self) -> str:
        return joined_title(str(self.facts.get("title", "")), self.facts.get("subtitle"))

    def line(self) -> ContentsLine:
        """The chapter as a line of its volume."""
        first, last = self.pages
        return ContentsLine(
            name=self.full_title.replace(" – ", ": ", 1),
            number=self.number,
            first_page=first,
            last_page=last,
            doi=self.facts.get("doi"),
            language=self.facts.get("language"),
            abstract=self.facts.get("abstract", ""),
            contributors=tuple(person for person in self.people if person.role is not Contribution.EDITOR),
        )


def split_title(text: str) -> tuple[str, str]:
    """Title and subtitle, parted by a colon or a dash."""
    pieces = _SUBTITLE.split(text, maxsplit=1)
    return (pieces[0], pieces[1]) if len(pieces) == 2 and pieces[0] and pieces[1] else (text, "")


def book_kind(people: Iterable[Person]) -> Kind:
    """An edited volume has editors and no authors."""
    roles = {person.role for person in people}
    edited = Contribution.EDITOR in roles and Contribution.AUTHOR not in roles
    return Kind.EDITED_VOLUME if edited else Kind.MONOGRAPH


def isbns(text: str) -> list[tuple[IdentifierKind | None, str]]:
    """Every ISBN with what is said of its form; a wrong check digit is left for the rules to name."""
    found: list[tuple[IdentifierKind | None, str]] = []
    for match in _ISBN.finditer(text[:2000]):
        words = match[2][:30]
        kind = IdentifierKind.ISBN_HARDBACK if _HARD.search(words) else None
        kind = IdentifierKind.ISBN_EPUB if _EPUB.search(words) else kind
        kind = kind or (IdentifierKind.ISBN_PRINT if _PRINT.search(words) else None)
        try:
            value = written.isbn(match[1])
        except Malformed:
            value = re.sub(r"[ \u2010\u2011-]", "", match[1])
        found.append((kind, value))
    return found


def dated(text: str) -> str | None:
    """A date with its precision: ISO, with slashes as in RIS, without marks as in ONIX, or in English words."""
    text = text.strip()
    if found := _PLAIN_YMD.fullmatch(text) or _YMD.fullmatch(text):
        pieces: list[str | None] = [found[1], found[2], found[3]]
    elif (found := _IN_WORDS.fullmatch(text)) and found[2][:3].lower() in _MONTHS:
        pieces = [found[4], str(_MONTHS.index(found[2][:3].lower()) + 1), found[1] or found[3]]
    else:
        return None
    return iso(*pieces)


def iso(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """Year, month and day as far as they are known and can be."""
    pieces = [year or "", *(piece.zfill(2) for piece in (month, day) if piece and piece.strip("0"))]
    while pieces:
        try:
            return written.published("-".join(pieces))
        except Malformed:
            pieces.pop()
    return None


def folded(text: str) -> str:
    """Letters and digits alone, without accents or capitals: what titles are compared by."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return "".join(sign for sign in plain if sign.isalnum())


def slugged(text: str) -> str:
    """The words of a title as an address; empty for one without Latin letters."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED)).encode("ascii", "ignore").decode()
    words = re.sub(r"['’]", "", plain)
    slug = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    return slug if len(slug) <= 80 else slug[:80].rpartition("-")[0] or slug[:80]
