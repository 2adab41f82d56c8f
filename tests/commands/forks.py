"""A process that has the command line imported and forks a `gatefold` for each line it reads, which says how to run it.

Each is a process of its own, and costs a twentieth of a second instead of half a second or a whole one.
"""

import ctypes
import json
import os
import sys
import traceback
from typing import Any

import api.database
import api.migrations
import api.ops.disks
import api.ops.telemetry
import api.settings  # noqa: F401
from api.commands import gatefold


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_ended(**json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _ended(words: list[str], folder: str, given: dict[str, str], obeys_modes: bool) -> Any:
    """What the command ends with, in that folder, with what it says in the files `out` and `err`."""
    os.chdir(folder)
    for descriptor, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    for name in [name for name in os.environ if name.startswith("GATEFOLD_")]:
        del os.environ[name]
    os.environ.update(given)
    if obeys_modes:
        _obey_modes()
    try:
        gatefold(words, prog_name="gatefold")
    except SystemExit as ended:
        return ended.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 70


def _obey_modes() -> None:
    """Let root be refused by a file's mode like anyone else: give up the capabilities that overrule it."""
    nothing = (ctypes.c_uint32 * 6)()
    version_3_of_this_process = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).capset(version_3_of_this_process, nothing) == 0


if __name__ == "__main__":
    main()
