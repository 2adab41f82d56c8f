"""A press's logo: any small PNG, JPEG or WebP, drawn anew as a PNG without whatever else the file carried."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from api.errors import Invalid
from api.spoken import N_

LARGEST = 1_000_000  # bytes of the file that is sent
MOST_PIXELS = 16_000_000
HEIGHT = 96  # pixels at most; shown at a third of that, for dense screens
WIDTH = 720
KINDS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Drawn:
    """PNG bytes, their digest, and their size in pixels."""

    png: bytes
    digest: str
    width: int
    height: int


def drawn(given: bytes) -> Drawn:
    """The logo as it will be sent, or Invalid with the reason."""
    from PIL import Image, UnidentifiedImageError

    if len(given) > LARGEST:
        raise Invalid(N_("The logo is larger than 1 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(given), formats=KINDS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Invalid(N_("The logo has too many pixels; 16 million are the most."))
                small = picture.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(N_("The logo has to be a PNG, JPEG or WebP picture.")) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Invalid(N_("The logo is damaged: it can’t be drawn.")) from error
    small.thumbnail((WIDTH, HEIGHT))
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    png = out.getvalue()
    return Drawn(png, hashlib.sha256(png).hexdigest()[:16], small.width, small.height)
