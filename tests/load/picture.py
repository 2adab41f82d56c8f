"""The knee as a picture: the time of whole journeys, by a logarithm, over readers who come in a second."""

from collections.abc import Iterator, Sequence
from math import log10

from tests.load.rungs import Rung

WIDE, HIGH = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 80, 30, 64
LINES = (("50", "half"), ("99", "99 %"), ("99.9", "99.9 %"))
AIM = 250  # ms
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #333 }
.grid { stroke: #ddd } .aim { stroke: #a33; stroke-dasharray: 5 4 } .at { stroke: #777; stroke-dasharray: 2 4 }
polyline { fill: none; stroke-width: 2 } .l0 { stroke: #6a8caf } .l1 { stroke: #2f5d8a } .l2 { stroke: #12304d }
circle.l0 { fill: #6a8caf } circle.l1 { fill: #2f5d8a } circle.l2 { fill: #12304d }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .grid { stroke: #444 } .at { stroke: #999 } .aim { stroke: #e88 }
  .l1 { stroke: #9dc1e6 } .l2 { stroke: #e4f0fb } circle.l1 { fill: #9dc1e6 } circle.l2 { fill: #e4f0fb }
}
"""


def knee_as_svg(rungs: Sequence[Rung], knee: Rung, half: Rung) -> str:
    frame = _Frame(rungs)
    words = f"Half of all journeys, 99 % and 99.9 %, over {len(rungs)} rates; the knee is at {knee.rate:g} a second."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-labelledby="d">',
        f'<desc id="d">{words}</desc><style>{STYLE}</style>',
        *frame.grid(),
        *frame.rates([each.rate for each in rungs if each.rate not in (knee.rate, half.rate)]),
        *frame.upright(knee.rate, "the knee"),
        *frame.upright(half.rate, "half of it"),
        *(part for place in range(len(LINES)) for part in frame.line(rungs, place)),
        f'<text x="{LEFT}" y="{HIGH - 8}">journeys begun in a second</text>',
        f'<text x="{LEFT}" y="14">time of a whole journey</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Frame:
    """Where a rate and a time stand in the picture."""

    def __init__(self, rungs: Sequence[Rung]) -> None:
        times = [each.journeys[name] for each in rungs for name, _ in LINES]
        self._most = max(each.rate for each in rungs)
        self._low, self._high = log10(min(*times, 50)), log10(max(*times, 1_000))

    def x(self, rate: float) -> float:
        return round(LEFT + (WIDE - LEFT - RIGHT) * rate / self._most, 1)

    def y(self, milliseconds: float) -> float:
        share = (log10(milliseconds) - self._low) / (self._high - self._low)
        return round(HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * share, 1)

    def grid(self) -> Iterator[str]:
        for mark in (50, 100, AIM, 500, 1_000, 2_500, 5_000, 10_000, 25_000):
            if self._low <= log10(mark) <= self._high:
                kind = "aim" if mark == AIM else "grid"
                yield f'<line class="{kind}" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{self.y(mark)}" y2="{self.y(mark)}"/>'
                said = f"{mark} ms" if mark < 1_000 else f"{mark / 1_000:g} s"
                yield f'<text x="{LEFT - 8}" y="{self.y(mark) + 4}" text-anchor="end">{said}</text>'

    def rates(self, rates: Sequence[float]) -> Iterator[str]:
        for rate in rates:
            yield f'<text x="{self.x(rate)}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{rate:g}</text>'

    def upright(self, rate: float, name: str) -> Iterator[str]:
        yield f'<line class="at" x1="{self.x(rate)}" x2="{self.x(rate)}" y1="{TOP}" y2="{HIGH - BOTTOM}"/>'
        yield f'<text x="{self.x(rate)}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{rate:g}</text>'
        yield f'<text x="{self.x(rate)}" y="{HIGH - BOTTOM + 34}" text-anchor="middle">{name}</text>'

    def line(self, rungs: Sequence[Rung], place: int) -> Iterator[str]:
        name, said = LINES[place]
        points = [(self.x(each.rate), self.y(each.journeys[name])) for each in rungs]
        yield f'<polyline class="l{place}" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
        yield from (f'<circle class="l{place}" cx="{x}" cy="{y}" r="3"/>' for x, y in points)
        x, y = points[-1]
        yield f'<text x="{x + 10}" y="{y + 4 + 14 * (1 - place)}">{said}</text>'
