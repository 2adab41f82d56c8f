"""Names of files for any disk: thirty hostile ones, and those that have to stay as they are."""

import unicodedata

import pytest

from api.formats.filename import LONGEST, readable

HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/absolute",
    "C:\\autoexec",
    'a"; filename="evil.exe',
    "a\r\nSet-Cookie: b=c",
    "a\nX-Injected: 1",
    "a\0b",
    "a\x1b[2Jb",
    "\u202efdp.exe",
    "invoice\u202e\u2066fdp.exe\u2069",
    "\ufeffbom",
    "zero\u200bwidth",
    "soft\u00adhyphen",
    "line\u2028paragraph\u2029",
    "con",
    "NUL.txt",
    "Com1",
    "lpt9.pdf",
    "aux.",
    ".hidden",
    "...",
    "   ",
    "",
    "trailing. . .",
    "-rf *",
    "what? <who> | why: because",
    "full／width＼and⁄slash",
    "\ud800lone half",
    "ä" * 400,
    "路" * 400,
    "e" + "\u0301" * 400,
    "🏴\U000e0067\U000e0062 flag",
    "%2e%2e%2fpasswd",
    "'; rm -rf ~; '",
    "\ue000private",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_thirty_hostile_names_are_harmless(text: str) -> None:
    name = readable(text, otherwise="the-slug")
    stem = name.removesuffix(".pdf")
    assert name.endswith(".pdf")
    assert stem
    assert stem == stem.strip(" .-")
    assert len(name.encode()) <= LONGEST
    assert not set(stem) & set("\"'/\\:*?<>|\r\n\0⁄／＼")
    assert not [sign for sign in name if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    device = stem.partition(".")[0].upper()
    assert device not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert not unicodedata.combining(stem[0])


def test_there_are_thirty_of_them() -> None:
    assert len(HOSTILE) >= 30


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rivers of Paper – Archives and Statehood", "Rivers of Paper – Archives and Statehood.pdf"),
        ("Rivers of Paper: Archives and Statehood", "Rivers of Paper – Archives and Statehood.pdf"),
        ("The Editor's “Own” Book", "The Editor’s “Own” Book.pdf"),
        ("Реки бумаги", "Реки бумаги.pdf"),
        ("紙の川：文書館と国家", "紙の川-文書館と国家.pdf"),
        ("می\u200cخواهم", "می خواهم.pdf"),
        ("أنهار من ورق", "أنهار من ورق.pdf"),
        ("Russia/China 1989", "Russia-China 1989.pdf"),
        ("1% and the rest", "1% and the rest.pdf"),
        ("Café", "Café.pdf"),
        ("Cafe\u0301", "Café.pdf"),
        ("Vol. 2", "Vol. 2.pdf"),
        ("???", "the-slug.pdf"),
        ("Con", "_Con.pdf"),
        ("Conrad", "Conrad.pdf"),
    ],
)
def test_a_title_stays_readable(text: str, name: str) -> None:
    assert readable(text, otherwise="the-slug") == name


def test_what_is_too_long_is_cut_between_words_and_keeps_its_version() -> None:
    name = readable("Archives of the river " * 40, after=" (version 2)", otherwise="x")
    assert name.endswith("… (version 2).pdf")
    assert len(name.encode()) <= LONGEST
    assert name.removesuffix("… (version 2).pdf").split(" ")[-1] in {"Archives", "of", "the", "river"}


def test_a_letter_keeps_its_marks() -> None:
    name = readable("क्षि" * 60, otherwise="x")
    kept = name.removesuffix("….pdf")
    assert ("क्षि" * 60).startswith(kept)
    assert unicodedata.category(("क्षि" * 60)[len(kept)]) == "Lo"
