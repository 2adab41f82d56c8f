"""Abstracts: what stood there before reads as before, a little Markdown works, and nothing else comes through."""

import html
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.formats.markdown import DEEPEST, MOST_MARKS
from api.formats.prose import LONGEST, prose
from api.intake.titlefile import read

TITLES = Path(__file__).parents[2] / "api/demo/titles"
FOUNDING = read(TITLES / "russia-china-relations.toml").facts.abstract
LET_THROUGH = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br"}


class Seen(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_founding_abstract_reads_as_it_was_written() -> None:
    paragraphs = [part.strip() for part in FOUNDING.split("\n\n")]
    found = prose(FOUNDING)
    assert list(found.paragraphs) == paragraphs
    shown = re.findall(r"<p(?: class=\"lead\")?>(.*?)</p>", found.html)
    assert [html.unescape(each) for each in shown] == paragraphs
    assert found.html.startswith('<p class="lead">')
    assert found.html.count("lead") == 1


@pytest.mark.parametrize(
    ("markdown", "shown", "plain"),
    [
        ("An *idea*", '<p class="lead">An <em>idea</em></p>', "An idea"),
        ("**Bold** move", '<p class="lead"><strong>Bold</strong> move</p>', "Bold move"),
        (
            "[Here](https://example.org/a)",
            '<p class="lead"><a href="https://example.org/a" rel="nofollow noopener">Here</a></p>',
            "Here",
        ),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "one\n\ntwo"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>', "three"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>", "said"),
        ("one\ntwo", '<p class="lead">one\ntwo</p>', "one two"),
        ("# Not a heading", '<p class="lead"># Not a heading</p>', "# Not a heading"),
        ("AT&amp;T `x` 2 < 3", '<p class="lead">AT&amp;amp;T `x` 2 &lt; 3</p>', "AT&amp;T `x` 2 < 3"),
        ("    indented", '<p class="lead">indented</p>', "indented"),
        (" \n ", "", ""),
    ],
)
def test_a_little_markdown(markdown: str, shown: str, plain: str) -> None:
    found = prose(markdown)
    assert found.html == shown
    assert found.text == plain


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/x.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        '[x](https://example.org "onmouseover=alert(1) x=\\"y")',
        "<svg/onload=alert(1)>",
        "<a href='x' style='x'>y</a>",
        "[x](//example.org)\n\n<style>*{}</style>",
        "*<b onclick=x>*",
        "{{ 7 * 7 }} {% raw %}",
    ],
)
def test_nothing_comes_through_but_what_is_known(text: str) -> None:
    seen = Seen(prose(text).html)
    for tag, attributes in seen.tags:
        assert tag in LET_THROUGH
        assert set(attributes) <= {"class", "href", "rel", "start", "title"}
        assert (attributes.get("href") or "https:").startswith(("https:", "http:", "mailto:", "//"))
    assert {tag for tag, _ in seen.tags} & {"script", "img", "svg", "style", "b"} == set()


@pytest.mark.parametrize(
    "piece", ["[", "![", "*", "*a ", "_a", "***a", "<", "> ", ">a\n", "- a\n", "[a](", "a\n\n", "\\", "[a](b)", "<a@b "]
)
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    prose("warm")
    start = time.process_time()
    found = prose(text)
    assert time.process_time() - start < 0.5
    assert {tag for tag, _ in Seen(found.html).tags} <= LET_THROUGH


def test_what_is_no_prose_is_shown_as_it_is_written() -> None:
    text = "*<b>\n\n" + "*" * (MOST_MARKS + 1)
    found = prose(text)
    assert found.html.startswith('<p class="lead">*&lt;b&gt;</p>\n<p>*****')
    assert found.paragraphs[0] == "*<b>"
    assert "<em>" not in prose("*a* " + "x" * LONGEST).html


def test_only_so_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prose(">" * 100 + " a").html.count("<blockquote>") <= DEEPEST
