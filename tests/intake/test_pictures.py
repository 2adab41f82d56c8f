"""A picture for a cover: drawn anew in two sizes by a limited child, or refused in words."""

import io
import struct
import zlib
from dataclasses import replace

import pytest
from PIL import Image, ImageCms

from api.errors import Invalid
from api.intake.pictures import BOX, LARGEST, SMALL_BOX, PictureLimits, drawn


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, (width, height))
    image.paste(Image.linear_gradient("L").resize((width, height)).convert(mode))
    image.save(out, kind, **more)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A few hundred bytes that unpack to a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGBA"), ("PNG", "I;16")])
def test_a_picture_becomes_webp_in_two_sizes(kind: str, mode: str) -> None:
    given = picture(1000, 1500, kind, mode) if mode != "I;16" else picture(1000, 1500, kind, "L")
    made = drawn(given)
    for bytes_, box in ((made.picture, BOX), (made.small, SMALL_BOX)):
        with Image.open(io.BytesIO(bytes_)) as shown:
            assert (shown.format, shown.mode, shown.size) == ("WEBP", "RGB", box)
    assert drawn(given) == made


def test_one_that_is_smaller_stays_as_large_as_it_is() -> None:
    with Image.open(io.BytesIO(drawn(picture(300, 400)).picture)) as shown:
        assert shown.size == (300, 400)


def test_it_is_upright_and_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x013B] = "Somebody"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = drawn(picture(900, 600, "JPEG", exif=exif, icc_profile=profile, comment=b"Somebody") + b"<script>")
    with Image.open(io.BytesIO(made.picture)) as shown:
        assert shown.size == (600, 900)
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(shown.info)
    assert b"Somebody" not in made.picture + made.small
    assert b"script" not in made.picture + made.small


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "has to be"),
        (b"GIF89a" + bytes(40), "has to be"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "has to be"),
        (b"%PDF-1.7\n", "has to be"),
        (picture(600, 900)[:-800], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "has to be"),
        (bytes(LARGEST + 1), "10 MB"),
        (bomb(30_000), "too many pixels"),
        (picture(299, 400), "too small"),
        (picture(300, 901), "too narrow"),
    ],
)
def test_what_is_no_cover_is_refused(given: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        drawn(given)


def test_the_child_has_little_memory_and_little_time() -> None:
    large = picture(5000, 5000)
    with pytest.raises(Invalid, match="memory"):
        drawn(large, replace(PictureLimits(), memory=180 << 20))
    with pytest.raises(Invalid, match="too long"):
        drawn(large, replace(PictureLimits(), wall_seconds=0.01))  # type: ignore[arg-type]
