"""The header that names a download, read back by two parsers that know nothing of each other."""

from email import message_from_string
from email.utils import collapse_rfc2231_value

import pytest
from werkzeug.http import parse_options_header

from api.edge.disposition import attachment
from api.formats.filename import readable
from tests.formats.test_filename import HOSTILE

NAMES = [
    *(readable(text, otherwise="the-slug") for text in HOSTILE),
    "Rivers of Paper – Archives.pdf",
    "紙の川.pdf",
    "100% ~!#$&+^_`|{}()[]@,;=’.pdf",
]


def by_email(header: str) -> list[str]:
    """Every name that Python's own reader of mail finds, in the order of the header."""
    parts = message_from_string(f"Content-Disposition: {header}\n\n").get_params(header="content-disposition")
    assert parts is not None
    assert [key for key, _ in parts] == ["attachment", "filename", "filename"]
    return [collapse_rfc2231_value(value) for _, value in parts[1:]]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_read_back_as_it_was(name: str) -> None:
    header = attachment(name, "the-slug.pdf")
    assert header.isascii()
    assert header.isprintable()
    assert by_email(header) == ["the-slug.pdf", name]
    assert parse_options_header(header) == ("attachment", {"filename": name})


@pytest.mark.parametrize("fallback", ["", "a b.pdf", 'a".pdf', "ä.pdf", "a\r\nb.pdf", ".pdf", "../a.pdf"])
def test_the_fallback_has_to_be_plain(fallback: str) -> None:
    with pytest.raises(ValueError, match="no plain name"):
        attachment("a.pdf", fallback)
