"""What the pages of the desk cost with many titles and readers, against what they cost with few."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from tests.bench import press, servers
from tests.bench.measure import ROUNDS
from tests.bench.report import Row
from tests.bench.shelf import settings_in
from tests.site import free_port

FEW, MANY = (50, 50), (5_000, 100_000)  # titles, readers
AT_A_TIME = 5  # requests for a page before it is the other's turn
SETTLING = 30  # seconds at most
AIM = 3.0
_ONE = f"/desk/titles/{press.TITLE}"
PAGES = {
    "titles": "/desk",
    "titles, the second leaf": "/desk?after=title-30",
    "titles published": "/desk?state=published",
    "titles withdrawn": "/desk?state=withdrawn",
    "titles for all who sign in": "/desk?access=signed-in",
    "titles for nobody": "/desk?access=nobody",
    "titles not open yet": "/desk?access=later",
    "titles by words that many have": "/desk?q=archive+keeps",
    "titles by words that none has": "/desk?q=tides",
    "new title": "/desk/titles/new",
    "overview": _ONE,
    "record": f"{_ONE}/record",
    "contents": f"{_ONE}/contents",
    "file": f"{_ONE}/file",
    "preview": f"{_ONE}/preview",
    "preview as a reader": f"{_ONE}/preview?as=signed-in",
    "publishing": f"{_ONE}/publishing",
    "notices": f"{_ONE}/notices",
    "access": f"{_ONE}/access",
    "named readers": f"{_ONE}/access/readers",
    "named readers, one of them": f"{_ONE}/access/readers?q=s30",
    "named readers of a name": f"{_ONE}/access/readers?q=ana+adler",
    "named readers of many names": f"{_ONE}/access/readers?q=a",
    "invited readers, one of them": f"{_ONE}/access/readers?show=invited&q=reader30@",
    "invited readers": f"{_ONE}/access/readers?show=invited",
    "a list of readers": f"{_ONE}/access/readers/list",
    "vouchers": f"{_ONE}/access/vouchers",
    "links": f"{_ONE}/access/links",
    "trial of access": f"{_ONE}/access/trial",
    "requests": "/desk/requests",
    "requests for one title": f"/desk/requests?title={press.TITLE}",
    "institutions": "/desk/institutions",
    "institution": "/desk/institutions/library-1",
    "readiness": "/desk/readiness",
    "readiness for publication": "/desk/readiness?aim=publication",
    "import": "/desk/import",
    "usage": "/desk/usage",
    "usage in a year": "/desk/usage?days=364",
    "usage of one title": f"{_ONE}/usage",
    "usage as CSV": "/desk/usage.csv?days=364",
    "mail": "/desk/outbox",
    "mail given up": "/desk/outbox?state=given-up",
    "mail waiting": "/desk/outbox?state=waiting",
    "readers": "/desk/readers",
    "readers by the beginning of a name": "/desk/readers?q=a",
    "readers by a whole name": "/desk/readers?q=ana+adler",
    "readers by a handle": "/desk/readers?q=bench:s30",
    "readers by a domain": "/desk/readers?q=@press.example",
    "readers by an address": "/desk/readers?q=reader31@press.example",
    "readers shut out": "/desk/readers?show=disabled",
    "reader": "/desk/readers/30",
    "staff": "/desk/staff",
    "audit": "/desk/audit",
    "audit of an act": "/desk/audit?act=published",
    "audit by someone": "/desk/audit?actor=2",
    "audit of a title": f"/desk/audit?of={press.TITLE}",
    "audit of a reader": "/desk/audit?of=account+30",
    "audit until a day": "/desk/audit?until=2020-01-01",
    "fair use": "/desk/fair-use",
    "house": "/desk/house",
    "a page of the house": "/desk/house/pages/help",
}


@dataclass(frozen=True)
class Desk:
    """The desk of a press, and whoever sits at it."""

    line: HTTPConnection
    headers: dict[str, str]
    pid: int

    def settle(self) -> None:
        """Wait for the first run of the jobs that go on beside the pages: a second in which hardly any CPU is used."""
        self.cost(_ONE)
        for _ in range(SETTLING):
            begun = _cpu_of(self.pid)
            time.sleep(1)
            if _cpu_of(self.pid) - begun < 0.05:
                return

    def cost(self, page: str, times: int = AT_A_TIME) -> float:
        """Seconds of CPU that one answer takes the server."""
        begun = _cpu_of(self.pid)
        for _ in range(times):
            self.line.request("GET", page, headers=self.headers)
            answer = self.line.getresponse()
            content = answer.read()
            assert answer.status == 200, f"{page}: {answer.status} {content[:200]!r}"
        took = _cpu_of(self.pid) - begun
        self.line.close()  # the server hangs up on a line that is quiet for long
        return took / times


def desk(folder: Path) -> list[Row]:
    folder.mkdir()
    with ExitStack() as stack:
        few, many = (stack.enter_context(_desk(folder / str(size[0]), *size)) for size in (FEW, MANY))
        costs = {name: _side_by_side(few, many, page) for name, page in PAGES.items()}
    return rows(costs)


def rows(costs: dict[str, tuple[float, float, float]]) -> list[Row]:
    """One row for the page whose cost grows most, with every page that more than doubles in its figures."""
    by_growth = sorted(costs, key=lambda name: costs[name][2], reverse=True)
    grown = [name for name in by_growth if costs[name][2] > 2] or by_growth[:1]
    said = "; ".join(f"{name} {costs[name][2]:.2f}: {_milliseconds(costs[name])}" for name in grown)
    typical = median(ratio for _, _, ratio in costs.values())
    titles, readers = MANY
    return [
        Row(
            f"desk, that of its {len(costs)} pages which grows most: CPU with {titles:,} titles, {readers:,} readers",
            "with {} titles, {} readers".format(*FEW),
            costs[by_growth[0]][2],
            said,
            at_most=AIM,
        ),
        Row("… the median of its pages", "the same", typical, ""),
    ]


def _side_by_side(few: Desk, many: Desk, page: str) -> tuple[float, float, float]:
    """Seconds with few and with many, and the ratio: medians of rounds in which both take their turn."""
    for each in (few, many):
        each.cost(page, 2)  # warm
    rounds = [(few.cost(page), many.cost(page)) for _ in range(ROUNDS)]
    small, large = zip(*rounds, strict=True)
    return median(small), median(large), median(ours / theirs for theirs, ours in rounds)


def _milliseconds(cost: tuple[float, float, float]) -> str:
    return f"{cost[1] * 1000:.1f} ms, {cost[0] * 1000:.1f} ms"


@contextmanager
def _desk(folder: Path, titles: int, readers: int) -> Iterator[Desk]:
    folder.mkdir()
    settings = settings_in(folder, f"http://localhost:{free_port()}")
    cookie = press.stock(settings, titles, readers)
    with servers.portal(settings) as server:
        line = HTTPConnection(urlsplit(server.url).netloc)
        sitting = Desk(line, {"Cookie": cookie, "Accept": "text/html"}, server.pids[0])
        sitting.settle()
        yield sitting


def _cpu_of(pid: int) -> float:
    """User and system time of a process to the nanosecond: its clock as Linux numbers it."""
    return time.clock_gettime(~pid << 3 | 2)
