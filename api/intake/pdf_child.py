"""The child that parses a PDF: it gives up what it doesn't need, opens its standard input, answers in JSON.

It is run as a script, isolated from the portal, so it imports nothing of it.
"""

import ctypes
import json
import os
import resource
import sys
from contextlib import suppress
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

PICTURE = 200  # pixels on the longer side
NEW_USER, NEW_NETWORK = 0x1000_0000, 0x4000_0000  # Linux, <linux/sched.h>


def main() -> None:
    give_up(**json.loads(sys.argv[1]))
    try:
        answer = look()
    except MemoryError:
        answer = {"refused": "memory"}
    print(json.dumps(answer), flush=True)
    os._exit(0)  # the library has nothing to tidy up that the end of the process would not


def give_up(memory: int, cpu_seconds: int, **_: int) -> None:
    """Lower the limits for good, and leave the network where the system allows it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with suppress(AttributeError, OSError):  # not Linux, or not permitted
        leave = ctypes.CDLL(None).unshare
        if leave(NEW_NETWORK) != 0:
            leave(NEW_USER | NEW_NETWORK)


def look() -> dict[str, Any]:
    try:
        document = pdfium.PdfDocument(sys.stdin.buffer)
    except pdfium.PdfiumError as error:
        return {"refused": "locked" if error.err_code == raw.FPDF_ERR_PASSWORD else "damaged"}
    pages = len(document)
    if pages < 1:
        return {"refused": "no-pages"}
    try:
        for number in sorted({0, pages - 1}):
            page = document[number]
            page.render(scale=PICTURE / max(page.get_size()))
    except (pdfium.PdfiumError, ZeroDivisionError):
        return {"refused": "broken-page"}
    return {"pages": pages}


if __name__ == "__main__":
    main()
