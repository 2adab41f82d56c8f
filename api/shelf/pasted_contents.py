"""Parts and chapters from a contents page that was pasted: what could be understood, and the lines that could not.

Printed contents differ, so this guesses; an editor sees and mends what it found before anything is saved.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import partial

from api.edge.words import number
from api.errors import Invalid
from api.formats.record import ContentsLine, Person
from api.shelf.pasted_names import names_in
from api.spoken import N_

LONGEST = 200_000  # characters
LONGEST_LINE = 1_000
MOST_LINES = 3_000
LONGEST_NAME = 400  # characters of a name that goes over several lines
_GAP = "\t"  # what stands for tabs, dot leaders and wide spaces: a sure border between a name and its page
_LEADERS = re.compile(r"(?:[.·․‥…_]|[ \u00a0](?=[.·․‥…_])){3,}|…|(?<=\s)\.{2,}")
_WIDE = re.compile(r"[ \u2003\u2002]{3,}| ?\t[\t ]*")
_PAGE = r"(?:\d{1,5}|[ivxlc]{1,9}|[IVXLC]{1,9}|[A-Z]-?\d{1,4})"
_PAGES = re.compile(rf"(?:pp?\. ?|S\. ?)?({_PAGE})(?: ?[-–—‒] ?({_PAGE}))?")
_PART = re.compile(
    r"(part|section|book|teil|abschnitt|partie|parte|sección|sezione|часть|del)\s+"
    r"([0-9]{1,3}|[ivxlc]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten)\b[\s.:–—-]*(.*)",
    re.IGNORECASE,
)
_CHAPTER = re.compile(
    r"(?:chapter|kapitel|chapitre|capítulo|capitolo|ch\.)\s+([0-9]{1,3}|[ivxlc]{1,8})\b[\s.:–—-]*(.*)", re.I
)
_NUMBERED = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2}){0,3})[.):]?[ \t]+(.*)")
_ROMAN_NUMBERED = re.compile(r"([IVXLC]{1,8})(?:[.):][ \t]*|\t)(.*)")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_TITLES = {
    *("contents", "table of contents", "inhalt", "inhaltsverzeichnis", "sommaire", "table des matières", "índice"),
    *("indice", "sommario", "inhoud", "innehåll", "contents continued", "page", "seite", "chapter", "chapters"),
}


@dataclass(frozen=True)
class Pasted:
    """What was found, and what was not understood, word for word."""

    lines: tuple[ContentsLine, ...] = ()
    not_understood: tuple[str, ...] = ()


def read_contents(text: str) -> Pasted:
    """Raises Invalid for more than anybody's contents page has."""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise Invalid(
            N_(
                "A contents page may have up to {characters} characters and {lines} lines.",
                characters=partial(number, LONGEST),
                lines=partial(number, MOST_LINES),
            )
        )
    reading = _Reading()
    for line in re.split(r"[\n\r\v\f\u2028\u2029]", text):
        reading.take(_plain(line))
    reading.settle()
    return Pasted(tuple(reading.lines), tuple(reading.lost))


def numbered_name(text: str) -> ContentsLine:
    """A line without its page: a part, or a chapter with its number where it has one."""
    text = text.replace(_GAP, " ").strip()
    if found := _PART.fullmatch(text):
        words = f"{found[1]} {found[2]}"
        return ContentsLine(found[3].strip() or words, is_part=True, number=found[2][:20])
    for pattern in (_CHAPTER, _NUMBERED, _ROMAN_NUMBERED):
        if (found := pattern.fullmatch(text)) and (found[2].strip() or pattern is _CHAPTER):
            return ContentsLine(found[2].strip() or text, number=found[1])
    return ContentsLine(text)


class _Reading:
    """One contents page while it is gone through, from the top."""

    def __init__(self) -> None:
        self.lines: list[ContentsLine] = []
        self.lost: list[str] = []
        self._begun = ""  # a line whose page has not come yet
        self._page = 0  # the last page that is a number
        self._may_be_named = False  # the last line has no contributors yet, and theirs may follow
        self._wants_name = False  # the last line is a part of which only the number was said

    def take(self, line: str) -> None:
        if not line or line.strip().lower().rstrip(":") in _TITLES:
            return
        if len(line) > LONGEST_LINE:
            self.lost.append(f"{line[:80]}…")
            return
        if _PAGES.fullmatch(line):
            self._take_page_alone(line)
            return
        text, pages = self._split(line)
        if pages is None:
            self._take_without_page(text)
            return
        self._add(f"{self._begun} {text}".strip(), pages)
        self._begun = ""

    def settle(self) -> None:
        """What is begun and has no page is a part where it says so, else a line without a page."""
        if self._begun:
            self._add(self._begun, (None, None))
            self._begun = ""

    def _take_page_alone(self, line: str) -> None:
        pages = _pages(line)
        if self._begun:
            self._add(self._begun, pages)
            self._begun = ""
        elif self.lines and self.lines[-1].is_part and self.lines[-1].first_page is None:
            self.lines[-1] = replace(self.lines[-1], first_page=pages[0], last_page=pages[1])
        # any other page alone is the page's own number at its foot

    def _take_without_page(self, text: str) -> None:
        if not self._begun and self._may_be_named and (people := names_in(text)):
            self.lines[-1] = replace(self.lines[-1], contributors=people)
            self._may_be_named = False
        elif (found := _PART.fullmatch(text)) is not None:
            self.settle()
            self._add(text, (None, None))
            self._wants_name = not found[3].strip()
        elif self._wants_name and not _starts(text):
            self.lines[-1] = replace(self.lines[-1], name=text.replace(_GAP, " "))
            self._wants_name = False
        elif self._begun and _starts(text):
            self.settle()
            self._begun = text
        else:
            if len(self._begun) > LONGEST_NAME:
                self.settle()
            self._begun = f"{self._begun} {text}".strip()

    def _split(self, line: str) -> tuple[str, tuple[str | None, str | None] | None]:
        """The words of a line and its pages, where it ends in some."""
        head, gap, tail = line.rpartition(_GAP)
        if gap and (found := _PAGES.fullmatch(tail.strip())):
            return head.strip(), self._seen(found)
        head, _, tail = line.rpartition(" ")
        found = _PAGES.fullmatch(tail)
        if found is not None and head and self._is_likely(head, found):
            return head.strip(), self._seen(found)
        return line, None

    def _is_likely(self, head: str, found: "re.Match[str]") -> bool:
        """Whether a number after one space is a page: none goes back, a year is none, nor is the number of a part."""
        first = found[1]
        if _PART.fullmatch(f"{head} {first}") and not (_PART.fullmatch(head) or [""])[0]:
            return False
        if _CHAPTER.fullmatch(f"{head} {first}") and not _CHAPTER.fullmatch(head):
            return False
        if first.isdigit():
            is_year = 1500 <= int(first) <= 2100 and self._page < 1000
            return int(first) >= self._page and not is_year
        return first.islower() and self._page == 0 and len(first) < 7

    def _seen(self, found: "re.Match[str]") -> tuple[str | None, str | None]:
        if found[1].isdigit():
            self._page = max(self._page, int(found[1]))
        return found[1], found[2]

    def _add(self, text: str, pages: tuple[str | None, str | None]) -> None:
        people: tuple[Person, ...] = ()
        for border in (_GAP, " / "):
            head, _, tail = text.rpartition(border)
            if _LETTERS.search(head) and (people := names_in(tail)):
                text = head
                break
        line = replace(numbered_name(text), first_page=pages[0], last_page=pages[1], contributors=people)
        if self._wants_name and not line.is_part and not _starts(text):
            self.lines[-1] = replace(line, is_part=True, number=self.lines[-1].number, contributors=())
        else:
            self.lines.append(line)
            self._may_be_named = not people and not line.is_part
        self._wants_name = False


def _starts(text: str) -> bool:
    """Whether a line begins something of its own: it has a number before it."""
    return any(pattern.fullmatch(text) for pattern in (_CHAPTER, _NUMBERED, _ROMAN_NUMBERED))


def _pages(text: str) -> tuple[str | None, str | None]:
    found = _PAGES.fullmatch(text)
    return (found[1], found[2]) if found else (None, None)


def _plain(line: str) -> str:
    """The line without signs that nobody sees, its leaders and wide spaces as one border."""
    composed = unicodedata.normalize("NFC", line.replace("\u00a0", " ").replace("\u00ad", ""))
    seen = "".join(
        sign for sign in composed if sign == "\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co")
    )
    if len(seen) > LONGEST_LINE:
        return seen
    bordered = _WIDE.sub(_GAP, _LEADERS.sub(_GAP, seen).strip())
    return re.sub(r" *\t[\t ]*", _GAP, bordered).strip().strip(_GAP)
