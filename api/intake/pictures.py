"""A picture for a cover: any PNG, JPEG or WebP, drawn anew in two sizes. Only a limited child decodes what was sent."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from api.errors import Invalid
from api.spoken import N_

CHILD = Path(__file__).with_name("picture_child.py")
LARGEST = 10_000_000  # bytes of the file that is sent
MOST_PIXELS = 50_000_000
SHORTEST = 300  # pixels of its shorter side
MOST_TIMES = 3  # the longer side of the shorter
BOX, SMALL_BOX = (800, 1200), (400, 600)  # pixels; as large as a cover that is drawn, and as pages show it
_WORDS = {
    "no-picture": N_("The cover has to be a PNG, JPEG or WebP picture."),
    "damaged": N_("The picture is damaged: it can’t be drawn."),
    "memory": N_("The picture needs too much memory to open."),
    "too-many-pixels": N_("The picture has too many pixels; 50 million are the most."),
    "too-small": N_("The picture is too small: its shorter side needs 300 pixels."),
    "too-narrow": N_("The picture is too narrow for a cover: one side is over three times as long as the other."),
}


@dataclass(frozen=True)
class PictureLimits:
    """What the child may use: address space and size of its answer in bytes, processor and wall time in seconds."""

    memory: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: int = 40
    file_size: int = 8 << 20


@dataclass(frozen=True)
class Drawn:
    """WebP in two sizes, and the digest of the larger."""

    picture: bytes
    small: bytes
    digest: str


def drawn(given: bytes, limits: PictureLimits = PictureLimits()) -> Drawn:
    """The picture as it will be sent, or Invalid with the reason."""
    if len(given) > LARGEST:
        raise Invalid(N_("The picture is larger than 10 MB."))
    answer, rest = _ask_child(given, limits)
    sizes = answer.get("sizes")
    if sizes is None or len(rest) != sum(sizes):
        raise Invalid(_WORDS.get(answer.get("refused", ""), _WORDS["damaged"]))
    picture, small = rest[: sizes[0]], rest[sizes[0] :]
    return Drawn(picture, small, hashlib.sha256(picture).hexdigest()[:16])


def _ask_child(given: bytes, limits: PictureLimits) -> tuple[Mapping[str, Any], bytes]:
    asked = {
        "limits": asdict(limits),
        "boxes": [BOX, SMALL_BOX],
        "most_pixels": MOST_PIXELS,
        "shortest": SHORTEST,
        "most_times": MOST_TIMES,
    }
    with TemporaryFile() as words:
        try:
            subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-B", str(CHILD), json.dumps(asked)],
                input=given,
                stdout=words,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=limits.wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Invalid(N_("The picture takes too long to draw.")) from error
        words.seek(0)
        said, _, rest = words.read().partition(b"\n")
    try:
        answer = json.loads(said)
    except ValueError:
        return {}, b""
    return (answer, rest) if isinstance(answer, dict) else ({}, b"")
