"""Every sentence of the portal's can be told in another language: of a made-up one no page shows an English word.

It takes a while to look at all pages, so `make validate` does; `make test` looks at templates and refusals.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from api import spoken
from api.settings import Settings
from api.settings_parts import MailSettings
from tests.cast import ADA, CLEO, sign_in
from tests.journeys.furnished import furnish
from tests.journeys.test_axe import DESK, OPEN, OWN, SENT_FROM_THE_DESK, TITLE
from tests.site import Site

TONGUE, LETTER = "ar", "\u0628"  # Arabic has six plural forms, and letters that English has not
TO_BE_KEPT = re.compile(r"(%\(\w+\)s|\{\w+\}|<[^>]*>|&\w+;)")
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
READ_OUT = ("aria-label", "alt", "placeholder", "data-copy", "data-l")
OF_PEOPLE = (  # what the titles, comments and requests of the furnished portal say
    *(
        "Rivers of Paper",
        "Archives and Statehood",
        "Archives and",
        "Rivers of",
        "What Was Kept",
        "van der Muster",
    ),
    *(
        "How paper moves",
        "Keeps records",
        "Studies in Record Keeping",
        "What archives carry",
        "2nd edition",
        "And what they leave behind",
    ),
    *("Read the entire volume", "here as a PDF", "A plate was missing", "the files twice", "I write on rivers"),
    *("They were moved in between", "And who wrote the second hand", "It is about page", "the list", "Large print"),
)
CODES = ("Notice sent", "Institution added", "Institution example")  # acts of the audit log, as its CSV names them
VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
LONG = "TESTS_VALIDATE"
SENT_BY_CLEO = (
    ("/reports/coded/vouchers", {"code": "WRONG"}),
    (f"{TITLE}/comments", {"text": " "}),
    (f"{TITLE}/comments/1/report", {"reason": "none"}),
    (f"{TITLE}/tickets", {}),
)


def other(sentence: str) -> str:
    """The sentence with every letter made another, and what has a meaning for programs kept."""
    parts = TO_BE_KEPT.split(sentence)
    return "".join(part if TO_BE_KEPT.fullmatch(part) else re.sub("[A-Za-z]", LETTER, part) for part in parts)


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def tongue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue in which everything that German has is told."""
    german = read_po(BytesIO((spoken.CATALOGUES / "de" / spoken.CATALOGUE).read_bytes()))
    made_up = Catalog(locale=TONGUE)
    for message in german:
        if isinstance(message.id, str) and message.id:
            made_up.add(message.id, other(message.id), context=message.context)
        elif message.id:
            made_up.add(message.id, (other(message.id[1]),) * made_up.num_plurals, context=message.context)
    path = tmp_path / "locales" / TONGUE / spoken.CATALOGUE
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, made_up)
    monkeypatch.setattr(spoken, "CATALOGUES", tmp_path / "locales")
    spoken.languages.cache_clear()
    spoken._catalogue.cache_clear()
    yield
    spoken.languages.cache_clear()
    spoken._catalogue.cache_clear()


@pytest.fixture
def settings(tongue: None, settings: Settings) -> Settings:
    return settings.model_copy(update={"mail": MailSettings(host="127.0.0.1", port=9, sender="press@press.example")})


class Shown(HTMLParser):
    """What a page shows or has read out in its own language: what says that it is in another is somebody's own."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, language))
        if language == TONGUE:
            self.words += [given[name] for name in READ_OUT if name in given]
            self.words += json.loads(given.get("data-words", "{}")).values()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        within = {tag for tag, _ in self.open}
        if self.open and self.open[-1][1] == TONGUE and not within & {"script", "style", "textarea", "pre", "svg"}:
            self.words.append(data)


def english_on(page: str) -> Iterator[str]:
    shown = Shown()
    shown.feed(page)
    for words in map(str, shown.words):
        for known in (*OF_PEOPLE, *CODES):
            words = words.replace(known, "")
        if ENGLISH.search(re.sub(r"https?://\S+|curl -H .*", "", TO_BE_KEPT.sub("", words))):
            yield " ".join(words.split())


def looked_at(client: httpx2.Client, paths: Iterable[str], sent: Iterable[tuple[str, dict[str, str]]] = ()) -> set[str]:
    """The English sentences on these pages, and on the answers to what is sent, with where they stand."""
    client.headers["accept-language"] = TONGUE
    answers = [(path, client.get(path)) for path in paths]
    answers += [(path, client.post(path, data=fields)) for path, fields in sent]
    found = set()
    for path, answer in answers:
        if not answer.is_redirect:
            assert f'<html lang="{TONGUE}" dir="rtl">' in answer.text, path
            found |= {f"{path}: {words}" for words in english_on(answer.text)}
    return found


@pytest.mark.skipif(not os.environ.get(LONG), reason="make validate looks at every page in a made-up language")
def test_no_page_shows_an_english_sentence(site: Site) -> None:
    dry_run = furnish(site)
    nobody, cleo, ada = site.browser(), site.browser(), site.browser()
    found = looked_at(nobody, OPEN)
    sign_in(cleo, CLEO)
    found |= looked_at(cleo, OWN, SENT_BY_CLEO)
    sign_in(ada, ADA)
    found |= looked_at(ada, (*DESK, "/desk/usage", dry_run), SENT_FROM_THE_DESK)
    assert sorted(found) == []


def test_an_english_sentence_would_be_found() -> None:
    page = f'<html lang="{TONGUE}"><p>Rivers of Paper is <b lang="en">as it is</b></p><p aria-label="not so">x</p>'
    assert list(english_on(page)) == ["not so"]
