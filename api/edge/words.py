"""Names, dates, sizes and durations in the words that readers see. All instants are shown in UTC."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Protocol

from api.tables import Kind

NO_BREAK = "\u00a0"

KIND_NAMES = {
    Kind.EDITED_VOLUME: "Edited volume",
    Kind.MONOGRAPH: "Monograph",
    Kind.REPORT: "Report",
    Kind.PAPER: "Paper",
}
KIND_WORDS = {
    Kind.EDITED_VOLUME: "volume",
    Kind.MONOGRAPH: "book",
    Kind.REPORT: "report",
    Kind.PAPER: "paper",
}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# ISO 639-1 codes of the languages that scholarly presses publish in most; others show their code.
LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "la": "Latin",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


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
    return _joined([person.display for person in people], "and")


def either(words: Sequence[str]) -> str:
    """A, B or C."""
    return _joined(words, "or")


def _joined(words: Sequence[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def kind_name(kind: Kind) -> str:
    return KIND_NAMES[kind]


def kind_word(kind: Kind) -> str:
    """What a sentence calls a title: the volume, the report."""
    return KIND_WORDS[kind]


def language_name(code: str) -> str:
    """The English name of a language by its BCP 47 tag, or the tag itself."""
    return LANGUAGES.get(primary_language(code), code)


def primary_language(code: str) -> str:
    return code.split("-")[0].lower()


def dash(text: str) -> str:
    """The text with its dashes bound to the word before, so that none begins a line."""
    return text.replace(" – ", f"{NO_BREAK}– ")


def pages(count: int) -> str:
    return f"{count}{NO_BREAK}page" if count == 1 else f"{count}{NO_BREAK}pages"


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
        return f"{count}{NO_BREAK}{'byte' if count == 1 else 'bytes'}"
    return f"{amount:.0f}{NO_BREAK}{unit}" if unit == "kB" or amount >= 99.95 else f"{amount:.1f}{NO_BREAK}{unit}"


def duration(seconds: int) -> str:
    """A length of time in its largest whole unit: 600 is 10 minutes, 5400 is 90 minutes, 86400 is 24 hours."""
    unit, length = next(
        (unit, length) for unit, length in (("hour", 3600), ("minute", 60), ("second", 1)) if seconds % length == 0
    )
    count = seconds // length
    return f"{count}{NO_BREAK}{unit}{'' if count == 1 else 's'}"


def day(at: datetime | date) -> str:
    """3 November 2026."""
    on = _in_utc(at)
    return NO_BREAK.join((str(on.day), MONTHS[on.month - 1], str(on.year)))


def day_short(at: datetime | date) -> str:
    """3 Nov 2026."""
    on = _in_utc(at)
    return NO_BREAK.join((str(on.day), MONTHS[on.month - 1][:3], str(on.year)))


def _in_utc(at: datetime | date) -> date:
    return at.astimezone(UTC) if isinstance(at, datetime) else at


def clock_time(at: datetime) -> str:
    """14:32."""
    return at.astimezone(UTC).strftime("%H:%M")


def iso(at: datetime) -> str:
    """2026-11-22T14:32:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def published_date(published: str) -> str:
    """A work's own date in words, as precise as it is: 2022, May 2022, 17 May 2022."""
    year, *rest = published.split("-")
    if not rest:
        return year
    month = MONTHS[int(rest[0]) - 1]
    return NO_BREAK.join([*(str(int(day)) for day in rest[1:]), month, year])


def blocks_of_8(digest: str) -> str:
    """A long digest in blocks that the eye can compare."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def sentence(text: str) -> str:
    """The text with a capital at its beginning and nothing else changed."""
    return text[:1].upper() + text[1:]
