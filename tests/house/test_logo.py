"""A logo: a small picture drawn anew, or refused in words."""

import io
import struct
import zlib

import pytest
from PIL import Image

from api.errors import Invalid
from api.house.logo import HEIGHT, WIDTH, drawn


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 40)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_small_png(kind: str) -> None:
    made = drawn(picture(2000, 400, kind))
    with Image.open(io.BytesIO(made.png)) as shown:
        assert (shown.format, shown.size) == ("PNG", (made.width, made.height))
    assert made.width <= WIDTH
    assert made.height <= HEIGHT
    assert made.width / made.height == pytest.approx(5, abs=0.1)


def test_what_the_file_carried_besides_is_gone() -> None:
    made = drawn(picture(60, 30) + b"<script>alert(1)</script>")
    assert b"script" not in made.png


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture(60, 30)[:50],
        b"\x89PNG\r\n\x1a\n" + bytes(30),
        bytes(1_000_001),
    ],
)
def test_what_is_no_picture_is_refused(given: bytes) -> None:
    with pytest.raises(Invalid):
        drawn(given)


def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    with pytest.raises(Invalid):
        drawn(bomb)
