"""A work in the references of APA, 7th edition."""

from collections.abc import Sequence

from api.formats.citing import (
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
    series,
    version,
    volume,
    year,
)
from api.formats.record import Person
from api.formats.works import Work, title_of
from api.spoken import pgettext
from api.tables import Kind

MOST_NAMES = 20


def reference(work: Work) -> str:
    people, are_editors = makers(work)
    who = _family_first(people) + (f" ({_eds(people)})" if are_editors and people else "")
    when = f"({year(work)})."
    where = [ended(work.issuer)] if work.issuer else []
    if work.chapter is None:
        title = italic(work.name) + _in_brackets(work, has_editors=not are_editors)
        opening = [ended(who), when, ended(title)] if who else [ended(title), when]
        return " ".join([*opening, *where, work.link])
    opening = [ended(who), when, ended(work.name)] if who else [ended(work.name), when]
    editors = "" if are_editors or not work.editors else f"{_given_first(work.editors)} ({_eds(work.editors)}), "
    within = pgettext("citation", "In {whole}").format(whole=f"{editors}{italic(title_of(work.record))}")
    whole = f"{within}{_in_brackets(work, has_editors=False)}."
    return " ".join([*opening, whole, *where, work.link])


def _in_brackets(work: Work, *, has_editors: bool) -> str:
    """(A. Sample, Ed.; Version 2, 2nd ed., Vol. 1, pp. 3–9), or a genre without a number as [Policy brief]."""
    record = work.record
    editors = f"{_given_first(work.editors)}, {_eds(work.editors)}" if has_editors and work.editors else ""
    translators = (
        f"{_given_first(work.translators)}, {pgettext('citation', 'Trans.')}"
        if work.translators and not work.chapter
        else ""
    )
    file = ", ".join(
        part for part in (first_up(version(work)), edition(work), first_up(volume(work)), pages(work)) if part
    )
    report, after = "", ""
    if work.chapter is None and record.kind in (Kind.REPORT, Kind.PAPER):
        genre = record.genre or ""
        if record.report_number:
            report = f"{headline(genre, record.language)} {record.report_number}".strip()
        elif genre:
            after = f" [{genre}]"
        said = "; ".join(part for part in (editors, translators, report, series(work), file) if part)
    else:
        said = "; ".join(part for part in (editors, translators, file) if part)
    return (f" ({said})" if said else "") + after


def _eds(editors: Sequence[Person]) -> str:
    return pgettext("citation", "Ed.") if len(editors) == 1 else pgettext("citation", "Eds.")


def _family_first(people: Sequence[Person]) -> str:
    """Sample, A., Example, L., & Specimen, C."""
    return _shortened([family_first(person, initials=True) for person in people], ", & ")


def _given_first(people: Sequence[Person]) -> str:
    """A. Sample, L. Example, & C. Specimen."""
    return _shortened([given_first(person, initials=True) for person in people], " & ")


def _shortened(names: Sequence[str], pair: str) -> str:
    """Of more than twenty the first nineteen and the last."""
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])}, … {names[-1]}"
    return joined(names, ", & ", pair)
