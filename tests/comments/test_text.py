"""The words of a comment: what is cleaned away, what is refused, and that nothing but prose can come of them."""

import pytest

from api.comments.text import LONGEST, as_kept, digest, one_line, shown
from api.errors import Invalid
from tests.effort import at_most


def test_a_little_markdown() -> None:
    html = shown("See *this* and **that**:\nnext line\n\n- one\n- two\n\n> said\n\n[there](https://x.example/?a=1&b=2)")
    assert "<em>this</em>" in html
    assert "<strong>that</strong>:<br>" in html
    assert "<li>one</li>" in html
    assert "<blockquote>" in html
    assert '<a href="https://x.example/?a=1&amp;b=2" rel="nofollow ugc noopener">there</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://x.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](JaVaScRiPt&#58;alert(1))",
        "<svg/onload=alert(1)>",
        "# Heading\n\n| a | b |\n|---|---|\n| c | d |",
        "[a]: https://x.example\n[a]",
        '"><style>*{display:none}</style>',
    ],
)
def test_nothing_else_comes_of_it(text: str) -> None:
    html = shown(as_kept(text))
    for tag in ("<script", "<img", "<svg", "<style", "<h1", "<table", 'href="javascript', 'href="data'):
        assert tag not in html


def test_what_eyes_cannot_see_is_cleaned_away() -> None:
    typed = "a\x00b\x07c\ud800d\udfffe \u202eevil\u202c \u2066x\u2069 \u2067y\u2069\r\nz\ue000\u2028q"
    assert as_kept(typed) == "abcde evil x y\nz\nq"
    assert as_kept("نص\u200fعربی می\u200cخواهم 👩\u200d🚀") == "نص\u200fعربی می\u200cخواهم 👩\u200d🚀"
    assert one_line(" a\n\u202e b\x00 ") == "a b"


@pytest.mark.parametrize(
    "typed", ["", " \n\t", "\x00\x00", "\u202e\u202c", "\u200b\u200d", "x" * (LONGEST + 1), "[" * 100_000]
)
def test_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        as_kept(typed)


@pytest.mark.timed
@pytest.mark.parametrize("sign", ["[", "]", "(", "*", "_", ">", "> ", "- ", "![", "](", "<", "\\", "\n", "[](", "**a "])
def test_the_worst_that_is_kept_is_read_at_once(sign: str) -> None:
    text = (sign * LONGEST)[:LONGEST]
    with at_most(1):
        shown(text.strip() or "x")


def test_the_same_words_have_the_same_digest_at_one_place() -> None:
    assert digest(None, "Thank you.") == digest(None, "Thank  you.\n")
    assert digest(None, "Thank you.") != digest(7, "Thank you.")
