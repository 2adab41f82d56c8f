"""One rate of arrivals and what came of it: how long journeys took, which failed, and what CPU each part needed."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.load.journey import Journey

TICKS = os.sysconf("SC_CLK_TCK")
TOLD = (0.5, 0.95, 0.99, 0.999)  # percentiles


@dataclass(frozen=True)
class Rung:
    """`journeys` and each step's times by percentile, in milliseconds; `cpu` in milliseconds a journey, by part."""

    rate: float
    seconds: float
    come: int
    failed: int
    journeys: Mapping[str, float]
    steps: Mapping[str, Mapping[str, float]]
    within: float  # share of the journeys that were over in a quarter of a second
    cpu: Mapping[str, float]
    resident: Sequence[float]  # megabytes of each worker in the end
    faults: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether this many can come: nobody is turned away, and of a hundred 99 are done within a second."""
        return not self.failed and self.journeys["99"] <= 1_000

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def rung(
    rate: float,
    seconds: float,
    journeys: Sequence[Journey],
    cpu: Mapping[str, float],
    resident: Sequence[float],
) -> Rung:
    whole = [each for each in journeys if not each.fault]
    names = dict.fromkeys(step.name for each in whole for step in each.steps)
    took = sorted(each.took for each in whole)
    return Rung(
        rate=rate,
        seconds=seconds,
        come=len(journeys),
        failed=len(journeys) - len(whole),
        journeys=_percentiles(took),
        steps={
            name: _percentiles(sorted(step.took for each in whole for step in each.steps if step.name == name))
            for name in names
        },
        within=sum(each <= 0.25 for each in took) / max(1, len(journeys)),
        cpu={part: spent * 1000 / max(1, len(journeys)) for part, spent in cpu.items()},
        resident=resident,
        faults=[each.fault for each in journeys if each.fault][:5],
    )


def _percentiles(took: Sequence[float]) -> dict[str, float]:
    if not took:
        return {f"{each * 100:g}": 60_000.0 for each in (*TOLD, 1)}
    last = len(took) - 1
    return {f"{each * 100:g}": round(took[min(last, int(len(took) * each))] * 1000, 1) for each in (*TOLD, 1)}


def cpu_seconds(pid: int) -> float:
    """What a process, its children and theirs have used; of those that have ended too, once they were waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(cpu_seconds(int(child)) for child in children)


def busy_seconds() -> float:
    """What all cores together have worked since the machine began."""
    first, *_cores = Path("/proc/stat").read_text().splitlines()
    user, nice, system, _idle, _waiting, *interrupts = map(int, first.split()[1:8])
    return (user + nice + system + sum(interrupts)) / TICKS
