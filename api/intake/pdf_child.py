"""The child that parses a PDF: it gives up what it doesn't need, opens its standard input, answers in lines of JSON.

It is run as a script, isolated from the portal, and imports only `api.intake.child`, which imports nothing of it.
"""

import ctypes
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

NEW_USER, NEW_NETWORK = 0x1000_0000, 0x4000_0000  # Linux, <linux/sched.h>


def main() -> None:
    limits = json.loads(sys.argv[1])
    give_up(**limits)
    try:
        answer = look(limits["cpu_seconds"])
    except MemoryError:
        answer = {"refused": "memory"}
    print(json.dumps(answer), flush=True)
    if limits["with_text"] and "refused" not in answer:
        with suppress(MemoryError):
            tell_texts(limits["cpu_seconds"])
    os._exit(0)  # the libraries have nothing to tidy up that the end of the process would not


def give_up(memory: int, cpu_seconds: int, file_size: int = 0, **_: object) -> None:
    """Lower the limits for good, and leave the network where the system allows it. Nothing longer can be written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    with suppress(AttributeError, OSError):  # not Linux, or not permitted
        leave = ctypes.CDLL(None).unshare
        if leave(NEW_NETWORK) != 0:
            leave(NEW_USER | NEW_NETWORK)


def look(cpu_seconds: int) -> dict[str, Any]:
    """The pages first: what does not open there needs no closer look."""
    sys.path.append(str(Path(__file__).parents[2]))
    from api.intake.child import insides, pages

    answer = pages.look(sys.stdin.buffer, cpu_seconds)
    if "refused" not in answer:
        sys.stdin.buffer.seek(0)
        answer |= insides.look(sys.stdin.buffer)
    return answer


def tell_texts(cpu_seconds: int) -> None:
    """A line for each page, as far as the time goes."""
    from api.intake.child import pages

    sys.stdin.buffer.seek(0)
    for text in pages.texts(sys.stdin.buffer, cpu_seconds):
        print(json.dumps(text))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
