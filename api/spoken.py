"""Sentences in the reader's language: English stands in the code, the others in the catalogues of `web/locales`.

Whose language counts is known to the task that works for them (`hear`), so nothing has to be handed through.
"""

import gettext as mo
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from markupsafe import Markup, escape

ENGLISH = "en"
CATALOGUES = Path(__file__).parent.parent / "web" / "locales"
CATALOGUE = Path("LC_MESSAGES") / "gatefold.po"
OUR_ENGLISH = "en_GB"
_VALUE = re.compile(r"\\{(\w+)\\}")  # in a sentence whose signs are escaped


@dataclass(frozen=True)
class Hearer:
    """Who is spoken to: in which language, whether the address names it, and the path of the page they asked for."""

    language: str = ENGLISH
    is_chosen: bool = False
    path: str | None = None


_hearer: ContextVar[Hearer] = ContextVar("hearer", default=Hearer())  # noqa: B039 (nothing in it changes)


def hearer() -> Hearer:
    return _hearer.get()


def hear(who: Hearer) -> None:
    """From here on this task speaks to `who`."""
    _hearer.set(who)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while."""
    before = _hearer.set(Hearer(language))
    try:
        yield
    finally:
        _hearer.reset(before)


def language() -> str:
    """The language that is spoken now, as a BCP 47 tag."""
    return _hearer.get().language


def locale() -> Locale:
    """Dates, numbers and lists as they are written in the language that is spoken now."""
    return locale_of(language())


@cache
def locale_of(tag: str) -> Locale:
    return Locale.parse(OUR_ENGLISH if tag == ENGLISH else tag, sep="-" if "-" in tag else "_")


@cache
def languages() -> tuple[str, ...]:
    """English, and every language there is a catalogue for."""
    found = (path.parent.parent.name.replace("_", "-") for path in CATALOGUES.glob(f"*/{CATALOGUE}"))
    return (ENGLISH, *sorted(found))


def own_name(tag: str) -> str:
    """What a language calls itself."""
    known = locale_of(tag)
    name = known.get_language_name(known.language) or tag
    return name[:1].upper() + name[1:]


@cache
def _catalogue(tag: str) -> mo.NullTranslations:
    if tag == ENGLISH:
        return mo.NullTranslations()
    from babel.messages.mofile import write_mo  # only who speaks another language waits for these
    from babel.messages.pofile import read_po

    with (CATALOGUES / tag.replace("-", "_") / CATALOGUE).open("rb") as file:
        written = read_po(file, locale=tag.replace("-", "_"))
    compiled = io.BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    return mo.GNUTranslations(compiled)


def gettext(text: str) -> str:
    """A sentence in the language that is spoken now; a `Said` with what it says. English where there is none."""
    if isinstance(text, Said):
        return text.told()
    return _catalogue(language()).gettext(text) if text else text


def ngettext(one: str, many: str, n: int) -> str:
    """The sentence for one or for many."""
    return _catalogue(language()).ngettext(one, many, n)


def pgettext(context: str, text: str) -> str:
    """A word that means several things, in the sense that the context says."""
    return _catalogue(language()).pgettext(context, text)


class Said(str):
    """A sentence: English for programs and logs, the reader's language on a page, where templates find `__html__`.

    Values stand in braces. One that is a `Said` itself follows the language, and so does one that is called
    to be told, such as a date. With `many`, the value `n` says which of the two it is; with `context`, a word that
    means several things tells translators which.
    """

    __slots__ = ("_context", "_many", "_text", "_values")
    _text: str
    _many: str | None
    _context: str | None
    _values: Mapping[str, Any]

    def __new__(cls, text: str, many: str | None = None, /, *, context: str | None = None, **values: Any) -> "Said":
        with speaking(ENGLISH):
            said = super().__new__(cls, _filled(text, many, context, values))
        said._text, said._many, said._context, said._values = text, many, context, values
        return said

    def told(self) -> str:
        """In the language that is spoken now."""
        return _filled(self._text, self._many, self._context, self._values)

    def __html__(self) -> Markup:
        return escape(self.told())


def told(text: str) -> str:
    """What a page says for `text`, be it a sentence of the portal's or somebody's own words."""
    return text.told() if isinstance(text, Said) else text


def told_again(kept: str, sentences: Iterable[str]) -> Said:
    """A sentence that was kept in English, to be told in another language. `sentences` are those that have values."""
    for sentence in sentences:
        found = re.fullmatch(_VALUE.sub(r"(?P<\1>.*)", re.escape(sentence)), kept, re.DOTALL)
        if found is not None:
            return Said(sentence, **found.groupdict())
    return Said(kept)


N_ = Said  # for sentences without values, as the tools that gather them know it


def _filled(text: str, many: str | None, context: str | None, values: Mapping[str, Any]) -> str:
    if context is not None:
        found = pgettext(context, text)
    else:
        found = gettext(text) if many is None else ngettext(text, many, values["n"])
    if not values:
        return found
    return found.format_map({name: _value(each) for name, each in values.items()})


def _value(given: str | int | Callable[[], str]) -> str:
    if isinstance(given, Said):
        return given.told()
    return str(given() if callable(given) else given)
