"""Names as a contents page prints them: `Mo Specimen and Jo van der Muster`, `by Ada Sample`, `Muster, Ludwig`."""

import re

from api.formats.record import Person

MOST = 30  # in one line; more is no list of names
_BY = re.compile(r"(?:by|von|par|por|di|edited by|with)\s+(.*)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,\s*and|,|;|&|\band|\bund|\bet|\by|\be|\ben)\s+|\s*;\s*", re.IGNORECASE)
_WORD = re.compile(r"(?:[^\W\d_][’'´\-‐.]{0,2})+", re.UNICODE)
_PARTICLES = frozenset(("van", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "von", "zu"))
_PARTICLES |= frozenset(("zum", "zur", "ter", "ten", "al", "bin", "ibn", "af", "av"))
_SMALL = frozenset(("of", "the", "in", "on", "for", "from", "to", "a", "an", "at", "with", "its", "as", "or"))
_SMALL |= frozenset(("und", "der", "die", "das", "des", "im", "zur", "für", "les", "des", "aux", "vs"))
_NEVER = frozenset(("introduction", "preface", "index", "bibliography", "conclusion", "conclusions", "foreword"))
_NEVER |= frozenset(("acknowledgements", "acknowledgments", "afterword", "epilogue", "notes", "abbreviations"))


def names_in(line: str) -> tuple[Person, ...]:
    """The people of a line that is nothing but names; none where it may be something else."""
    line = line.strip().strip(".")
    by = _BY.fullmatch(line)
    text = by[1] if by else line
    if len(text) > 1_000 or any(sign.isdigit() for sign in text) or re.search(r"[?!:“”\"()\[\]/]", text):
        return ()
    turned = re.fullmatch(r"([^,;\s]+), ([^,;]+)", text)
    if turned and (person := _person(f"{turned[2]} {turned[1]}")) and len(turned[2].split()) <= 2 and not by:
        return (person,) if len(turned[2].split()) == 1 or turned[2].endswith(".") else ()
    parts = [part for part in _BETWEEN.split(text) if part]
    people = [_person(part) for part in parts[: MOST + 1]]
    if not people or len(parts) > MOST or None in people:
        return ()
    return tuple(person for person in people if person is not None)


def _person(text: str) -> Person | None:
    """Given names, a particle where there is one, and the family name last; None for what is no such name."""
    words = text.split()
    if not 2 <= len(words) <= 6 or not all(_WORD.fullmatch(word) for word in words):
        return None
    if any(word.lower() in _NEVER for word in words) or any(word in _SMALL - _PARTICLES for word in words):
        return None
    if not words[-1][0].isupper() or not words[0][0].isupper():
        return None
    given = words[:-1]
    particle: list[str] = []
    while len(given) > 1 and given[-1] in _PARTICLES:
        particle.insert(0, given.pop())
    if any(word[0].islower() for word in given):
        return None
    return Person(given=" ".join(given), particle=" ".join(particle) or None, family=words[-1])
