"""A worker to be started as a process and killed: `python -m tests.ops.worker URL NOTES EVERY LEASE TAKES` (seconds).

Its one job writes a line into NOTES when it begins, takes its time, and writes another when it has ended.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from api import jobs
from api.database import Database
from api.jobs import Periodic, Run, Runner

JOB = "writing a note"


def main(url: str, notes: str, *seconds: str) -> None:
    every, lease, takes = (timedelta(seconds=float(each)) for each in seconds)

    def write_notes(_run: Run) -> str:
        note(Path(notes), "began")
        time.sleep(takes.total_seconds())
        note(Path(notes), "ended")
        return "Wrote two notes."

    jobs.LOOK_AGAIN = 0.5  # so that who finds another at it looks again soon, however long the lease is
    runner = Runner(Database(url), [Periodic(JOB, every, lease, write_notes)])
    runner.start()
    sys.stdin.read()  # until the test lets go
    runner.stop()


def note(notes: Path, word: str) -> None:
    with notes.open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
