"""The outlines of the covers' leaves as polygons: the part of SVG's path language that they are written in."""

import re
from math import acos, ceil, cos, hypot, pi, sin

Point = tuple[float, float]
_COMMAND = re.compile(r"([MLHVAaz])([^MLHVAaz]*)")
_NUMBER = re.compile(r"-?[0-9.]+")
_STEP = pi / 48  # of an arc, in one straight piece


def polygons(path: str) -> list[list[Point]]:
    """Each closed outline of a path."""
    found: list[list[Point]] = []
    points: list[Point] = []
    for command, words in _COMMAND.findall(path):
        numbers = [float(word) for word in _NUMBER.findall(words)]
        if command == "z":
            found.append(points)
            points = []
        elif command in "ML":
            points.append((numbers[0], numbers[1]))
        elif command == "H":
            points.append((numbers[0], points[-1][1]))
        elif command == "V":
            points.append((points[-1][0], numbers[0]))
        else:
            rx, ry, _, is_large, sweeps, x, y = numbers
            start = points[-1]
            end = (start[0] + x, start[1] + y) if command == "a" else (x, y)
            points += _arc(start, end, rx, ry, is_large=bool(is_large), sweeps=bool(sweeps))
    return found


def _arc(start: Point, end: Point, rx: float, ry: float, *, is_large: bool, sweeps: bool) -> list[Point]:
    """The points of an elliptic arc behind its start, by the rule of SVG's appendix on arcs, without a turned axis."""
    half = ((start[0] - end[0]) / 2, (start[1] - end[1]) / 2)
    stretch = hypot(half[0] / rx, half[1] / ry)
    if stretch > 1:
        rx, ry = rx * stretch, ry * stretch
    left_over = max(0.0, 1 / max(stretch, 1e-9) ** 2 - 1) if stretch < 1 else 0.0
    factor = left_over**0.5 * (-1 if is_large == sweeps else 1)
    middle = (
        factor * rx * half[1] / ry + (start[0] + end[0]) / 2,
        -factor * ry * half[0] / rx + (start[1] + end[1]) / 2,
    )
    first, last = _angle(start, middle, rx, ry), _angle(end, middle, rx, ry)
    turn = last - first
    if sweeps and turn <= 0:
        turn += 2 * pi
    elif not sweeps and turn >= 0:
        turn -= 2 * pi
    steps = max(2, ceil(abs(turn) / _STEP))
    angles = (first + turn * step / steps for step in range(1, steps))
    return [*((middle[0] + rx * cos(angle), middle[1] + ry * sin(angle)) for angle in angles), end]


def _angle(point: Point, middle: Point, rx: float, ry: float) -> float:
    across, down = (point[0] - middle[0]) / rx, (point[1] - middle[1]) / ry
    angle = acos(max(-1.0, min(1.0, across / (hypot(across, down) or 1.0))))
    return angle if down >= 0 else -angle
