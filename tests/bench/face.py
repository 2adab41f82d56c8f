"""How fast pages are on a slow phone, as Lighthouse has it: the landing page and the catalogue."""

from statistics import median

from tests.bench.report import Row
from tests.bench.shelf import PAGE
from tests.journeys.lighthouse import scores

ROUNDS = 3
PAGES = {"landing page": PAGE, "catalogue": "/"}
BEST = 100


def face(url: str) -> list[Row]:
    """Raises NoLighthouse where that is not to be had."""
    scores(url + PAGE, "performance", throttled=True)  # warm
    return [_row(name, url + path) for name, path in PAGES.items()]


def _row(name: str, address: str) -> Row:
    found = [scores(address, "performance", throttled=True) for _ in range(ROUNDS)]
    points = [value for each in found for value in each.values()]
    costly = sorted({reasons for each in found for label in each if (reasons := label.partition(": ")[2])})
    return Row(
        f"{name} in Lighthouse, as on a slow phone: performance",
        f"{BEST} points",
        median(points) / BEST,
        ", ".join(map(str, points)) + (f"; points cost {'; '.join(costly)}" if costly else ""),
        at_least=1.0,
    )
