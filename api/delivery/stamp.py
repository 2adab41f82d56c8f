"""One line on each page of a PDF, written by a child process with little memory, little time and no network."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import BinaryIO

MODULE = "api.delivery.stamp_child"


@dataclass(frozen=True)
class StampLimits:
    """What the child may use: address space in bytes, processor time and wall time in seconds.

    A large file gets so many seconds of each more as it has `a_second_more` bytes.
    """

    memory: int = 1024 * 1024 * 1024
    cpu_seconds: int = 30
    wall_seconds: int = 45
    a_second_more: int = 20 * 1024 * 1024
    most_seconds: int = 200  # less than a copy is claimed for


LIMITS = StampLimits()


@dataclass(frozen=True)
class Line:
    """What stands on each page. `otherwise` stands for the name where no font has its letters."""

    name: str
    otherwise: str
    title: str
    date: str
    number: str


class NotStamped(Exception):
    """The child could not do it. The message is for the log and holds nothing of the line."""


def stamp(source: BinaryIO, target: BinaryIO, line: Line, limits: StampLimits = LIMITS) -> None:
    """Write the PDF in `source`, an open file on disk, with the line on each page into `target`, another.

    The same file and the same line give the same bytes. Raises NotStamped.
    """
    source.seek(0)
    more = os.fstat(source.fileno()).st_size // limits.a_second_more
    wall, cpu = (min(each + more, limits.most_seconds) for each in (limits.wall_seconds, limits.cpu_seconds))
    given = json.dumps({"memory": limits.memory, "cpu_seconds": cpu})
    command = [sys.executable, "-I", "-B", "-m", MODULE, given, str(source.fileno()), str(target.fileno())]
    try:
        child = subprocess.run(  # noqa: S603
            command,
            input=json.dumps(asdict(line)).encode(),  # not among the arguments, which every user of the machine sees
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(source.fileno(), target.fileno()),
            env={},
            cwd="/",
            timeout=wall,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotStamped(f"it took over {wall} seconds") from error
    if child.returncode == -signal.SIGXCPU:
        raise NotStamped(f"it took over {cpu} seconds of work")
    if child.returncode == 3:
        raise NotStamped("it needs more memory than it gets")
    if child.returncode != 0:
        raise NotStamped("the PDF is not one that can be written again")
