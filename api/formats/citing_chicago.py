"""A work in the bibliography of the Chicago Manual of Style, 18th edition: after notes, or with the year in front."""

from collections.abc import Sequence

from api.formats.citing import (
    clauses,
    edition,
    ended,
    family_first,
    first_up,
    given_first,
    headline,
    italic,
    joined,
    makers,
    quoted,
    sentences,
    series,
    version,
    volume,
    year,
)
from api.formats.record import Person
from api.formats.works import Work, title_of
from api.spoken import pgettext
from api.tables import Kind

MOST_NAMES, SHOWN = 6, 3


def after_notes(work: Work) -> str:
    who, what = _who(work), _what(work, volume_first=True)
    where = work.issuer or work.record.place or ""
    published = f"{ended(where, ',')} {year(work)}" if where else year(work)
    return sentences([who, *what, *_details(work, volume_first=True), series(work), published, work.link])


def with_year(work: Work) -> str:
    who, (title, *rest) = _who(work), _what(work, volume_first=False)
    opening = [who, year(work), title] if who else [title, year(work)]
    where = work.issuer or work.record.place or ""
    return sentences([*opening, *rest, *_details(work, volume_first=False), series(work), where, work.link])


def _who(work: Work) -> str:
    people, are_editors = makers(work)
    if not people:
        return ""
    names = [family_first(people[0], keeps_particle=False), *(given_first(person) for person in people[1:])]
    role = pgettext("citation", ", ed.") if len(people) == 1 else pgettext("citation", ", eds.")
    return _listed(names, pgettext("citation", ", and ")) + (role if are_editors else "")


def _what(work: Work, *, volume_first: bool) -> list[str]:
    """The title; of a chapter also what it is in."""
    name = headline(work.name, work.language)
    if work.chapter is None:
        return [italic(name)]
    record, number = work.record, work.chapter.number or ""
    whole = italic(headline(title_of(record), record.language))
    if number.isdecimal():
        whole = pgettext("citation", "Chap. {n} in {whole}").format(n=number, whole=whole)
    else:
        whole = pgettext("citation", "In {whole}").format(whole=whole)
    editors = _by(_edited(), work.editors if work.authors else ())
    last = [volume(work), editors] if volume_first else [editors, volume(work)]
    return [quoted(name), clauses([whole, version(work), edition(work), *last])]


def _details(work: Work, *, volume_first: bool) -> list[str]:
    """What is said of a title between its name and its series."""
    if work.chapter is not None:
        return []
    record, editors = work.record, _by(_edited(), work.editors if work.authors else ())
    report = ""
    if record.kind in (Kind.REPORT, Kind.PAPER):
        genre = record.genre or ""
        report = f"{headline(genre, record.language)} {record.report_number}" if record.report_number else genre
    by = [clauses([volume(work), editors])] if volume_first else [editors, volume(work)]
    parts = [
        report.strip(),
        version(work),
        edition(work),
        *by,
        _by(pgettext("citation", "translated by {names}"), work.translators),
    ]
    return [first_up(part) for part in parts]


def _edited() -> str:
    return pgettext("citation", "edited by {names}")


def _by(words: str, people: Sequence[Person]) -> str:
    pair = pgettext("citation", " and ")
    return words.format(names=_listed([given_first(person) for person in people], pair)) if people else ""


def _listed(names: Sequence[str], pair: str) -> str:
    """Of more than six the first three."""
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:SHOWN])}, et al."
    return joined(names, pgettext("citation", ", and "), pair)
