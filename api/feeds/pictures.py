"""Covers as pictures, and what link previews show of a title: drawn from the same leaves and lines as the SVG.

Where an editor chose a picture, it is that one, and it stands in the place of the leaves. A child process draws them:
with the libraries of it and room to draw, a worker would be 25 MiB larger ever after.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from api.formats.cover import Drawing

CHILD = "api.feeds.picture_child"
KEPT = 64  # pictures of each kind in memory, of some 40 kB each
FEW_KEPT = 8  # photographs as PNG, of a megabyte or two
PATIENCE = 30  # seconds


class Preview(NamedTuple):
    """What a link preview shows besides the leaves."""

    slug: str
    title: str
    people: str
    house: str


@lru_cache(maxsize=KEPT)
def cover_picture(drawn: Drawing, form: str) -> bytes:
    """The cover as `png` or `webp`."""
    return _drawn("cover", {**drawn._asdict(), "pair": drawn.pair._asdict(), "form": form})


@lru_cache(maxsize=FEW_KEPT)
def chosen_png(chosen: bytes) -> bytes:
    """The same picture as PNG, for those who know no WebP."""
    return _drawn("chosen", {}, chosen)


@lru_cache(maxsize=KEPT)
def preview_picture(preview: Preview, chosen: bytes | None = None) -> bytes:
    """What is shown where someone passes the title's address on, as PNG; `chosen` is the picture of its cover."""
    return _drawn("preview", preview._asdict(), chosen or b"")


def _drawn(what: str, given: Mapping[str, Any], chosen: bytes = b"") -> bytes:
    """A line of JSON goes in, and after it the chosen picture; the drawn one comes out."""
    asked = json.dumps({"what": what, "given": given}).encode() + b"\n" + chosen
    command = [sys.executable, "-I", "-B", "-m", CHILD]
    return subprocess.run(  # noqa: S603
        command, input=asked, stdout=subprocess.PIPE, env={}, cwd="/", timeout=PATIENCE, check=True
    ).stdout
