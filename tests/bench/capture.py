"""What it costs a page and a download that use is counted: the same portal with and without, in turns."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from tests.bench import servers
from tests.bench.report import Row
from tests.bench.shelf import PAGE, Stocked, settings_in, stock
from tests.site import free_port

ROUNDS = 30
AT_A_TIME = 40  # requests before it is the other's turn; what waits is written meanwhile
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
AIM = 1.05


class Asked:
    """A portal, and one line to it."""

    def __init__(self, url: str, stocked: Stocked) -> None:
        self._netloc = urlsplit(url).netloc
        self.paths = {"landing page": PAGE, "download of 2 kB by its link": stocked.link}
        line = HTTPConnection(self._netloc)  # whoever has a link has seen the page, so the title is known to the server
        line.request("GET", PAGE, headers={"Cookie": stocked.cookie})
        assert line.getresponse().status == 200
        line.close()

    def took(self, path: str) -> float:
        """Seconds that an answer takes, typically."""
        line = HTTPConnection(self._netloc)
        times = []
        for _ in range(AT_A_TIME):
            begun = time.perf_counter()
            line.request("GET", path, headers={"User-Agent": AGENT})
            answer = line.getresponse()
            answer.read()
            times.append(time.perf_counter() - begun)
            assert answer.status == 200, answer.status
        line.close()
        return median(times)


def capture(folder: Path) -> list[Row]:
    folder.mkdir()
    with ExitStack() as stack:
        counted, uncounted = (stack.enter_context(_portal(folder, each)) for each in ("portal", "uncounted"))
        return [_row(what, counted, uncounted) for what in counted.paths]


@contextmanager
def _portal(folder: Path, program: str) -> Iterator[Asked]:
    own = folder / program
    own.mkdir()
    settings = settings_in(own, f"http://localhost:{free_port()}")
    stocked = stock(settings, 1)
    with servers.portal(settings, f"tests.bench.{program}") as server:
        yield Asked(server.url, stocked)


def _row(what: str, counted: Asked, uncounted: Asked) -> Row:
    rounds = [(counted.took(counted.paths[what]), uncounted.took(uncounted.paths[what])) for _ in range(ROUNDS)]
    ours, theirs = (median(each) for each in zip(*rounds, strict=True))
    ratio = median(our / their for our, their in rounds)
    return Row(
        f"{what}, use counted: time of an answer",
        "use not counted",
        ratio,
        f"{ours * 1e6:,.0f} µs; {theirs * 1e6:,.0f} µs",
        at_most=AIM,
    )
