"""Where the columns of a chart stand: plain numbers for an inline SVG, from figures as they may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.usage.press import Column
from api.usage.protected import Shown

WIDTH, HEIGHT = 1180, 300
LEFT, TOP, BOTTOM = 36, 30, 270
FILLED = 0.64  # of a column's place
LABELS = 6  # at most so many days are named below the columns, and about as many lines drawn
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Box:
    """A part of a column; `few` where it stands for a hidden figure."""

    y: float
    height: float
    few: bool


@dataclass(frozen=True)
class Place:
    """A column: where it begins, its middle, its parts, and whether its day is named below."""

    day: date
    x: float
    middle: float
    lower: Box
    upper: Box
    is_named: bool


@dataclass(frozen=True)
class Chart:
    width: float
    places: Sequence[Place]
    lines: Sequence[tuple[int, float]]  # a number, and how high its line is
    highest: date | None


def chart(columns: Sequence[Column], lower: str, upper: str) -> Chart:
    """Columns of two figures, one upon the other."""
    heights = [each.figures[lower].drawn + each.figures[upper].drawn for each in columns]
    top = max(heights)
    step = _step(top)
    scale = (BOTTOM - TOP) / max(top, step)
    room = (WIDTH - LEFT) / len(columns)
    every = -(-len(columns) // LABELS)
    places = []
    for number, column in enumerate(columns):
        x = LEFT + room * number + room * (1 - FILLED) / 2
        low = _box(column.figures[lower], BOTTOM, scale)
        places.append(
            Place(
                column.day,
                round(x, 1),
                round(x + room * FILLED / 2, 1),
                low,
                _box(column.figures[upper], low.y, scale),
                number % every == 0,
            )
        )
    lines = [(number, round(BOTTOM - number * scale, 1)) for number in range(0, int(max(top, step)) + 1, step)]
    return Chart(round(room * FILLED, 1), places, lines, columns[heights.index(top)].day if top else None)


def _box(shown: Shown, bottom: float, scale: float) -> Box:
    height = shown.drawn * scale
    return Box(round(bottom - height, 1), round(height, 1), not shown.is_exact)


def _step(top: float) -> int:
    """A round number of which a few make up the highest column."""
    power = 1
    while True:
        for each in STEPS:
            if each * power * LABELS >= top:
                return each * power
        power *= 10
