"""Figures that are shown without those of a few people: below five they are “<5”, and no sum gives them away.

A list stands under its total. If only one of its figures were hidden, or what is hidden came to next to nothing, the
others taken from the total would tell. So the smallest of those that would be shown is then hidden too, in the next
five: a 7 is “<10”. Where all of that would not help, none of the list is shown. Nothing at all stays 0.
"""

from collections.abc import Sequence
from typing import NamedTuple

from babel.numbers import format_decimal

from api.spoken import Said, locale

SMALL = 5  # figures from here on are shown


class Shown(NamedTuple):
    """A figure as it may be seen: its words, and the number it is drawn with, which is its own only where shown."""

    text: str
    drawn: float
    is_exact: bool


def one(number: int) -> Shown:
    """A figure that stands alone, or a total."""
    return _hidden(number) if 0 < number < SMALL else _exact(number)


def under_total(numbers: Sequence[int]) -> list[Shown]:
    """Figures that add up to a total which is shown as well."""
    hidden = {place for place, number in enumerate(numbers) if 0 < number < SMALL}
    if sum(numbers) >= SMALL:
        others = [place for place, number in enumerate(numbers) if number >= SMALL]
        for place in sorted(others, key=lambda place: numbers[place]):
            if not hidden or _is_open([numbers[each] for each in hidden]):
                break
            hidden.add(place)
        if hidden and not _is_open([numbers[each] for each in hidden]):
            return _none_of_them(numbers)
    return [_hidden(number) if place in hidden else _exact(number) for place, number in enumerate(numbers)]


def _none_of_them(numbers: Sequence[int]) -> list[Shown]:
    """For a list so short that even its bounds would tell."""
    share = sum(numbers) / sum(number > 0 for number in numbers)
    return [Shown("–", share, False) if number else _exact(0) for number in numbers]


def _is_open(hidden: Sequence[int]) -> bool:
    """Whether each small figure could be another one, for all that their sum says."""
    total, ranges = sum(hidden), [_range(number) for number in hidden]
    lowest, highest = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    return all(
        max(low, total - highest + high) < min(high, total - lowest + low) for low, high in ranges if high < SMALL
    )


def _range(number: int) -> tuple[int, int]:
    """The smallest and the largest that a hidden figure may be by what is said of it."""
    low = number // SMALL * SMALL
    return max(low, 1), low + SMALL - 1


def _hidden(number: int) -> Shown:
    low, high = _range(number)
    return Shown(f"<{high + 1}", (low + high) / 2, False)


def _exact(number: int) -> Shown:
    return Shown(Said("{n}", n=lambda: format_decimal(number, locale=locale())), number, True)
