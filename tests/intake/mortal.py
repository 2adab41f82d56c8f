"""A worker to be killed: `python -m tests.intake.mortal URL ROOT WHEN STEP`, where WHEN is `before` or `after`.

It does what the worker inside `serve` does, and kills itself (SIGKILL) at that boundary between two steps.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.database import Database
from api.intake import pipeline
from api.intake.checker import Checker
from api.intake.leases import Lease
from storage.local import LocalStore

STEPS: dict[str, tuple[object, str]] = {
    "note": (Lease, "write"),
    "keep": (LocalStore, "keep"),
    "finish": (pipeline, "_finish"),
    "reject": (pipeline, "_reject"),
    "discard": (LocalStore, "discard"),
}


def main(url: str, root: str, when: str, step: str) -> None:
    owner, name = STEPS[step]
    setattr(owner, name, deadly(getattr(owner, name), when))
    Checker(Database(url), LocalStore(Path(root))).check_waiting()


def deadly(work: Callable[..., Any], when: str) -> Callable[..., Any]:
    def wrapped(*values: Any, **named: Any) -> Any:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = work(*values, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


if __name__ == "__main__":
    main(*sys.argv[1:])
