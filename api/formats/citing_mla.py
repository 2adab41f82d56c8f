"""A work in the list of works cited of the MLA Handbook, 9th edition."""

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
    pages,
    quoted,
    sentences,
    series,
    version,
    volume,
)
from api.formats.record import Person
from api.formats.works import Work, title_of
from api.spoken import ENGLISH, language, locale, pgettext
from api.tables import Kind

MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def entry(work: Work) -> str:
    people, are_editors = makers(work)
    who = _people(people)
    if are_editors and people:
        who += pgettext("citation", ", editor") if len(people) == 1 else pgettext("citation", ", editors")
    record, name = work.record, headline(work.name, work.language)
    editors = "" if are_editors else _by(pgettext("citation", "edited by {names}"), work.editors)
    translators = _by(pgettext("citation", "translated by {names}"), work.translators)
    where = [work.issuer or record.place or "", _date(work), pages(work, shortens=True), work.link]
    if work.chapter is not None:
        whole = italic(headline(title_of(record), record.language))
        which = first_up(clauses([edition(work), version(work)]))
        container = clauses([whole, editors, which, volume(work), *where])
        return sentences([who, quoted(name), container, series(work)])
    rest = [editors, translators, edition(work), version(work), volume(work)]
    if record.kind in (Kind.REPORT, Kind.PAPER):
        number = f"{record.genre or ''} {record.report_number}".strip() if record.report_number else ""
        alone = record.genre if record.genre and not record.report_number else ""
        before = clauses([*rest, number])
        last = clauses([before, *where]) if not alone else clauses(where)
        return sentences(
            [who, italic(name), *([clauses([before, alone])] if alone else []), first_up(last), series(work)]
        )
    return sentences([who, italic(name), first_up(clauses([*rest, *where])), series(work)])


def _date(work: Work) -> str:
    """11 Feb. 2023 for what appears on a day; books have a year."""
    if not work.date or work.chapter is not None or work.record.kind not in (Kind.REPORT, Kind.PAPER):
        return work.date[:4] if work.date else ""
    year, *rest = work.date.split("-")
    month = _month(int(rest[0])) if rest else ""
    day = str(int(rest[1])) if len(rest) > 1 else ""
    day += "." if day and language() != ENGLISH else ""
    return " ".join(part for part in (day, month, year) if part)


def _month(number: int) -> str:
    return MONTHS[number - 1] if language() == ENGLISH else locale().months["format"]["abbreviated"][number]


def _people(people: Sequence[Person]) -> str:
    """Sample, Ada, and Lee Example; of three or more only the first."""
    if not people:
        return ""
    first = family_first(people[0])
    if len(people) == 1:
        return first
    return (
        f"{ended(first, ',')} et al."
        if len(people) > 2
        else f"{ended(first, ',')}{pgettext('citation', ' and ')}{given_first(people[1])}"
    )


def _by(words: str, people: Sequence[Person]) -> str:
    if not people:
        return ""
    names = [given_first(person) for person in people]
    return words.format(
        names=f"{names[0]} et al." if len(names) > 2 else joined(names, "", pgettext("citation", " and "))
    )
