"""The child that draws a picture anew: the picture on its standard input, what it is drawn to on its standard output.

It is run as a script, isolated from the portal, so it imports nothing of it; its limits are those of `pdf_child.py`.
The answer is a line of JSON, and where that has `sizes` in bytes, so many pictures behind it.
"""

import io
import json
import os
import runpy
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

KINDS = ("PNG", "JPEG", "WEBP")
PAPER = (255, 255, 255)  # what shows through a picture that one can see through


class Refused(Exception):
    """Why there is no picture, as the parent knows it."""


def main() -> None:
    asked = json.loads(sys.argv[1])
    runpy.run_path(str(Path(__file__).with_name("pdf_child.py")))["give_up"](**asked["limits"])
    drawn: list[bytes] = []
    try:
        picture = opened(asked)
        drawn = [written(picture, tuple(box)) for box in asked["boxes"]]
        answer: dict[str, Any] = {"sizes": [len(each) for each in drawn]}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except UnidentifiedImageError:
        answer = {"refused": "no-picture"}
    except MemoryError:
        answer = {"refused": "memory"}
    except (OSError, ValueError, SyntaxError):
        answer = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(drawn))
    sys.stdout.buffer.flush()
    os._exit(0)


def opened(asked: dict[str, Any]) -> Image.Image:
    """The picture upright and in sRGB; of one that moves, as it begins."""
    Image.MAX_IMAGE_PIXELS = None  # they are counted here, before any is drawn
    picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=KINDS)
    longer, shorter = max(picture.size), min(picture.size)
    if longer * shorter > asked["most_pixels"]:
        raise Refused("too-many-pixels")
    if shorter < asked["shortest"]:
        raise Refused("too-small")
    if longer > asked["most_times"] * shorter:
        raise Refused("too-narrow")
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("P", "PA", "LA", "RGBA") or "transparency" in upright.info:
        seen_through = upright.convert("RGBA")
        paper = Image.new("RGBA", seen_through.size, PAPER)
        return Image.alpha_composite(paper, seen_through).convert("RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            seen = ImageCms.profileToProfile(upright, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return seen or upright.convert("RGB")
    return upright.convert("RGB")


def written(picture: Image.Image, box: tuple[int, int]) -> bytes:
    """As WebP no larger than the box, with nothing in it but the picture."""
    small = picture.copy()
    small.thumbnail(box, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=80, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return file.getvalue()


if __name__ == "__main__":
    main()
