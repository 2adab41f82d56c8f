"""What a title's record may say: one set of rules for every way in, with each fault under the path of its field."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from api.errors import Invalid
from api.formats.accessible import LONGEST_NAME, LONGEST_SUMMARY
from api.formats.prose import LONGEST as LONGEST_ABSTRACT
from api.formats.record import About, Affiliation, ContentsLine, Funding, Identified, Person, Worded, joined_title
from api.shelf import identifiers as written
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.identifiers import Malformed
from api.spoken import N_
from api.tables import SubjectScheme

LINE = 500  # characters, where nothing else is said
LONGEST = {  # characters, by the name of the field
    **{"slug": 120, "full_title": 1100, "kicker": 100, "standfirst": 1000, "call_to_read": 1500},
    **{"abstract": LONGEST_ABSTRACT, "language": 35, "genre": 100, "volume": 20, "series_number": 20},
    **{"front_pages": 20, "doi": 300, "isbn": 30, "licence": 100, "given": 200, "particle": 50, "family": 200},
    **{"suffix": 50, "note": 1000, "value": 300, "code": 60, "heading": 200, "number": 20, "award": 100},
    **{"first_page": 20, "last_page": 20, "summary": LONGEST_SUMMARY, "assessed_by": LONGEST_NAME},
}
MOST = {"contributors": 1000, "contents": 1000, "affiliations": 20, "wordings": 50, "identifiers": 50}
MOST |= {"subjects": 200, "funding": 100, "accessibility": 1}
FORMS: dict[str, Callable[[str], str]] = {
    "slug": written.slug,
    "language": written.language,
    "published": written.published,
    "doi": written.doi,
    "funder_doi": written.funder_doi,
    "isbn": written.isbn,
    "series_issn": written.issn,
    "orcid": written.orcid,
    "ror": written.ror,
    "publisher_ror": written.ror,
    "licence_uri": written.licence_uri,
    "front_pages": written.roman,
    "assessed_on": written.day,
}
RANGES = {"edition_number": (1, 999), "pages": (1, 99_999), "copyright_year": (1000, 2999)}
A_NAME = N_("and perhaps given are needed, or the name of an organisation alone")
_IN_LINES = ("abstract",)
_UNSEEN = ("Cc", "Cs", "Zl", "Zp")  # control characters, half signs, line and paragraph separators
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn the words after them round
T = TypeVar("T")


class FaultKind(StrEnum):
    MISSING = "missing"
    TOO_LONG = "too-long"
    TOO_MANY = "too-many"
    UNSEEN_SIGN = "unseen-sign"
    MALFORMED = "malformed"
    CHECK_DIGIT = "check-digit"
    REPEATED = "repeated"
    AT_ODDS = "at-odds"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field: its path, such as `contributors[2].orcid`, and words to follow its name.

    Where it is at odds with another field, that one's path ends the words.
    """

    path: str
    kind: FaultKind
    words: str
    other: str | None = None

    def sentence(self, name: Callable[[str], str] = lambda path: path) -> str:
        """All of it in words, with the fields by the names that they have where they were written."""
        if self.other is None:
            return N_("{field} {words}.", field=name(self.path), words=self.words)
        return N_("{field} {words} {other}.", field=name(self.path), words=self.words, other=name(self.other))


class FaultyRecord(Invalid):
    """A record that can't be kept as it is; `faults` in the order of its fields."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.sentence() for fault in self.faults))


def checked(draft: TitleDraft) -> TitleDraft:
    """The draft with everything in the form in which it is kept. Raises FaultyRecord with all its faults."""
    kept, faults = examine(draft)
    if faults:
        raise FaultyRecord(faults)
    return kept


def examine(draft: TitleDraft) -> tuple[TitleDraft, list[Fault]]:
    """The draft in the form in which it is kept as far as it can be, and all its faults."""
    return (reading := _Reading()).title(draft), reading.faults


class _Reading:
    """One draft while it is gone through; faults gather in the order of the fields."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def title(self, draft: TitleDraft) -> TitleDraft:
        facts = self.facts(draft.facts)
        kept = TitleDraft(
            facts,
            contributors=self.rows("contributors", draft.contributors, self.person),
            contents=self.rows("contents", draft.contents, self.line),
            wordings=self.rows("wordings", draft.wordings, self.wording),
            identifiers=self.rows("identifiers", draft.identifiers, self.identifier),
            subjects=self.rows("subjects", draft.subjects, self.subject),
            funding=self.rows("funding", draft.funding, self.funding),
            accessibility=self.rows("accessibility", draft.accessibility, self.texts),
        )
        self._said_twice(kept)
        return kept

    def facts(self, facts: TitleFacts) -> TitleFacts:
        self.needs("", facts, "slug", "title", "kind")
        facts = self.texts("", replace(facts, language=facts.language or "en"))
        if not facts.full_title:
            facts = replace(facts, full_title=joined_title(facts.title, facts.subtitle))
        for name, (least, most) in RANGES.items():
            number = getattr(facts, name)
            if number is not None and not least <= number <= most:
                self.fault(
                    name, FaultKind.MALFORMED, N_("has to be a number from {least} to {most}", least=least, most=most)
                )
        if facts.doi_is_ours and facts.doi is None:
            self.fault("doi_is_ours", FaultKind.AT_ODDS, N_("is said, but there is no doi"))
        for name in ("series_issn", "series_number"):
            if getattr(facts, name) and not facts.series:
                self.fault(name, FaultKind.AT_ODDS, N_("is said, but no series"))
        return facts

    def person(self, path: str, person: Person) -> Person:
        kept = self.texts(path, person)
        parts = kept.given or kept.family or kept.particle or kept.suffix
        if kept.is_organisation:
            if not kept.name or parts:
                self.fault(f"{path}family", FaultKind.MISSING, A_NAME)
            if kept.orcid:
                self.fault(f"{path}orcid", FaultKind.AT_ODDS, N_("is a person’s, and this is an organisation"))
        else:
            if (kept.name and parts) or not (kept.name or kept.family):
                self.fault(f"{path}family", FaultKind.MISSING, A_NAME)
            if kept.ror:
                self.fault(f"{path}ror", FaultKind.AT_ODDS, N_("is an organisation’s; a person has affiliations"))
        affiliations = self.rows(f"{path}affiliations", person.affiliations, self.affiliation)
        return replace(kept, affiliations=affiliations)

    def affiliation(self, path: str, affiliation: Affiliation) -> Affiliation:
        self.needs(path, affiliation, "name")
        return self.texts(path, affiliation)

    def line(self, path: str, line: ContentsLine) -> ContentsLine:
        self.needs(path, line, "name")
        kept = self.texts(path, line)
        if kept.doi_is_ours and kept.doi is None:
            self.fault(f"{path}doi_is_ours", FaultKind.AT_ODDS, N_("is said, but there is no doi"))
        if kept.last_page and not kept.first_page:
            self.fault(f"{path}first_page", FaultKind.MISSING, N_("is missing, but last_page is said"))
        return replace(kept, contributors=self.rows(f"{path}contributors", line.contributors, self.person))

    def wording(self, path: str, wording: Worded) -> Worded:
        self.needs(path, wording, "language")
        kept = self.texts(path, wording)
        if not kept.title and not kept.abstract:
            self.fault(f"{path}title", FaultKind.MISSING, N_("or abstract is needed"))
        if kept.subtitle and not kept.title:
            self.fault(f"{path}subtitle", FaultKind.AT_ODDS, N_("is said, but no title"))
        return kept

    def identifier(self, path: str, identifier: Identified) -> Identified:
        self.needs(path, identifier, "value")
        form = written.isbn if identifier.kind.startswith("isbn-") else None
        return replace(identifier, value=self.text(f"{path}value", "value", identifier.value, form) or "")

    def subject(self, path: str, subject: About) -> About:
        kept = self.texts(path, subject)
        if subject.scheme is SubjectScheme.KEYWORD and (kept.code or not kept.heading):
            self.fault(f"{path}heading", FaultKind.MISSING, N_("alone is needed for a keyword"))
        elif not kept.code and not kept.heading:
            self.fault(f"{path}code", FaultKind.MISSING, N_("or heading is needed"))
        elif kept.code:
            self.formed(f"{path}code", kept.code, lambda code: written.subject_code(subject.scheme, code))
        return kept

    def funding(self, path: str, funding: Funding) -> Funding:
        self.needs(path, funding, "funder")
        return self.texts(path, funding)

    def rows(self, path: str, rows: Iterable[T], check: Callable[[str, T], T]) -> tuple[T, ...]:
        rows, most = tuple(rows), MOST[path.rpartition(".")[2]]
        if len(rows) > most:
            self.fault(path, FaultKind.TOO_MANY, N_("has more than {most} entries", most=most))
            return rows
        return tuple(check(f"{path}[{number}].", row) for number, row in enumerate(rows, start=1))

    def needs(self, path: str, said: object, *names: str) -> None:
        for name in names:
            if not str(getattr(said, name) or "").strip():
                self.fault(path + name, FaultKind.MISSING, N_("is missing"))

    def texts(self, path: str, said: T) -> T:
        """All texts of a plain thing, each by the rule for its name; an empty one is none."""
        kept: dict[str, Any] = {}
        for name, value in vars(said).items():
            if isinstance(value, str) and not isinstance(value, StrEnum):
                text = self.text(path + name, name, value, FORMS.get(name))
                kept[name] = text if text is not None else _nothing(said, name)
        return replace(said, **kept)  # type: ignore[type-var]

    def text(self, path: str, name: str, value: str, form: Callable[[str], str] | None) -> str | None:
        text, longest = value.strip(), LONGEST.get(name, LINE)
        if name in _IN_LINES:
            text = text.replace("\r\n", "\n")
        if not text:
            return None
        if len(text) > longest:
            self.fault(path, FaultKind.TOO_LONG, N_("is longer than {longest} characters", longest=longest))
        elif words := unseen(text, lines=name in _IN_LINES):
            self.fault(path, FaultKind.UNSEEN_SIGN, words)
        elif form is not None:
            return self.formed(path, text, form)
        return text

    def formed(self, path: str, text: str, form: Callable[[str], str]) -> str:
        try:
            return form(text)
        except Malformed as fault:
            self.fault(path, FaultKind.CHECK_DIGIT if fault.is_check_digit else FaultKind.MALFORMED, fault.words)
            return text

    def fault(self, path: str, kind: FaultKind, words: str) -> None:
        self.faults.append(Fault(path, kind, words))

    def _said_twice(self, draft: TitleDraft) -> None:
        dois: list[tuple[str, object]] = [("doi", draft.facts.doi)]
        dois += [(f"{path}doi", line.doi) for path, line in _numbered("contents", draft.contents)]
        languages: list[tuple[str, object]] = [("language", draft.facts.language)]
        languages += [(f"{path}language", each.language) for path, each in _numbered("wordings", draft.wordings)]
        names: list[tuple[str, object]] = [("isbn", draft.facts.isbn)]
        for path, each in _numbered("identifiers", draft.identifiers):
            names.append((f"{path}value", each.value if each.kind.startswith("isbn-") else (each.kind, each.value)))
        for said in (dois, languages, names):
            seen: dict[object, str] = {}
            for path, value in said:
                if value is not None and seen.setdefault(value, path) != path:
                    self.faults.append(Fault(path, FaultKind.REPEATED, N_("says the same as"), seen[value]))


def unseen(text: str, *, lines: bool) -> str | None:
    """What is wrong with signs that nobody sees: control characters, and those that turn the words after them."""
    if any(unicodedata.category(sign) in _UNSEEN and not (lines and sign == "\n") for sign in text):
        return N_("has a control character") if lines else N_("has a line break or a control character")
    if not _TURNING.isdisjoint(text):
        return N_("has a sign that turns the direction of what follows")
    return None


def _nothing(said: object, name: str) -> str | None:
    """What stands for no text in that field: the empty text where there always is one, else None."""
    return "" if type(said).__annotations__[name] is str else None


def _numbered(path: str, rows: Iterable[T]) -> Iterator[tuple[str, T]]:
    return ((f"{path}[{number}].", row) for number, row in enumerate(rows, start=1))
