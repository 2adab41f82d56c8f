"""`make load`: readers on whole journeys come faster and faster, until the portal can't keep up; then half as fast.

`python -m tests.load [--workers 2] [--rates 5,10] [--seconds 20] [--half 180] [--at RATE] [--keep FILE] [--write]`
"""

import argparse
import gc
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop

from tests import nginx, postgres
from tests.load import machines, report
from tests.load.arrivals import Arrivals
from tests.load.journey import Journey, Reader
from tests.load.machines import Machines
from tests.load.rungs import Rung, busy_seconds, cpu_seconds, rung

RATES = "4,8,12,16,20,24,28,32,36,40"  # journeys begun in a second
WARM = 3.0  # seconds of each rung that are not looked at
FILE = b"%PDF-1.7 " + bytes(range(256)) * 4096  # a megabyte
# As Debian's nginx.conf has it around what is in conf.d.
AROUND = nginx.AROUND.replace("worker_connections 256", "worker_connections 768").replace(
    "daemon off;", "daemon off;\nworker_processes auto;"
)


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.load")
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--rates", default=RATES, help="journeys begun in a second, one after the other")
    words.add_argument("--seconds", type=float, default=20, help="of each of these rates")
    words.add_argument("--half", type=float, default=180, help="seconds at half the knee; 0 leaves it out")
    words.add_argument("--at", type=float, help="this rate only, and for so long, instead of all these")
    words.add_argument("--keep", type=Path, help="a file that gathers what several runs have found")
    words.add_argument("--write", action="store_true", help="into docs/performance.md, with its picture")
    given = words.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers go too
    found, rates = _kept(given.keep), [float(rate) for rate in given.rates.split(",")]
    with tempfile.TemporaryDirectory(prefix="gatefold-") as name, furnished(Path(name), given.workers) as bench:
        bench.measured(min(4.0, *rates), WARM)  # templates, statements and connections are made; not looked at
        if given.at is not None:
            found["half"] = [bench.measured(given.at, given.half)]
        else:
            found["rungs"] = bench.climbed(rates, given.seconds)
            if given.half:
                if given.keep:
                    _keep(given.keep, found)
                found["half"] = [bench.measured(report.knee(found["rungs"]).rate / 2, given.half)]
    if given.keep:
        _keep(given.keep, found)
    if given.write:
        report.write(found["rungs"], found["half"][0], given.workers)


def _keep(file: Path, found: dict[str, list[Rung]]) -> None:
    file.write_text(json.dumps({part: [each.as_json() for each in found[part]] for part in found}))


def _kept(file: Path | None) -> dict[str, list[Rung]]:
    if file is None or not file.exists():
        return {}
    return {part: [Rung(**each) for each in rungs] for part, rungs in json.loads(file.read_text()).items()}


class Bench:
    """The house, the processes whose CPU is told apart, and readers who were never here before."""

    def __init__(self, running: Machines, parts: dict[str, list[int]]) -> None:
        self._running = running
        self._parts = parts
        self._come = 0

    def climbed(self, rates: Sequence[float], seconds: float) -> list[Rung]:
        """One rung after the other, until one does not hold."""
        rungs: list[Rung] = []
        for rate in rates:
            rungs.append(self.measured(rate, seconds))
            if not rungs[-1].holds:
                break
        return rungs

    def measured(self, rate: float, seconds: float) -> Rung:
        arrivals, begun = Arrivals(self._journey), time.monotonic()
        began, over = begun + WARM, begun + WARM + seconds
        gc.collect()
        before = self._cpu()
        uvloop.run(arrivals.keep_coming(rate, lambda: time.monotonic() > over))
        spent = self._cpu()
        share = seconds / (seconds + WARM)
        found = rung(
            rate,
            seconds,
            [each for each in arrivals.done if each.due_at >= began],
            {part: (spent[part] - before[part]) * share for part in spent},
            [each.resident() / 1e6 for each in self._running.workers],
        )
        report.tell(found)
        return found

    async def _journey(self, _number: int, due_at: float) -> Journey:
        self._come += 1
        return await Reader(self._running.house, self._come, str(self._come), due_at).go()

    def _cpu(self) -> dict[str, float]:
        parts = {part: sum(map(cpu_seconds, pids)) for part, pids in self._parts.items()}
        parts |= {"readers": time.process_time()}
        return parts | {"the rest of the machine": busy_seconds() - sum(parts.values())}


@contextmanager
def furnished(folder: Path, workers: int) -> Iterator[Bench]:
    """As docs/operating.md sets up one machine: nginx sends the files, and PostgreSQL waits for its disk."""
    with postgres.served(in_a_hurry=False) as server, server.database() as url:
        storage = {"root": folder / "files", "delivery": "x-accel"}
        with machines.running(folder, url, workers, storage=storage, file=FILE, afresh=True, around=AROUND) as running:
            web = int((folder / "nginx.pid").read_text())
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) - 5)  # who measures is not to be late
            yield Bench(
                running, {"workers": [each.pid for each in running.workers], "nginx": [web], "database": [server.pid]}
            )


if __name__ == "__main__":
    main()
