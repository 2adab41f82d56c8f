"""Stamped pages per second: the child that stamps, against one that opens the same PDF and saves it again."""

import subprocess
import sys
import time
from statistics import median
from tempfile import TemporaryFile
from typing import BinaryIO

from api.delivery.stamp import Line, stamp
from tests.bench.measure import ROUNDS
from tests.bench.report import Row
from tests.make import pdf

PAGES = 300
LINE = Line("Ana Sample", "Reader 7", "Rivers of Paper", "22 November 2026", "7K3M-92QX")
OPEN_AND_SAVE = "import sys, pikepdf; pikepdf.open(sys.stdin.buffer).save(sys.stdout.buffer)"


def stamping() -> Row:
    ours, theirs = [], []
    with TemporaryFile() as source:
        source.write(pdf(PAGES))
        source.flush()
        for _ in range(ROUNDS + 1):
            theirs.append(_saved(source))
            ours.append(_stamped(source))
    ratio = median(each / other for each, other in zip(theirs[1:], ours[1:], strict=True))
    quick, plain = PAGES / median(ours[1:]), PAGES / median(theirs[1:])
    return Row(
        f"stamped pages/s, a volume of {PAGES} pages",
        "a child that opens and saves it",
        ratio,
        f"{quick:,.0f}/s; {plain:,.0f}/s, each with the child's start",
        at_least=0.5,
    )


def _stamped(source: BinaryIO) -> float:
    began = time.perf_counter()
    with TemporaryFile() as target:
        stamp(source, target, LINE)
    return time.perf_counter() - began


def _saved(source: BinaryIO) -> float:
    began = time.perf_counter()
    source.seek(0)
    with TemporaryFile() as target:
        subprocess.run([sys.executable, "-I", "-c", OPEN_AND_SAVE], stdin=source, stdout=target, check=True)
    return time.perf_counter() - began
