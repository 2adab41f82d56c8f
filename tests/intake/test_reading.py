"""A file of records is recognised by its first words; a wrong choice is said with the right one."""

import pytest

from api.errors import Invalid
from api.intake.reading import Form, read, recognise
from api.shelf.record_json import pieces
from tests.records import RICH

BIBTEX = b"% comment\n@book{a, title={A}}"
RIS = b"\xef\xbb\xbfTY  - BOOK\r\nTI  - A\r\nER  - \r\n"
CSL = b'[{"type": "book", "title": "A"}]'
ONIX = b'<?xml version="1.0"?>\n<ONIXMessage><Product/></ONIXMessage>'
CSV = b"slug,kind,title\na,report,A\n"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (BIBTEX, Form.BIBTEX),
        (RIS, Form.RIS),
        (RIS.decode("utf-8-sig").encode("utf-16"), Form.RIS),
        (CSL, Form.CSL),
        (b'{"items": []}', Form.CSL),
        (ONIX, Form.ONIX),
        (CSV, Form.CSV),
        (b'"title"\t"kind"\n', Form.CSV),
        ("".join(pieces([RICH])).encode(), Form.JSON),
        (b"Dear editor", None),
        (b"%PDF-1.7\n@book{a,}", None),
        (b"PK\x03\x04", None),
        (bytes(1000), None),
        (b"", None),
    ],
)
def test_recognised(content: bytes, form: Form | None) -> None:
    assert recognise(content) == form


def test_a_wrong_choice_names_the_right_one() -> None:
    with pytest.raises(Invalid, match=r"no RIS.*looks like BibTeX; choose that"):
        read(BIBTEX, Form.RIS)
    with pytest.raises(Invalid, match=r"not XML.*looks like CSL-JSON"):
        read(CSL, Form.ONIX)


@pytest.mark.parametrize("content", [b"Dear editor", b"%PDF-1.7", bytes(1000), bytes(range(256)) * 100])
def test_what_is_not_recognised(content: bytes) -> None:
    with pytest.raises(Invalid, match="was not recognised"):
        read(content)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("content", [bytes(range(256)) * 1000, b"\0" * 100_000, b"{" * 100_000, b"@book{" * 100_000])
def test_garbage_is_answered_in_words_whatever_it_is_taken_for(form: Form, content: bytes) -> None:
    said: list[str] = []
    try:
        said = [fault.sentence() for each in read(content, form)[1] for fault in each.faults]
    except Invalid as refusal:
        said = [refusal.message]
    assert said


def test_an_empty_file() -> None:
    with pytest.raises(Invalid, match="nothing in it"):
        read(b" \n")
