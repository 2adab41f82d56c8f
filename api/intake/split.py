"""A chapter cut out of its volume's PDF, by the pages that are printed in the contents. Only a limited child parses."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from api.errors import Invalid

CHILD = Path(__file__).with_name("split_child.py")
ROOM = 16 << 20  # bytes that a chapter may be larger than the volume, which it is when it is nearly all of it
_WORDS = {
    "backwards": "The chapter's last page comes before its first.",
    "damaged": "The volume's PDF can't be taken apart: something in it is damaged.",
    "memory": "Taking the volume's PDF apart needs too much memory.",
    "no-number": "The volume's PDF has no page labels of its own, so its pages are counted, and “{page}” is no number.",
    "beyond": "The volume's PDF has no page labels of its own and {pages} pages; there is no page {page}.",
    "no-label": "No page of the PDF is labelled “{page}”; its labels go from “{labels[0]}” to “{labels[1]}”.",
    "ambiguous": "More than one page of the PDF is labelled “{page}”, counted from its beginning: {places}.",
}


@dataclass(frozen=True)
class SplitLimits:
    """What the child may use: address space in bytes, processor time and wall time in seconds."""

    memory: int = 1 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 120


@dataclass(frozen=True)
class Cut:
    """What to cut: the first and the last page as they are printed, and what the new PDF says of itself."""

    first: str
    last: str
    title: str
    authors: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True)
class CutPages:
    """Which pages of the volume these are, from 0 on. `by_position`: the PDF had no labels, so they were counted."""

    first: int
    last: int
    by_position: bool


def split(source: IO[bytes], cut: Cut, into: IO[bytes], limits: SplitLimits = SplitLimits()) -> CutPages:
    """Cut a chapter out of an open PDF on disk; Invalid with the reason if that can't be done.

    The same volume and the same cut make the same bytes.
    """
    answer = _ask_child(source, cut, into, limits)
    if refusal := answer.get("refused"):
        raise Invalid(_WORDS[refusal].format(**_said(answer)))
    return CutPages(answer["first"], answer["last"], answer["by_position"])


def _ask_child(source: IO[bytes], cut: Cut, into: IO[bytes], limits: SplitLimits) -> Mapping[str, Any]:
    source.seek(0)
    file_size = os.fstat(source.fileno()).st_size + ROOM
    asked = asdict(cut) | {"limits": asdict(limits) | {"file_size": file_size}, "to": into.fileno()}
    with TemporaryFile() as words:
        try:
            child = subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-B", str(CHILD), json.dumps(asked)],
                stdin=source,
                stdout=words,
                stderr=subprocess.DEVNULL,
                pass_fds=(into.fileno(),),
                env={},
                cwd="/",
                timeout=limits.wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Invalid(f"Cutting the chapter out takes too long (over {limits.wall_seconds} seconds).") from error
        words.seek(0)
        said = words.read()
    if child.returncode == -signal.SIGXCPU:
        raise Invalid(f"Cutting the chapter out takes too long (over {limits.cpu_seconds} seconds of work).")
    if child.returncode != 0:
        raise Invalid(_WORDS["damaged"])
    answer: dict[str, Any] = json.loads(said)
    return answer


def _said(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's values for a sentence. Labels come out of the PDF: one line of each, and not much of it."""
    said: dict[str, Any] = dict(answer)
    if "labels" in said:
        said["labels"] = ["".join(sign for sign in label if sign.isprintable())[:20] for label in said["labels"]]
    if "places" in said:
        said["places"] = ", ".join(map(str, said["places"]))
    return said
