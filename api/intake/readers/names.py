"""Names of people as bibliographies write them: particles, suffixes, organisations, and those known by one name."""

import re
from collections.abc import Iterable

from api.formats.record import Person
from api.intake.readers.latex import plain
from api.spoken import N_
from api.tables import Contribution

_SUFFIX = re.compile(r"(jr|sr)\.?|[ivx]{2,5}", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def listed(text: str, role: Contribution, notes: list[str]) -> list[Person]:
    """The people of a BibTeX field, parted by `and`; `and others` is said in a note."""
    people: list[Person] = []
    for name in _parted(text, _AND):
        if name.strip().lower() == "others":
            notes.append(N_("“and others” was left out: a record names everyone."))
        elif name.strip():
            people.append(of_bibtex(name.strip(), role))
    return people


def of_bibtex(text: str, role: Contribution) -> Person:
    """`First von Last`, `von Last, First`, `von Last, Jr, First`; what is wholly in braces is an organisation."""
    if _is_braced(text):
        return Person(name=plain(text), is_organisation=True, role=role)
    pieces = [piece.strip() for piece in _parted(text, re.compile(r","))]
    if len(pieces) == 1:
        return _in_order(_words(text), role)
    particle, family = _with_particle(_words(pieces[0]))
    suffix, given = (pieces[1], " ".join(pieces[2:])) if len(pieces) > 2 else (None, pieces[1])
    return _person(role, given=given, particle=particle, family=family, suffix=suffix)


def inverted(text: str, role: Contribution, notes: list[str]) -> Person:
    """`Family, Given` or `Family, Given, Suffix` as RIS has it; what has no comma but several words is no person."""
    pieces = [piece.strip() for piece in text.split(",")]
    if len(pieces) == 1 and " " not in text.strip():
        return Person(family=text.strip(), role=role)
    if len(pieces) == 1 or not any(pieces[1:]):
        said = N_(
            "“{name}” is written without a given name after a comma and taken for an organisation.", name=pieces[0]
        )
        notes.append(said)
        return Person(name=pieces[0], is_organisation=True, role=role)
    particle, family = _with_particle(pieces[0].split())
    given, suffix = pieces[1], " ".join(pieces[2:])
    if not suffix and _SUFFIX.fullmatch(given):
        given, suffix = "", given
    return _person(role, given=given, particle=particle, family=family, suffix=suffix)


def _in_order(words: list[str], role: Contribution) -> Person:
    """A name as it is spoken. The particle begins with the first small word, the family name follows its last."""
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1].rstrip(".")) and words[-1][0].isupper():
        whole = _in_order(words[:-1], role)
        return _person(role, given=whole.given, particle=whole.particle, family=whole.family, suffix=words[-1])
    small = [place for place, word in enumerate(words[:-1]) if word[0].islower()]
    if small:
        first, last = small[0], small[-1] + 1
        given, particle, family = words[:first], words[first:last], words[last:]
    else:
        given, particle, family = words[:-1], [], words[-1:]
    return _person(role, given=" ".join(given), particle=" ".join(particle), family=" ".join(family))


def _with_particle(words: list[str]) -> tuple[str, str]:
    count = 0
    while count < len(words) - 1 and words[count][:1].islower():
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def _person(role: Contribution, **parts: str | None) -> Person:
    kept = {name: plain(text) or None for name, text in parts.items() if text}
    if not kept.get("family"):  # a given name alone is the name someone is known by
        kept["family"] = kept.pop("given", None)
    return Person(role=role, **kept)  # type: ignore[arg-type]


def _words(text: str) -> list[str]:
    return [word for word in _parted(text, re.compile(r"[\s~]+")) if word]


def _parted(text: str, mark: re.Pattern[str]) -> Iterable[str]:
    """The pieces between marks that stand in no braces."""
    if "{" not in text:
        return mark.split(text)
    depths, depth = [], 0
    for sign in text:
        depth = depth + 1 if sign == "{" else max(depth - 1, 0) if sign == "}" else depth
        depths.append(depth)
    pieces, start = [], 0
    for found in mark.finditer(text):
        if depths[found.start()] == 0:
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _is_braced(text: str) -> bool:
    """Whether one pair of braces holds the whole of it, and it is no accent such as `{\\"U}nal`."""
    if not (text.startswith("{") and text.endswith("}")) or " " not in text.strip("{} "):
        return text.startswith("{{") and text.endswith("}}")
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return place == len(text) - 1
    return False
