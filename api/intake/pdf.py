"""Whether a file is a whole, open PDF without anything active in it, and what it holds. Only a limited child parses."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from api import clock
from api.edge.words import listed
from api.errors import Invalid
from api.formats.pdf_facts import PdfFacts, facts_of
from api.spoken import N_, Said

CHILD = Path(__file__).with_name("pdf_child.py")
END_WINDOW = 1024  # bytes; readers look for the end mark there (PDF 1.7, implementation note 18)
LONGEST_ANSWER = 4 << 20  # bytes
LONGEST_TEXT = 32 << 20  # bytes, of all pages as JSON
_WORDS = {
    "locked": N_("The PDF needs a password to open; store it without one."),
    "encrypted": N_("The PDF is encrypted, to restrict what may be done with it; store it without that protection."),
    "damaged": N_("The PDF is damaged: it does not open."),
    "no-pages": N_("The PDF has no pages."),
    "broken-page": N_("The PDF is not whole: its first or its last page can't be drawn."),
    "memory": N_("The PDF needs too much memory to open."),
}
_ACTIVE = {  # what a reader's program would run, open or send, by the names of PDF 2.0
    "JavaScript": N_("a program (JavaScript)"),
    "Launch": N_("a command to start another program (Launch)"),
    "EmbeddedFile": N_("an embedded file (EmbeddedFile)"),
    "RichMedia": N_("a film, a sound or a model (RichMedia)"),
    "SubmitForm": N_("a form that sends what is filled in (SubmitForm)"),
    "ImportData": N_("a form that reads other files (ImportData)"),
    "XFA": N_("a form of the XFA kind (XFA)"),
}
_UNCLEAR = N_("The PDF could not be opened: it is damaged, or needs too much memory.")
TOO_LATE = N_("The PDF takes too long to open (over {seconds} seconds).")
TOO_MUCH_WORK = N_("The PDF takes too long to open (over {seconds} seconds of work).")


@dataclass(frozen=True)
class PdfLimits:
    """What the child may use: address space in bytes, processor time and wall time in seconds."""

    memory: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: int = 40


@dataclass(frozen=True)
class Opened:
    """What an open PDF holds: its facts, and the text of its pages as far as there was time (`has_all_text`)."""

    facts: PdfFacts
    pages: Sequence[str] = ()
    has_all_text: bool = False


def inspect(source: BinaryIO, limits: PdfLimits = PdfLimits()) -> PdfFacts:
    """What an open file on disk holds, or Invalid with the reason why it isn't a PDF for the shelf."""
    return look_over(source, limits, with_text=False).facts


def look_over(source: BinaryIO, limits: PdfLimits = PdfLimits(), *, with_text: bool = True) -> Opened:
    """The same with the text of the pages. What goes wrong with the text is no fault of the file."""
    _check_frame(source)
    answer, texts = _ask_child(source, limits, with_text)
    if "refused" in answer:
        raise Invalid(_refusal(answer))
    try:
        facts = facts_of(answer)
    except ValueError as error:
        raise Invalid(_UNCLEAR) from error
    assert facts is not None
    pages = list(_texts(texts))
    return Opened(facts, pages, len(pages) == facts.page_count)


def _check_frame(source: BinaryIO) -> None:
    """Begins as a PDF and ends as one, which a cut-off file and a page of HTML do not."""
    size = os.fstat(source.fileno()).st_size
    if size == 0:
        raise Invalid(N_("The file is empty."))
    head = os.pread(source.fileno(), 512, 0)
    if not head.startswith(b"%PDF-"):
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
            raise Invalid(N_("The file is a web page, not a PDF; it was perhaps saved from behind a sign-in."))
        raise Invalid(N_("The file is not a PDF: it does not begin with %PDF-."))
    tail = os.pread(source.fileno(), END_WINDOW, max(0, size - END_WINDOW))
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise Invalid(N_("The PDF is cut off: its end is missing. Copy or download it again."))


def _ask_child(source: BinaryIO, limits: PdfLimits, with_text: bool) -> tuple[Mapping[str, Any], list[bytes]]:
    """The child's answer, and a line for each page. It gets the open file, an empty environment, no name of anything.

    Once it has answered, whatever ends it early costs only text.
    """
    asked = asdict(limits) | {"with_text": with_text}
    command = [sys.executable, "-I", "-B", str(CHILD), json.dumps(asked)]
    with subprocess.Popen(  # noqa: S603
        command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    ) as child:
        assert child.stdout is not None
        try:
            words, is_late = _read(child.stdout, limits.wall_seconds)
        finally:
            child.kill()  # it has ended, or it will
    said, end, texts = words.partition(b"\n")
    if not end and is_late:
        raise Invalid(Said(TOO_LATE, seconds=limits.wall_seconds))
    if not end and child.returncode == -signal.SIGXCPU:
        raise Invalid(Said(TOO_MUCH_WORK, seconds=limits.cpu_seconds))
    try:
        answer = json.loads(said) if len(said) <= LONGEST_ANSWER else None
    except ValueError as error:
        raise Invalid(_UNCLEAR) from error
    if not isinstance(answer, dict):
        raise Invalid(_UNCLEAR)
    return answer, texts.split(b"\n")[:-1]  # what follows the last end of a line is broken off


def _read(pipe: IO[bytes], seconds: float) -> tuple[bytes, bool]:
    """What comes until the other end is closed or says too much, and whether it took too long."""
    end, words = clock.ticks() + seconds, bytearray()
    while len(words) <= (LONGEST_ANSWER + LONGEST_TEXT if b"\n" in words[:LONGEST_ANSWER] else LONGEST_ANSWER):
        ready, _, _ = select.select([pipe], [], [], max(0.0, end - clock.ticks()))
        if not ready:
            return bytes(words), True
        piece = os.read(pipe.fileno(), 1 << 16)
        if not piece:
            break
        words += piece
    return bytes(words), False


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    """The text of each page up to the first line that is none."""
    for line in lines:
        try:
            text = json.loads(line)
        except ValueError:
            return
        if not isinstance(text, str):
            return
        yield text


def _refusal(answer: Mapping[str, Any]) -> str:
    if answer["refused"] != "active":
        return _WORDS.get(answer["refused"], _UNCLEAR)
    return holding(answer.get("found", ()))


def holding(active: Collection[str]) -> str:
    """What is said of a PDF with these active things in it, by their names."""
    found = [words for name, words in _ACTIVE.items() if name in active] or [N_("active content")]
    return N_("The PDF holds {things}; store it without, as PDF/A for instance.", things=partial(listed, found))
