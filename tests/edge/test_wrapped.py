"""No template shows words that can't be translated."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api import errors

API = Path(__file__).parents[2] / "api"
REFUSALS = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.Refusal)}
REFUSALS -= {"Moved", "SignInFailed"}  # which say no sentence
TO_PROGRAMS = (  # and to operators at the command line
    "commands/",
    "v1/",
    "harvest/",
    "access/asked.py",
    "access/institutions.py",
    "signin/disabling.py",
    "usage/closing.py",
    "shelf/chapters.py",
    "shelf/editions.py",
    "intake/accept.py",
    "intake/chapters.py",
    "intake/keep.py",
    "intake/reading.py",
    "intake/recordfile.py",
    "intake/split.py",
    "intake/titlefile.py",
    "intake/toml_table.py",
)
TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
SPOKEN = ("aria-label", "alt", "placeholder", "data-l", "data-copy")
NAMES = {  # the same in every language
    "provider:subject",
    *("PDF", "SHA-256", "DOI", "ISBN", "ISSN", "ORCID", "ROR", "UTC", "URN", "JSON", "COUNTER", "Gatefold"),
    *(
        "openapi.json",
        "/api/v1/openapi.json",
        "/counter/r51",
        "api_key",
        ".pdf",
        "gf_…",
        "curl",
        "-H",
        "Authorization",
        "Bearer",
        "customer_id",
    ),
}
_WRAPPED = re.compile(r"{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}", re.DOTALL)
_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
_BODY = re.compile(r"{% block body %}.*?{% endblock %}", re.DOTALL)  # names of classes
_TAG = re.compile(r"({{.*?}}|{%.*?%})", re.DOTALL)
_ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')  # as a macro writes it
_TRANSLATED = re.compile(r"""(?:_|of_kind)\((?:[^()'"]*)(?:"[^"]*"|'[^']*')""")
_LITERAL = re.compile(r""""([^"]*)"|'([^']*)'""")


class Visible(HTMLParser):
    """The words that a page shows or that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in ("script", "style")
        self.words += [value for name, value in attrs if value and name in SPOKEN]
        given = dict(attrs)
        if tag == "meta" and given.get("name") == "description":
            self.words.append(given["content"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words.append(data)


def not_wrapped(source: str) -> list[str]:
    source = _WRAPPED.sub("", _COMMENT.sub("", _BODY.sub("", source)))
    found = []
    for code in _TAG.findall(source):
        if not re.match(r"{%-?\s*(extends|include|from|import|block|macro|call)\b", code):
            for literal in _LITERAL.findall(_TRANSLATED.sub("", code)):
                text = "".join(literal)
                if re.search(r"[A-Z][a-z]|[a-z] [a-z]|’", text) and not re.search(r"[</_=]", text):
                    found.append(text)
    page = Visible()
    page.feed(_TAG.sub("", source))
    page.close()
    for words in page.words:
        words = _ATTRIBUTE.sub("", words)
        left = " ".join(word for word in words.split() if word.strip('“”.,;:()"') not in NAMES)
        if re.search(r"[^\W\d_]{2}", left):
            found.append(left)
    return found


@pytest.mark.parametrize(
    "template",
    [path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html"))],
)
def test_every_word_of_a_template_can_be_translated(template: str) -> None:
    assert not_wrapped((TEMPLATES / template).read_text()) == []


def plain_refusals(source: str) -> list[str]:
    """Sentences that a refusal is raised with and that are told in English alone."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in REFUSALS:
            given = [*node.args, *(each.value for each in node.keywords if each.arg in ("message", "heading"))]
            words = [ast.unparse(each) for each in given if isinstance(each, (ast.Constant, ast.JoinedStr))]
            found += [each for each in words if " " in each]
    return found


def test_every_refusal_that_a_page_shows_can_be_translated() -> None:
    modules = [
        path for path in sorted(API.rglob("*.py")) if not path.relative_to(API).as_posix().startswith(TO_PROGRAMS)
    ]
    found = {path.name: plain_refusals(path.read_text()) for path in modules}
    assert {name: words for name, words in found.items() if words} == {}


def test_a_refusal_in_english_alone_is_found() -> None:
    assert plain_refusals("raise errors.Invalid(f'No {x} here.', heading=N_('No'))") == ["f'No {x} here.'"]


def test_words_that_are_not_wrapped_are_found() -> None:
    assert not_wrapped("<p>{{ _('Found') }} Lost</p>") == ["Lost"]
    assert not_wrapped(
        "{% trans %}Found{% endtrans %}<a aria-label=\"Lost words\">{{ 'Lost' if x else _('a b') }}</a>"
    ) == [
        "Lost",
        "Lost words",
    ]
