"""BibTeX as text: entries with their raw fields, in one pass over the file, however the braces stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from api.errors import Invalid
from api.intake.readers.text import LONGEST_VALUE
from api.shelf.record_rules import Fault, FaultKind
from api.spoken import N_

_ENTRY = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)\s*[{(]", re.MULTILINE)
_KEY = re.compile(r"\s*([^\s,{}\"#%=]*)\s*,?")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:.+/-]*)\s*=\s*")
_WORD = re.compile(r"[^\s,{}\"#=]+")
_JOIN = re.compile(r"\s*#\s*")
_SIGNS = re.compile(r"[{}\"\\]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: str(number) for number, name in enumerate(_MONTHS, start=1)}


@dataclass
class RawEntry:
    """An entry as it stands: its kind in small letters, its key, its line, and its fields with their LaTeX."""

    kind: str
    key: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


def entries(text: str, most: int) -> Iterator[RawEntry]:
    """All entries in order; one that does not end is cut off where the next begins, and has a fault."""
    starts = list(islice(_ENTRY.finditer(text), most + 1))
    if len(starts) > most:
        raise Invalid(N_("The file has more than {most} entries. Part it into several.", most=most))
    strings: dict[str, str] = dict(MONTHS)
    line, counted, over = 1, 0, 0
    for place, start in enumerate(starts):
        if start.start() < over:  # within the one before
            continue
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        line, counted = line + text.count("\n", counted, start.start()), start.start()
        kind = start[1].lower()
        if kind in ("comment", "preamble"):
            continue
        read = _Reading(text, start.end(), end, strings)
        if kind == "string":
            strings |= {name: value for name, value in read.fields() if value}
            continue
        entry = RawEntry(kind, read.key(), line)
        for name, value in read.fields():
            entry.fields.setdefault(name, value)
        if read.fault:
            entry.fault = Fault(read.at, FaultKind.MALFORMED, read.fault)
        over = read.place
        yield entry


class _Reading:
    """One entry while it is gone through. `place` never goes back, so the file is read once."""

    def __init__(self, text: str, start: int, end: int, strings: dict[str, str]) -> None:
        self.text, self.place, self.end, self.strings = text, start, end, strings
        self.fault, self.at = "", ""

    def key(self) -> str:
        found = _KEY.match(self.text, self.place, self.end)
        if found is None:
            return ""
        self.place = found.end()
        return found[1]

    def fields(self) -> Iterator[tuple[str, str]]:
        while (found := _FIELD.match(self.text, self.place, self.end)) is not None:
            self.place, self.at = found.end(), found[1].lower()
            value = self._value()
            if self.fault:
                return
            yield self.at, value
        rest = self.text[self.place : min(self.place + 200, self.end)].lstrip(" \t\n,")
        if rest and rest[0] not in "})":
            self.at = self.at or "entry"
            self.fault = N_(
                "is followed by something that is no field; look for a missing comma, brace or quotation mark"
            )

    def _value(self) -> str:
        pieces = [self._piece()]
        while not self.fault and (join := _JOIN.match(self.text, self.place, self.end)) is not None:
            self.place = join.end()
            pieces.append(self._piece())
        return "".join(pieces)

    def _piece(self) -> str:
        sign = self.text[self.place : self.place + 1]
        if sign in ("{", '"'):
            return self._closed(sign)
        word = _WORD.match(self.text, self.place, self.end)
        if word is None:
            self.fault = N_("has no value")
            return ""
        self.place = word.end()
        return self.strings.get(word[0].lower(), word[0])

    def _closed(self, opening: str) -> str:
        """What stands between these braces or quotation marks, braces within it in pairs."""
        start, depth, place = self.place + 1, 0, self.place + 1
        end = min(self.end, start + LONGEST_VALUE)
        while (found := _SIGNS.search(self.text, place, end)) is not None:
            sign, place = found[0], found.end()
            if sign == "\\":
                place += 1
            elif sign == '"' and depth == 0 and opening == '"':
                self.place = place
                return self.text[start : place - 1]
            elif sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
                if depth < 0 and opening == "{":
                    self.place = place
                    return self.text[start : place - 1]
        self.fault = N_("does not end: a closing brace or quotation mark is missing")
        if end < self.end:
            self.fault = N_(
                "is longer than {longest} characters, or does not end: look for a missing closing brace",
                longest=LONGEST_VALUE,
            )
        return ""
