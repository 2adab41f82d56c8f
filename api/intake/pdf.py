"""Whether a file is a whole, open PDF, and how many pages it has. Parsing happens only in a limited child."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from api.errors import Invalid

CHILD = Path(__file__).with_name("pdf_child.py")
END_WINDOW = 1024  # bytes; readers look for the end mark there (PDF 1.7, implementation note 18)
_WORDS = {
    "locked": "The PDF needs a password to open; store it without one.",
    "damaged": "The PDF is damaged: it does not open.",
    "no-pages": "The PDF has no pages.",
    "broken-page": "The PDF is not whole: its first or its last page can't be drawn.",
    "memory": "The PDF needs too much memory to open.",
}


@dataclass(frozen=True)
class PdfLimits:
    """What the child may use: address space in bytes, processor time and wall time in seconds."""

    memory: int = 512 * 1024 * 1024
    cpu_seconds: int = 10
    wall_seconds: int = 20


@dataclass(frozen=True)
class PdfFacts:
    page_count: int


def inspect(source: BinaryIO, limits: PdfLimits = PdfLimits()) -> PdfFacts:
    """What an open file on disk holds, or Invalid with the reason why it isn't a PDF for the shelf."""
    _check_frame(source)
    answer = _ask_child(source, limits)
    if refusal := answer.get("refused"):
        raise Invalid(_WORDS[refusal])
    return PdfFacts(page_count=answer["pages"])


def _check_frame(source: BinaryIO) -> None:
    """Begins as a PDF and ends as one, which a cut-off file and a page of HTML do not."""
    size = os.fstat(source.fileno()).st_size
    if size == 0:
        raise Invalid("The file is empty.")
    head = os.pread(source.fileno(), 512, 0)
    if not head.startswith(b"%PDF-"):
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
            raise Invalid("The file is a web page, not a PDF; it was perhaps saved from behind a sign-in.")
        raise Invalid("The file is not a PDF: it does not begin with %PDF-.")
    tail = os.pread(source.fileno(), END_WINDOW, max(0, size - END_WINDOW))
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise Invalid("The PDF is cut off: its end is missing. Copy or download it again.")


def _ask_child(source: BinaryIO, limits: PdfLimits) -> Mapping[str, Any]:
    """The child's answer. It gets the open file, an empty environment, and no name of anything."""
    command = [sys.executable, "-I", "-B", str(CHILD), json.dumps(asdict(limits))]
    try:
        child = subprocess.run(  # noqa: S603
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Invalid(f"The PDF takes too long to open (over {limits.wall_seconds} seconds).") from error
    if child.returncode == 0:
        answer: dict[str, Any] = json.loads(child.stdout)
        return answer
    if child.returncode == -signal.SIGXCPU:
        raise Invalid(f"The PDF takes too long to open (over {limits.cpu_seconds} seconds of work).")
    raise Invalid("The PDF could not be opened: it is damaged, or needs too much memory.")
