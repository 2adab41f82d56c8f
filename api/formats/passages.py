"""A few words of a text around what was searched for, with what was found marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from textwrap import wrap

from api.formats.terms import Term, Terms, spans

LINE = 160  # characters at most, for those who may not read the whole
PASSAGE = 260  # for those who may
BEFORE = 90  # of them before what was found


@dataclass(frozen=True)
class Piece:
    """Some of a passage. `is_found` is what was searched for."""

    text: str
    is_found: bool = False


Passage = tuple[Piece, ...]


def passage(text: str, terms: Terms) -> Passage | None:
    """What stands around the first find, or None where there is none."""
    found = spans(text, terms)
    first = next(found, None)
    if first is None:
        return None
    start = _word_begins(text, first[0] - BEFORE)
    end = max(_word_ends(text, start + PASSAGE), first[1])
    shown = [first, *takewhile(lambda each: each[1] <= end, found)]
    pieces = _marked(text[start:end], [(a - start, b - start) for a, b in shown])
    before, after = ("… " if start > 0 else ""), (" …" if end < len(text) else "")
    return tuple(piece for piece in (Piece(before), *pieces, Piece(after)) if piece.text)


def line(text: str, terms: Terms) -> Passage | None:
    """The one line of a text, as it is always cut, with the first find: no other search shows more around it."""
    cuts = wrap(text, LINE, break_on_hyphens=False)
    apart = tuple(Term((word,), term.is_beginning and word == term.words[-1]) for term in terms for word in term.words)
    for wanted in (terms, apart):  # words that belong together may stand at the end of one line and begin the next
        for cut in cuts:
            if found := list(spans(cut, wanted)):
                return tuple(_marked(cut, found))
    return None


def _marked(text: str, found: list[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in found:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], is_found=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])


def _word_begins(text: str, near: int) -> int:
    if near <= 0:
        return 0
    space = text.find(" ", near, near + BEFORE)
    return space + 1 if space >= 0 else near


def _word_ends(text: str, near: int) -> int:
    if near >= len(text):
        return len(text)
    space = text.rfind(" ", near - BEFORE, near)
    return space if space >= 0 else near
