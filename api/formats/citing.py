"""What the styles of citing have in common: names in order, words in capitals, and where a sentence ends."""

import re
from collections.abc import Iterable, Sequence

from api.formats.record import Person
from api.formats.works import Work
from api.spoken import ENGLISH, language, pgettext

OPEN, SHUT = "\ue000", "\ue001"  # around what is set in italics, until the parts are told from each other
# Left small in an English headline, unless they begin or end it.
SMALL = frozenset("a an and as at but by down for from in into nor of on onto or over so the".split())  # noqa: SIM905
SMALL |= {"till", "to", "up", "via", "with", "yet"}
_WORD = re.compile(r"[^\s-]+")
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_STOPS = (".", "?", "!", ".”", "?”", "!”", ".’", "?’", "!’")


def italic(words: str) -> str:
    return f"{OPEN}{words}{SHUT}"


def quoted(words: str) -> str:
    """In double quotation marks, with those inside made single, as the language that is spoken has them."""
    outer, inner = pgettext("citation", "“”"), pgettext("citation", "‘’")
    return f"{outer[0]}{words.replace('“', inner[0]).replace('”', inner[1])}{outer[1]}"


def ended(words: str, stop: str = ".") -> str:
    """With a full stop or a comma, within a quotation mark at the end; no full stop after a stop that is there."""
    bare = words.rstrip(SHUT)
    shut = words[len(bare) :]
    if not bare or (stop == "." and bare.endswith(_STOPS)):
        return words
    if bare.endswith("”"):
        return f"{bare[:-1]}{stop}{bare[-1]}{shut}"
    return f"{bare}{shut}{stop}"


def sentences(parts: Iterable[str]) -> str:
    return " ".join(ended(part) for part in parts if part)


def clauses(parts: Iterable[str]) -> str:
    """With commas between them."""
    *before, last = [part for part in parts if part] or [""]
    return " ".join([*(ended(part, ",") for part in before), last])


def first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def headline(words: str, tag: str) -> str:
    """English titles get capitals; a word that has one anywhere keeps its own, as do titles in other languages."""
    if tag.split("-")[0].lower() != "en":
        return words
    found = list(_WORD.finditer(words))
    cased = [_cased(words, found, place) for place in range(len(found))]
    pieces, end = [], 0
    for match, word in zip(found, cased, strict=True):
        pieces += [words[end : match.start()], word]
        end = match.end()
    return "".join([*pieces, words[end:]])


def _cased(words: str, found: Sequence[re.Match[str]], place: int) -> str:
    word = found[place][0]
    if word != word.lower():
        return word
    begins = place == 0 or found[place - 1][0].endswith((":", "?", "!"))
    is_outer = begins or place == len(found) - 1
    if not is_outer and re.sub(r"\W", "", word) in SMALL:
        return word
    return _FIRST_LETTER.sub(lambda letter: letter[0].upper(), word, count=1)


def family_first(person: Person, *, initials: bool = False, keeps_particle: bool = True) -> str:
    """van der Muster, Ludwig, Jr., or Muster, Ludwig van der, Jr. where the particle goes behind."""
    if not person.family:
        return person.display
    given = _initials(person.given) if initials and person.given else person.given or ""
    family = person.family
    if person.particle and keeps_particle:
        family = f"{person.particle} {family}"
    elif person.particle:
        given = f"{given} {person.particle}".strip()
    return ", ".join(part for part in (family, given, person.suffix) if part)


def given_first(person: Person, *, initials: bool = False) -> str:
    if not person.family:
        return person.display
    given = _initials(person.given) if initials and person.given else person.given
    return " ".join(part for part in (given, person.particle, person.family, person.suffix) if part)


def _initials(given: str) -> str:
    """A. M. for Ada Maria, J.-P. for Jean-Paul; a script without capitals has no initials."""
    return " ".join("-".join(_initial(part) for part in name.split("-") if part) for name in given.split())


def _initial(part: str) -> str:
    return f"{part[0]}." if part[0].isupper() else part


def joined(names: Sequence[str], last: str, pair: str) -> str:
    """A, B and C: `last` stands before the last of three or more, `pair` between two."""
    if len(names) == 2:
        return pair.join(names)
    return f"{', '.join(names[:-1])}{last}{names[-1]}" if len(names) > 1 else "".join(names)


def makers(work: Work) -> tuple[tuple[Person, ...], bool]:
    """Who comes first, and whether they are editors: where there is no author, editors stand in."""
    return (work.authors, False) if work.authors else (work.editors, True)


def edition(work: Work) -> str:
    """What the press calls the edition, if anything."""
    record = work.record
    if record.edition_statement or record.edition_number is None or record.edition_number == 1:
        return record.edition_statement or ""
    ordinal = _ordinal(record.edition_number)
    return pgettext("citation", "{ordinal} ed.").format(ordinal=ordinal)


def _ordinal(number: int) -> str:
    if language() != ENGLISH:
        return f"{number}."
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def version(work: Work) -> str:
    """Which file under the same address it is, if not the first."""
    file = work.record.edition
    return pgettext("citation", "version {n}").format(n=file.number) if file is not None and file.number > 1 else ""


def volume(work: Work) -> str:
    return pgettext("citation", "vol. {n}").format(n=work.record.volume) if work.record.volume else ""


def series(work: Work) -> str:
    record = work.record
    name = headline(record.series, record.language) if record.series else ""
    return f"{name} {record.series_number or ''}".strip() if name else ""


def year(work: Work) -> str:
    return work.date[:4] if work.date else pgettext("citation", "n.d.")


def pages(work: Work, *, shortens: bool = False) -> str:
    """pp. 103–109, or 103–09 where what both have in front is left out."""
    chapter = work.chapter
    if chapter is None or not chapter.first_page:
        return ""
    first, last = chapter.first_page, chapter.last_page
    if not last or last == first:
        return pgettext("citation", "p. {page}").format(page=first)
    if shortens and first.isdecimal() and last.isdecimal() and len(first) == len(last):
        while len(last) > 2 and first[: len(first) - len(last) + 1].endswith(last[0]):
            last = last[1:]
    return pgettext("citation", "pp. {pages}").format(pages=f"{first}–{last}")
