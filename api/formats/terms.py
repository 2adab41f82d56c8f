"""Words as they are searched: folded, so that case, accents and ligatures make no difference; and where they stand.

Both databases are given these words and nothing else, so both find the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

LONGEST_WORD = 64  # characters; what is longer is no word, and is known by its beginning
MOST_WORDS = 32  # of a search
SHORTEST_BEGINNING = 3  # letters that a word begins with, to be taken for the beginning of one

_SINGLE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # scripts without spaces
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
_WORD = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}](?:[^\W_{_SINGLE}]|[{_MARKS}])*")
_QUOTED = re.compile(r"[\"“”„‟«»]([^\"“”„‟«»]*)[\"“”„‟«»]|(\S+)")
_ISBN = re.compile(r"(?=.{13,17}$)97[89](-\d+){4}")
_UNLIKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")


class Word(NamedTuple):
    """A folded word, and where in the text it stands."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """One or more words in a row. With `is_beginning` the last of them may go on."""

    words: tuple[str, ...]
    is_beginning: bool = False


Terms = tuple[Term, ...]


def terms_of(query: str) -> Terms:
    """What is searched for: each word, and what stands in quotes as a whole. Nothing else has a meaning.

    The last word may be only the beginning of one, unless it is quoted or very short.
    """
    found: list[Term] = []
    left = MOST_WORDS
    for match in _QUOTED.finditer(legible(query)):
        quoted, plain = match.groups()
        folded = tuple(words(quoted if quoted is not None else _ISBN.sub(_without_hyphens, plain)))[:left]
        left -= len(folded)
        if folded:
            may_go_on = quoted is None and len(folded[-1]) >= SHORTEST_BEGINNING and match.end() == len(match.string)
            found.append(Term(folded, may_go_on))
    return tuple(dict.fromkeys(found))


def _without_hyphens(isbn: re.Match[str]) -> str:
    return isbn[0].replace("-", "")


def words(text: str) -> list[str]:
    return [word.folded for word in _words(legible(text))]


def legible(text: str) -> str:
    """A text in composed form without what can't be seen; the spaces stay where they are."""
    text = unicodedata.normalize("NFKC", text)
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(
        " " if sign.isspace() else "" if unicodedata.category(sign) in _UNSEEN else sign for sign in text
    ).strip()


def spans(text: str, terms: Terms) -> Iterator[tuple[int, int]]:
    """Where in a legible text the terms stand, in order, none within another. The text is read as far as is asked."""
    longest = max((len(term.words) for term in terms), default=1)
    ahead = _words(text)
    there = list(islice(ahead, longest))
    while there:
        length = max((len(term.words) for term in terms if _begins(there, term)), default=0)
        if length:
            yield there[0].start, there[length - 1].end
        passed = max(1, length)
        there = [*there[passed:], *islice(ahead, passed)]


def _begins(there: Sequence[Word], term: Term) -> bool:
    """Whether these words begin with the term."""
    *others, last = term.words
    some = [word.folded for word in there[: len(term.words)]]
    if len(some) < len(term.words) or some[:-1] != others:
        return False
    return some[-1].startswith(last) if term.is_beginning else some[-1] == last


def _words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        folded = _fold(match[0])
        if folded:
            yield Word(folded, match.start(), match.end())


def _fold(word: str) -> str:
    """Without case and accents; only letters and digits are left."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    decomposed = unicodedata.normalize("NFKD", word.casefold().translate(_UNLIKE))
    return "".join(sign for sign in decomposed if sign.isalnum())[:LONGEST_WORD]
