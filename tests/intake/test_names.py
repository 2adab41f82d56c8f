"""File names as they are sent: first the decent ones, then the hostile."""

import unicodedata

import pytest

from api.intake.names import LONGEST, clean


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("volume.pdf", "volume.pdf"),
        ("Реки бумаги – 河.pdf", "Реки бумаги – 河.pdf"),
        ("Gescha\u0308ft.pdf", "Geschäft.pdf"),
        ("with  two   spaces.pdf", "with two spaces.pdf"),
    ],
)
def test_a_decent_name_stays(given: str, name: str) -> None:
    assert clean(given) == name


HOSTILE = (
    "",
    " ",
    ".",
    "..",
    "...",
    "/",
    "//",
    "\\",
    "../../etc/passwd",
    "..\\..\\windows\\system32\\config",
    "/etc/shadow",
    "C:\\autoexec.bat",
    "C:",
    ".htaccess",
    ".git/config",
    "a\0.pdf",
    "a\r\nSet-Cookie: b=c.pdf",
    "a\u2028b.pdf",
    "a\x1b[31mred.pdf",
    "annual\u202efdp.exe",
    "\u2066hidden\u2069.pdf",
    "zero\u200bwidth.pdf",
    "\ufeffbom.pdf",
    "half\ud800.pdf",
    "x" * 5000 + ".pdf",
    "é" * 5000,
    "~root",
    "-rf",
    "file://localhost/etc/passwd",
    "a.pdf/",
    "%2e%2e%2fpasswd",
    "con",
)


@pytest.mark.parametrize("given", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_made_harmless(given: str) -> None:
    name = clean(given)
    assert 1 <= len(name) <= LONGEST
    assert not set(name) & set("/\\")
    assert not name.startswith(".")
    assert all(unicodedata.category(each)[0] != "C" for each in name)
    assert name == clean(name)
    name.encode()


def test_a_long_name_keeps_its_end() -> None:
    assert clean("x" * 5000 + "-volume-2.pdf").endswith("-volume-2.pdf")
