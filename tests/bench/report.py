"""The table, the machine it was measured on, and how both get into docs/performance.md."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.bench.load import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- the last table, written by make bench -->", "<!-- end of the table -->"
PARTS = ("fastapi", "starlette", "uvicorn", "sqlmodel", "sqlalchemy", "jinja2", "psycopg")


@dataclass(frozen=True)
class Row:
    """One line. `at_least` or `at_most` is the aim; a row without either is for scale."""

    what: str
    against: str
    ratio: float
    figures: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool | None:
        if self.at_least is not None:
            return round(self.ratio, 2) >= self.at_least
        return round(self.ratio, 2) <= self.at_most if self.at_most is not None else None

    def __str__(self) -> str:
        aim = f"≥ {self.at_least:g}" if self.at_least is not None else ""
        aim = f"≤ {self.at_most:g}" if self.at_most is not None else aim
        verdict = {True: "met", False: "**missed**", None: ""}[self.is_met]
        return f"| {self.what} | {self.against} | {self.ratio:.2f} | {aim} | {verdict} | {self.figures} |"


def table(rows: list[Row], skipped: list[str]) -> str:
    lines = ["| what | against | ratio | aim | | figures |", "|---|---|---|---|---|---|", *map(str, rows)]
    return "\n".join([*lines, *(f"\nSkipped: {reason}" for reason in skipped)])


def machine() -> str:
    """The processor, the cores, and the versions of what was measured, in one sentence."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    kilobytes = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    parts = ", ".join(f"{name} {version(name)}" for name in PARTS)
    driver = _first_line("wrk", "-v").split(" [")[0] or "the bench's own client"
    server = _first_line("nginx", "-v").rpartition("/")[2]
    return (
        f"{model}, {os.cpu_count()} cores, {kilobytes / 2**20:.0f} GB, Linux {platform.release()}; "
        f"Python {platform.python_version()}, {parts}; nginx {server or 'not there'}; load by {driver}."
    )


def write(text: str) -> None:
    """Put `text` between the marks of docs/performance.md."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def _first_line(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).partition("\n")[0]
