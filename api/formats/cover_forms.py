"""The eight forms of the cover: each cuts a sheet into two leaves, one from the left and one from the right."""

from collections.abc import Callable
from dataclasses import dataclass

WIDTH, HEIGHT = 240, 360
MIDDLE = WIDTH / 2


@dataclass(frozen=True)
class Sheet:
    """The ground a form stands on: where it begins below the title, and three rolls from 0 to 1."""

    top: float
    rolls: tuple[float, float, float]

    @property
    def depth(self) -> float:
        return HEIGHT - self.top

    @property
    def slip(self) -> float:
        """How far the leaves slip apart, from -0.5 to 0.5."""
        return self.rolls[0] - 0.5

    @property
    def lap(self) -> float:
        """How far the leaves overlap."""
        return 0.12 + self.rolls[1] * 0.3


Leaves = tuple[str, str]


def discs(sheet: Sheet) -> Leaves:
    radius = sheet.depth * (0.40 + sheet.rolls[2] * 0.08)
    apart = radius * (1 - sheet.lap)
    centre = sheet.top + sheet.depth * 0.5
    drop = sheet.slip * sheet.depth * 0.22
    return disc(MIDDLE - apart, centre + drop, radius), disc(MIDDLE + apart, centre - drop, radius)


def gate(sheet: Sheet) -> Leaves:
    """Two flaps with raked edges."""
    lap, rake = WIDTH * sheet.lap * 0.55, sheet.depth * (0.16 + sheet.rolls[2] * 0.22)
    outer, inner = (rake, 0.0) if sheet.slip > 0 else (0.0, rake)
    low = sheet.top + sheet.depth * 0.12
    return (
        f"M0 {_n(sheet.top + outer)}L{_n(MIDDLE + lap)} {_n(sheet.top + inner)}V{HEIGHT}H0z",
        f"M{WIDTH} {_n(low + inner)}L{_n(MIDDLE - lap)} {_n(low + outer)}V{HEIGHT}H{WIDTH}z",
    )


def bars(sheet: Sheet) -> Leaves:
    count = 4 + int(sheet.rolls[2] * 3)
    step = sheet.depth / count
    thick = step * 0.5
    first = second = ""
    for i in range(count):
        y = sheet.top + i * step
        lower = y + step * 0.25
        left = WIDTH * (0.34 + 0.42 * abs(((i * 0.37 + sheet.rolls[0]) % 1) - 0.1))
        right = WIDTH * (0.34 + 0.42 * abs(((i * 0.53 + sheet.rolls[1]) % 1) - 0.1))
        first += f"M0 {_n(y)}H{_n(left)}V{_n(y + thick)}H0z"
        second += f"M{WIDTH} {_n(lower)}H{_n(WIDTH - right)}V{_n(lower + thick)}H{WIDTH}z"
    return first, second


def rings(sheet: Sheet) -> Leaves:
    """Rings that rise from the two lower corners."""
    count = 4
    widest = sheet.depth * (1.02 + sheet.rolls[2] * 0.16)
    thick = widest / (count * 2 - 0.6)
    first = second = ""
    for i in range(count):
        outer = widest - i * 2 * thick
        inner = max(outer - thick, 0)
        first += (
            f"M0 {_n(HEIGHT - outer)}{_arc(outer, 1, outer, HEIGHT)}H{_n(inner)}{_arc(inner, 0, 0, HEIGHT - inner)}z"
        )
        outer, inner = outer * 0.86, inner * 0.86
        second += (
            f"M{WIDTH} {_n(HEIGHT - outer)}{_arc(outer, 0, WIDTH - outer, HEIGHT)}"
            f"H{_n(WIDTH - inner)}{_arc(inner, 1, WIDTH, HEIGHT - inner)}z"
        )
    return first, second


def wedges(sheet: Sheet) -> Leaves:
    tip = MIDDLE + WIDTH * sheet.lap
    left = sheet.top + sheet.depth * (0.5 + sheet.slip * 0.4)
    right = sheet.top + sheet.depth * (0.5 - sheet.slip * 0.4)
    return (
        f"M0 {_n(sheet.top)}L{_n(tip)} {_n(left)}L0 {HEIGHT}z",
        f"M{WIDTH} {_n(sheet.top)}L{_n(WIDTH - tip)} {_n(right)}L{WIDTH} {HEIGHT}z",
    )


def stairs(sheet: Sheet) -> Leaves:
    """Two flights that face each other, or one that climbs over the other."""
    count = 4 + int(sheet.rolls[2] * 3)
    rise, tread = sheet.depth / count, (MIDDLE + WIDTH * sheet.lap * 0.6) / count
    first = f"M0 {_n(sheet.top)}"
    first += "".join(f"H{_n(tread * (i + 1))}V{_n(sheet.top + rise * (i + 1))}" for i in range(count)) + "H0z"
    start = _n(sheet.top + rise * 0.5)
    if sheet.slip > 0:
        steps = "".join(
            f"H{_n(WIDTH - tread * (i + 1))}V{_n(min(HEIGHT, sheet.top + rise * (i + 1.5)))}" for i in range(count)
        )
        return first, f"M{WIDTH} {start}{steps}H{WIDTH}z"
    steps = "".join(
        f"V{_n(min(HEIGHT, sheet.top + rise * (count - i * 0.5)))}H{_n(max(0, WIDTH - tread * (i + 2)))}"
        for i in range(count - 1)
    )
    return first, f"M{WIDTH} {HEIGHT}V{start}H{_n(WIDTH - tread)}{steps}V{HEIGHT}z"


def pleats(sheet: Sheet) -> Leaves:
    """An accordion fold: two sides of one sheet."""
    count = 3 + int(sheet.rolls[2] * 2)
    width, rise = WIDTH / count, sheet.depth * (0.14 + sheet.rolls[0] * 0.14)
    first = second = ""
    for i in range(count):
        x = i * width
        ridge, valley = x + width * (0.5 + sheet.lap * 0.5), x + width * (0.5 - sheet.lap * 0.1)
        foot = _n(sheet.top + rise)
        first += f"M{_n(x)} {foot}L{_n(ridge)} {_n(sheet.top)}V{_n(HEIGHT - rise * 0.6)}L{_n(x)} {HEIGHT}z"
        second += (
            f"M{_n(x + width)} {foot}L{_n(valley)} {_n(sheet.top + rise * 0.35)}"
            f"V{_n(HEIGHT - rise * 0.25)}L{_n(x + width)} {HEIGHT}z"
        )
    return first, second


def quarters(sheet: Sheet) -> Leaves:
    """Quarter discs, three to a row; about one tile in three is overprinted."""
    width = WIDTH / 3
    rows = max(2, round(sheet.depth / width))
    depth = sheet.depth / rows
    leaves = ["", ""]
    for i in range(rows * 3):
        x, y = (i % 3) * width, sheet.top + (i // 3) * depth
        bits = int(sheet.rolls[i % 3] * 255) >> (i % 5)
        corners = ((x, y), (x + width, y), (x + width, y + depth), (x, y + depth))
        turn = bits & 3
        corner, start, end = corners[turn], corners[(turn + 1) % 4], corners[(turn + 3) % 4]
        own = 0 if (bits >> 2) & 1 else 1
        leaves[own] += (
            f"M{_n(corner[0])} {_n(corner[1])}L{_n(start[0])} {_n(start[1])}"
            f"A{_n(width)} {_n(depth)} 0 0 1 {_n(end[0])} {_n(end[1])}z"
        )
        if (i + bits) % 3 == 0:
            leaves[1 - own] += f"M{_n(x)} {_n(y)}H{_n(x + width)}V{_n(y + depth)}H{_n(x)}z"
    return leaves[0], leaves[1]


def disc(x: float, y: float, radius: float) -> str:
    r, across = _n(radius), _n(2 * radius)
    return f"M{_n(x - radius)} {_n(y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z"


def _arc(radius: float, sweep: int, x: float, y: float) -> str:
    return f"A{_n(radius)} {_n(radius)} 0 0 {sweep} {_n(x)} {_n(y)}"


def _n(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


FORMS: tuple[Callable[[Sheet], Leaves], ...] = (discs, gate, bars, rings, wedges, stairs, pleats, quarters)
