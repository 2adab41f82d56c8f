"""The codings that an answer can be sent in, the smallest first, and which of them a caller takes."""

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import brotli

BROTLI_QUALITY = 9  # of 11; a page takes a few milliseconds, once for each edit
PLAIN = ""  # as it is
REFUSED = re.compile(r"q=0(\.0{0,3})?")


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY))


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


CODINGS: Mapping[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip, PLAIN: bytes}


@lru_cache(maxsize=256)
def coding_of(accepted: bytes) -> str:
    """The smallest coding that an `Accept-Encoding` takes; what names none gets the bytes as they are."""
    given = {}
    for each in accepted.decode("latin-1").lower().split(","):
        name, *parameters = (word.strip() for word in each.split(";"))
        given[name] = not any(REFUSED.fullmatch(parameter) for parameter in parameters)
    return next((coding for coding in CODINGS if coding and given.get(coding, given.get("*", False))), PLAIN)
