"""Another language is there as soon as its catalogue is: here Arabic, with a handful of words and six plural forms."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api import spoken
from api.edge import words
from api.settings import Settings
from api.spoken import N_, speaking
from tests.make import shelve
from tests.site import Site

ARABIC = """
msgid ""
msgstr ""
"Language: ar\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Catalogue"
msgstr "الفهرس"

msgid "Abstract"
msgstr "الملخص"

msgid "Skip to content"
msgstr "انتقل إلى المحتوى"

msgid "{n} minute"
msgid_plural "{n} minutes"
msgstr[0] "أقل من دقيقة ({n})"
msgstr[1] "دقيقة ({n})"
msgstr[2] "دقيقتان ({n})"
msgstr[3] "{n} دقائق"
msgstr[4] "{n} دقيقة"
msgstr[5] "نحو {n} دقيقة"
"""
FORMS = {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 103: 3, 11: 4, 99: 4, 100: 5, 102: 5}
WRITTEN = ("أقل من دقيقة ({n})", "دقيقة ({n})", "دقيقتان ({n})", "{n} دقائق", "{n} دقيقة", "نحو {n} دقيقة")


@pytest.fixture(autouse=True)
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogues with this one alone, as whoever drops it in has it."""
    path = tmp_path / "locales" / "ar" / spoken.CATALOGUE
    path.parent.mkdir(parents=True)
    path.write_text(ARABIC.lstrip())
    monkeypatch.setattr(spoken, "CATALOGUES", tmp_path / "locales")
    _forget()
    yield path
    _forget()


def _forget() -> None:
    spoken.languages.cache_clear()
    spoken._catalogue.cache_clear()


@pytest.fixture
def settings(catalogue: Path, settings: Settings) -> Settings:
    return settings


def test_each_of_its_plural_forms_is_used() -> None:
    with speaking("ar"):
        for n, form in FORMS.items():
            assert N_("{n} minute", "{n} minutes", n=n).told() == WRITTEN[form].format(n=n)


def test_dates_numbers_and_lists_follow_and_what_it_lacks_is_english() -> None:
    with speaking("ar"):
        assert words.day(date(2026, 11, 3)) == "3\u00a0نوفمبر\u00a02026"
        assert words.number(1234567) == "1,234,567"
        assert words.language_name("de") == "الألمانية"
        assert words.listed(["A", "B"]) == "A وB"
        assert N_("Abstract").told() == "الملخص"
        assert N_("Publisher").told() == "Publisher"
        assert spoken.own_name("ar") == "العربية"


def test_pages_speak_it_from_right_to_left(site: Site) -> None:
    made = shelve(site)
    answer = site.browser().get(made.path, headers={"accept-language": "ar-EG,ar;q=0.9"})
    assert answer.headers["content-language"] == "ar"
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "انتقل إلى المحتوى" in answer.text
    assert "10\u00a0دقائق" in answer.text
    assert '<h1 lang="en" dir="ltr">' in answer.text
    assert '<a rel="alternate" href="?lang=en" hreflang="en" lang="en">English</a>' in answer.text
    english = site.browser().get(f"{made.path}?lang=en").text
    assert '<html lang="en">' in english
    assert '<a rel="alternate" href="?lang=ar" hreflang="ar" lang="ar">العربية</a>' in english
    assert 'hreflang="de"' not in english
