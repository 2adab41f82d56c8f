"""Names, dates, sizes and durations in the words that readers see. All instants are shown in UTC."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Protocol

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from api import spoken
from api.spoken import ENGLISH, N_, gettext, told
from api.tables import Kind, Role

NO_BREAK = "\u00a0"

KIND_NAMES = {
    Kind.EDITED_VOLUME: N_("Edited volume"),
    Kind.MONOGRAPH: N_("Monograph"),
    Kind.REPORT: N_("Report"),
    Kind.PAPER: N_("Paper"),
}
KIND_WORDS = {  # in English; what holds one is translated as a whole sentence for each (`of_kind`)
    Kind.EDITED_VOLUME: "volume",
    Kind.MONOGRAPH: "book",
    Kind.REPORT: "report",
    Kind.PAPER: "paper",
}
ROLE_NAMES = {
    Role.READER: N_("Reader"),
    Role.LIBRARIAN: N_("Librarian"),
    Role.EDITOR: N_("Editor", context="role"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
# ISO 639-1 codes of the languages that scholarly presses publish in most, for editors to choose from.
USUAL_LANGUAGES = "ar cs da de en es fi fr hu it ja ko la nl no pl pt ru sv tr uk zh"


class Named(Protocol):
    """Anyone who can be shown by name."""

    @property
    def display(self) -> str: ...


class Paged(Protocol):
    """Anything with printed page labels."""

    @property
    def first_page(self) -> str | None: ...

    @property
    def last_page(self) -> str | None: ...


def names(people: Iterable[Named]) -> str:
    """A, B and C."""
    return listed([person.display for person in people])


def listed(words: Sequence[str]) -> str:
    """A, B and C."""
    return format_list([told(word) for word in words], "standard", spoken.locale()) if words else ""


def either(words: Sequence[str]) -> str:
    """A, B or C."""
    return format_list([told(word) for word in words], "or", spoken.locale()) if words else ""


def kind_name(kind: Kind) -> str:
    return KIND_NAMES[kind]


def kind_word(kind: Kind) -> str:
    """What a sentence calls a title: the volume, the report."""
    return KIND_WORDS[kind]


def of_kind(kind: Kind, sentence: str, **values: str | int) -> str:
    """A sentence that names what a title is where it has `{kind}`: the volume, the report.

    There is one of it for each kind to translate, because what a noun does to a sentence differs.
    """
    found = gettext(sentence.replace("{kind}", KIND_WORDS[kind]))
    return found.format_map(values) if values else found


def language_name(code: str) -> str:
    """The name of a language by its BCP 47 tag, or the tag itself."""
    return str(spoken.locale().languages.get(primary_language(code), code))


def role_name(role: Role) -> str:
    return ROLE_NAMES[role]


def device(words: str) -> str:
    """A browser in a few words, as a session keeps it: Firefox on Linux."""
    program, on, system = words.partition(" on ")
    return gettext("{program} on {system}").format(program=gettext(program), system=system) if on else gettext(program)


def primary_language(code: str) -> str:
    return code.split("-")[0].lower()


def dash(text: str) -> str:
    """The text with its dashes bound to the word before, so that none begins a line."""
    return told(text).replace(" – ", f"{NO_BREAK}– ")


def pages(count: int) -> str:
    return counted(N_("{n} page", "{n} pages", n=count))


def counted(said: str) -> str:
    """A number and what it counts, on one line."""
    return told(said).replace(" ", NO_BREAK)


def number(value: float) -> str:
    """1,024, or as the language has it."""
    return format_decimal(value, locale=spoken.locale())


def page_range(line: Paged) -> str:
    """The printed pages of a part or chapter: 1–13, or the first one where the last is not known."""
    known = (line.first_page, line.last_page if line.last_page != line.first_page else None)
    return "–".join(page for page in known if page)


def size(count: int) -> str:
    """A number of bytes in decimal units, as download managers show it."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if unit == "GB" or amount < (1000 if unit == "bytes" else 999.5):
            break
        amount /= 1000
    if unit == "bytes":
        return counted(N_("{n} byte", "{n} bytes", n=count))
    pattern = "0" if unit == "kB" or amount >= 99.95 else "0.0"
    return f"{format_decimal(amount, pattern, spoken.locale())}{NO_BREAK}{unit}"


def duration(seconds: int) -> str:
    """A length of time in its largest whole unit: 600 is 10 minutes, 5400 is 90 minutes, 86400 is 24 hours."""
    if seconds % 3600 == 0:
        said = N_("{n} hour", "{n} hours", n=seconds // 3600)
    elif seconds % 60 == 0:
        said = N_("{n} minute", "{n} minutes", n=seconds // 60)
    else:
        said = N_("{n} second", "{n} seconds", n=seconds)
    return counted(said)


def day(at: datetime | date) -> str:
    """3 November 2026."""
    return format_date(_in_utc(at), "long", spoken.locale()).replace(" ", NO_BREAK)


def day_short(at: datetime | date) -> str:
    """3 Nov 2026."""
    on, locale = _in_utc(at), spoken.locale()
    # English abbreviates all months to three letters here, which keeps columns straight.
    pattern = "d LLL y" if locale.language == ENGLISH else "medium"
    return format_date(on, pattern, locale).replace("Sept", "Sep").replace(" ", NO_BREAK)


def _in_utc(at: datetime | date) -> date:
    return at.astimezone(UTC).date() if isinstance(at, datetime) else at


def clock_time(at: datetime) -> str:
    """14:32."""
    return at.astimezone(UTC).strftime("%H:%M")


def iso(at: datetime) -> str:
    """2026-11-22T14:32:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def published_date(published: str) -> str:
    """A work's own date in words, as precise as it is: 2022, May 2022, 17 May 2022."""
    year, *rest = (int(part) for part in published.split("-"))
    if len(rest) == 2:
        return day(date(year, *rest))
    if not rest:
        return published
    return format_skeleton("yMMMM", date(year, rest[0], 1), locale=spoken.locale()).replace(" ", NO_BREAK)


def blocks_of_8(digest: str) -> str:
    """A long digest in blocks that the eye can compare."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def sentence(text: str) -> str:
    """The text with a capital at its beginning and nothing else changed."""
    text = told(text)
    return text[:1].upper() + text[1:]
