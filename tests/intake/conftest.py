"""A shelf to take titles in: a real database, a real store, and PDFs made by hand."""

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.local import LocalStore


def pdf_bytes(pages: int = 3, content: bytes = b"", trailer: bytes = b"", box: bytes = b"0 0 300 400") -> bytes:
    """A small PDF, correct to the byte; `content` is a stream dictionary and data for every page."""
    kids = b" ".join(b"%d 0 R" % (number + 4) for number in range(pages))
    stream = content or b"<< /Length 22 >> stream\n0 0 m 100 100 l S 1 0 0 \nendstream"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        stream,
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R >>" % box] * pages,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return out


def packed_gigabyte() -> bytes:
    """1 GB, packed twice over into a few kilobytes."""
    packer = zlib.compressobj(9)
    million = packer.compress(b"0 0 m " * 170_000) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b"0 0 m " * 170_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return zlib.compress(million + again * 1000, 9)


def bomb_bytes() -> bytes:
    """A page whose 1 GB of content is packed into a few kilobytes."""
    packed = packed_gigabyte()
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >> stream\n%s\nendstream" % (len(packed), packed)
    return pdf_bytes(1, content=stream)


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[..., Path]:
    """Makes a file: with the given bytes, or a good PDF of so many pages."""

    def make(data: bytes | None = None, *, pages: int = 3, name: str = "volume.pdf") -> Path:
        path = tmp_path / name
        path.write_bytes(pdf_bytes(pages) if data is None else data)
        return path

    return make


@pytest.fixture
def good_pdf() -> bytes:
    return pdf_bytes()


@pytest.fixture
def memory_bomb() -> bytes:
    return bomb_bytes()


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "files")
