"""Interleaved rounds and their medians: requests, wall time and the CPU seconds of the serving processes."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROUNDS = 5
SERVER_CORE, CLIENT_CORE = 0, (os.cpu_count() or 1) - 1
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """One round of one contender: what was answered (requests or bytes), in how long, for how much CPU (seconds)."""

    done: float
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def cost(self) -> float:
        """CPU seconds for one request (or byte)."""
        return self.cpu / self.done


@dataclass(frozen=True)
class Contender:
    """What is measured: `run` loads it and tells (done, seconds); `pids` are the processes whose CPU counts."""

    name: str
    pids: tuple[int, ...]
    run: Callable[[], tuple[float, float]]


class Results:
    """The samples of a race, by contender, round by round."""

    def __init__(self, samples: dict[str, list[Sample]]) -> None:
        self.samples = samples

    def rate(self, name: str) -> float:
        return median(sample.rate for sample in self.samples[name])

    def cost(self, name: str) -> float:
        return median(sample.cost for sample in self.samples[name])

    def rate_ratio(self, name: str, against: str) -> float:
        """Of how often `name` answers while `against` answers once."""
        return self._ratio(name, against, lambda sample: sample.rate)

    def cost_ratio(self, name: str, against: str) -> float:
        return self._ratio(name, against, lambda sample: sample.cost)

    def _ratio(self, name: str, against: str, of: Callable[[Sample], float]) -> float:
        pairs = zip(self.samples[name], self.samples[against], strict=True)
        return median(of(ours) / of(theirs) for ours, theirs in pairs)


def race(contenders: Sequence[Contender], rounds: int = ROUNDS) -> Results:
    """A B C, A B C, …: each round loads every contender once, so that a noisy minute hits them all."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for contender in contenders:  # warm
        contender.run()
    for _ in range(rounds):
        for contender in contenders:
            before = cpu_seconds(contender.pids)
            done, seconds = contender.run()
            samples[contender.name].append(Sample(done, seconds, cpu_seconds(contender.pids) - before))
    return Results(samples)


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes, all threads, ended ones too."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_megabytes(pid: int) -> float:
    return _megabytes(pid, "VmRSS")


def peak_megabytes(pid: int) -> float:
    """The most memory that was resident since the process began, or since `forget_peak`."""
    return _megabytes(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _megabytes(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024
