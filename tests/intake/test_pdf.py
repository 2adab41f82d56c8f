"""A PDF is looked at in a limited child: first what is fit, then one test per refusal."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import fpdf
import pytest

from api.errors import Invalid
from api.formats.pdf_facts import PdfFacts
from api.intake.pdf import CHILD, PdfLimits, inspect

Maker = Callable[..., Path]


def look(path: Path, limits: PdfLimits | None = None) -> PdfFacts:
    with path.open("rb") as source:
        return inspect(source, limits or PdfLimits())


@pytest.mark.parametrize("pages", [1, 2, 40])
def test_a_good_pdf_tells_its_pages(pdf: Maker, pages: int) -> None:
    assert look(pdf(pages=pages)).page_count == pages


def test_a_short_tail_after_the_end_mark_is_common_and_fine(pdf: Maker, good_pdf: bytes) -> None:
    assert look(pdf(good_pdf + b"\r\n\0\0")).page_count == 3


def refusal(path: Path, limits: PdfLimits | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        look(path, limits)
    return caught.value.message


def test_an_empty_file(pdf: Maker) -> None:
    assert refusal(pdf(b"")) == "The file is empty."


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Sign in</title>", b"\xef\xbb\xbf\n <HTML><body>%PDF-1.7"])
def test_a_web_page(pdf: Maker, page: bytes) -> None:
    assert "is a web page, not a PDF" in refusal(pdf(page))


@pytest.mark.parametrize("data", [b"PK\x03\x04 a zip", b"hello", b"\0" * 5000, b" %PDF-1.7 too late"])
def test_something_else(pdf: Maker, data: bytes) -> None:
    assert refusal(pdf(data)) == "The file is not a PDF: it does not begin with %PDF-."


def test_a_pdf_hidden_behind_other_bytes(pdf: Maker, good_pdf: bytes) -> None:
    assert "does not begin with %PDF-" in refusal(pdf(b"GIF89a;" + good_pdf))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_off(pdf: Maker, good_pdf: bytes, share: float) -> None:
    assert "is cut off" in refusal(pdf(good_pdf[: int(len(good_pdf) * share)]))


def test_a_long_tail_of_something_else(pdf: Maker, good_pdf: bytes) -> None:
    assert "is cut off" in refusal(pdf(good_pdf + b"<script>" * 1000))


def test_a_locked_pdf(pdf: Maker, tmp_path: Path) -> None:
    locked = fpdf.FPDF()
    locked.add_page()
    locked.set_encryption(owner_password="owner", user_password="user")
    locked.output(str(tmp_path / "locked.pdf"))
    assert refusal(tmp_path / "locked.pdf") == "The PDF needs a password to open; store it without one."


def test_a_frame_with_nothing_in_it(pdf: Maker) -> None:
    assert refusal(pdf(b"%PDF-1.7\n" + b"x" * 4000 + b"\nstartxref\n9\n%%EOF\n")) == (
        "The PDF is damaged: it does not open."
    )


def test_a_pdf_without_pages(pdf: Maker, good_pdf: bytes) -> None:
    damaged = good_pdf.replace(b"/Kids [4 0 R 5 0 R 6 0 R] /Count 3", b"/Kids [                 ] /Count 0")
    assert refusal(pdf(damaged)) in ("The PDF has no pages.", "The PDF is damaged: it does not open.")


def test_a_last_page_that_is_not_there(pdf: Maker, good_pdf: bytes) -> None:
    damaged = good_pdf.replace(b"6 0 obj\n<< /Type /Page ", b"6 0 obj\n<< /Type /Xage ").replace(b"6 0 R]", b"9 0 R]")
    assert "is not whole" in refusal(pdf(damaged))


def test_a_bomb_stays_in_the_child(pdf: Maker, memory_bomb: bytes) -> None:
    """A few kilobytes that unpack to a gigabyte: refused or drawn within the limits, and not at our cost."""
    assert len(memory_bomb) < 50_000
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    limits = PdfLimits(memory=256 * 1024 * 1024, cpu_seconds=5, wall_seconds=10)
    assert refusal(pdf(memory_bomb), limits).startswith("The PDF ")
    assert time.monotonic() - begun < 3 * limits.wall_seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # kilobytes


def test_too_much_work(pdf: Maker) -> None:
    assert "takes too long to open (over 0 seconds)" in refusal(pdf(), PdfLimits(wall_seconds=0))


def test_the_child_has_no_names_no_environment_and_no_place_to_write(
    pdf: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the child is started with, seen through a child that tells it instead of parsing."""
    spy = pdf(
        b"import json, os, resource, sys\n"
        b"sys.path.insert(0, %r)\n"
        b"import pdf_child\n"
        b"pdf_child.give_up(**json.loads(sys.argv[1]))\n"
        b"try:\n"
        b"    os.write(os.open('escape', os.O_WRONLY | os.O_CREAT, dir_fd=os.open(%r, 0)), b'x'); wrote = True\n"
        b"except OSError:\n"
        b"    wrote = False\n"
        b"print(json.dumps({'page_count': 1 + len(set(os.environ) - {'LC_CTYPE'}) + wrote"
        b" + ('GATEFOLD_SECRET_KEY' in os.environ)}), flush=True)\n"
        b"os._exit(0)\n" % (str(CHILD.parent), str(tmp_path)),
        name="spy.py",
    )
    monkeypatch.setenv("GATEFOLD_SECRET_KEY", "must not be seen")
    monkeypatch.setattr("api.intake.pdf.CHILD", spy)
    monkeypatch.setattr("api.intake.pdf._check_frame", lambda _source: None)
    assert look(pdf()).page_count == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="leaving the network is sure only for root")
def test_the_child_has_no_network() -> None:
    script = (
        "import sys, socket; sys.path.insert(0, sys.argv[1]); import pdf_child\n"
        "pdf_child.give_up(512 << 20, 10)\n"
        "print([name for _, name in socket.if_nameindex()])"
    )
    seen = subprocess.run([sys.executable, "-c", script, str(CHILD.parent)], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "['lo']"
