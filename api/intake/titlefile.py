"""The description of a title as a publisher writes it: a TOML file, whose faults are named by its own keys."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from api.errors import Invalid
from api.formats.record import About, Affiliation, ContentsLine, Funding, Identified, Person, Worded
from api.intake.toml_table import Table
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.record_rules import FaultyRecord, checked
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

KINDS = {
    "edited volume": Kind.EDITED_VOLUME,
    "monograph": Kind.MONOGRAPH,
    "report": Kind.REPORT,
    "paper": Kind.PAPER,
}
LONGEST_FILE = 1_000_000  # bytes
_AS_THEY_ARE = (
    *("full_title", "kicker", "subtitle", "standfirst", "abstract", "call_to_read", "language", "publisher"),
    *("publisher_ror", "imprint", "institution", "place", "genre", "edition_statement", "volume", "series"),
    *("series_issn", "series_number", "front_pages", "doi", "licence", "licence_uri", "rights_holder"),
)
_NUMBERS = ("edition_number", "pages", "copyright_year")
Places = dict[str, str]  # from the path of a field in the record to where it stands in the file


def read(path: Path) -> TitleDraft:
    """The title that the file at `path` describes. Any fault is an Invalid that names file and key."""
    table = Table(path.name, _parse(path))
    places: Places = {"isbn": "isbn_ebook"}
    draft = _draft(table, places)
    table.refuse_unknown_keys()
    try:
        return checked(draft)
    except FaultyRecord as faulty:
        sentences = (fault.sentence(lambda field: _place(field, places)) for fault in faulty.faults)
        raise Invalid("\n".join(f"{path.name}: {sentence}" for sentence in sentences)) from faulty


def _parse(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Invalid(f"{path.name}: the file is larger than {LONGEST_FILE} bytes.")
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f"{path.name} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path.name} is not UTF-8 text.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"{path.name} is not TOML: {error}.") from error


def _place(path: str, places: Places) -> str:
    """Where in the file the field of that path stands."""
    head, tail = path, ""
    while head not in places:
        cut = max(head.rstrip(".").rfind("."), head.rstrip(".").rfind("["))
        if cut < 0:
            return path
        if head[cut] == ".":
            cut += 1
        head, tail = head[:cut], head[cut:] + tail
    return (places[head] + tail).rstrip(".")


def _draft(table: Table, places: Places) -> TitleDraft:
    facts = _facts(table)
    people = _people(table, places)
    known = {person.display: person for person in people}
    return TitleDraft(
        facts,
        people,
        _contents(table, known, places),
        wordings=tuple(_wording(row) for row in table.tables("wordings")),
        identifiers=tuple(_identifier(row) for row in table.tables("identifiers")),
        subjects=_subjects(table, places),
        funding=tuple(_funding(row) for row in table.tables("funding")),
    )


def _facts(table: Table) -> TitleFacts:
    given: dict[str, Any] = {"full_title": ""}
    given |= {name: text for name in _AS_THEY_ARE if (text := table.text(name)) is not None}
    given |= {name: table.number(name) for name in _NUMBERS}
    return TitleFacts(
        slug=table.required_text("slug"),
        kind=_kind(table),
        title=table.required_text("title"),
        published=_published(table),
        doi_is_ours=table.yes_or_no("doi_is_ours"),
        isbn=table.text("isbn_ebook"),
        **given,
    )


def _kind(table: Table) -> Kind:
    word = table.required_text("kind")
    if word not in KINDS:
        raise table.fault("kind", f"is “{word}”; it has to be one of: {', '.join(KINDS)}")
    return KINDS[word]


def _published(table: Table) -> str | None:
    """`published` with its own precision, or the plain `year`."""
    given, year = table.take("published"), table.take("year")
    if given is not None and year is not None:
        raise table.fault("year", "and published say the same thing; keep one of them")
    if year is not None:
        if type(year) is not int or not 1000 <= year <= 9999:
            raise table.fault("year", "has to be a year such as 2022, without quotes")
        return str(year)
    if given is None:
        return None
    text = given.isoformat() if type(given) is date else given
    if not isinstance(text, str):
        raise table.fault("published", "has to be a date such as 2022, 2022-05 or 2022-05-17, in quotes")
    return text


def _people(table: Table, places: Places) -> tuple[Person, ...]:
    """Editors, authors, and those in other roles; a person known by one name has `family` alone."""
    rows = [(row, Contribution.EDITOR) for row in table.tables("editors")]
    rows += [(row, Contribution.AUTHOR) for row in table.tables("authors")]
    rows += [(row, row.word("role", Contribution)) for row in table.tables("contributors")]
    return tuple(_person(row, role, places, f"contributors[{place}]") for place, (row, role) in enumerate(rows, 1))


def _person(row: Table, role: Contribution, places: Places, path: str) -> Person:
    places[f"{path}."] = row.within
    organisation = row.text("organisation")
    if organisation is not None:
        places[f"{path}.name"] = f"{row.within}organisation"
    person = Person(
        given=row.text("given"),
        particle=row.text("particle"),
        family=row.text("family"),
        suffix=row.text("suffix"),
        name=organisation or row.text("name"),
        is_organisation=organisation is not None,
        role=role,
        orcid=row.text("orcid"),
        ror=row.text("ror"),
        affiliations=tuple(_affiliation(each) for each in row.tables("affiliations")),
        note=row.text("note"),
    )
    row.refuse_unknown_keys()
    return person


def _affiliation(row: Table) -> Affiliation:
    affiliation = Affiliation(row.required_text("name"), row.text("ror"))
    row.refuse_unknown_keys()
    return affiliation


def _contents(table: Table, known: dict[str, Person], places: Places) -> tuple[ContentsLine, ...]:
    """Chapters that stand before any part, then each part with its chapters."""
    rows = [(row, False) for row in table.tables("chapters")]
    for part in table.tables("parts"):
        rows.append((part, True))
        rows.extend((row, False) for row in part.tables("chapters"))
    return tuple(
        _line(row, is_part, known, places, f"contents[{place}]") for place, (row, is_part) in enumerate(rows, 1)
    )


def _line(row: Table, is_part: bool, known: dict[str, Person], places: Places, path: str) -> ContentsLine:
    places |= {f"{path}.": row.within, f"{path}.name": f"{row.within}title"}
    line = ContentsLine(
        name=row.required_text("title"),
        is_part=is_part,
        number=row.text("number"),
        first_page=row.text("first_page"),
        last_page=row.text("last_page"),
        doi=row.text("doi"),
        contributors=() if is_part else _people_of_chapter(row, known, places, path),
        doi_is_ours=row.yes_or_no("doi_is_ours"),
        language=row.text("language"),
        abstract=row.text("abstract") or "",
        licence=row.text("licence"),
        licence_uri=row.text("licence_uri"),
    )
    row.refuse_unknown_keys()
    return line


def _people_of_chapter(row: Table, known: dict[str, Person], places: Places, path: str) -> tuple[Person, ...]:
    """`authors` are names as printed; how one splits is known only where the title's own people say so."""
    names = row.texts("authors")
    authors = [replace(known.get(name) or Person(name=name), role=Contribution.AUTHOR) for name in names]
    for place in range(1, len(names) + 1):
        places[f"{path}.contributors[{place}].name"] = f"{row.within}authors"
    others = []
    for place, each in enumerate(row.tables("contributors"), start=len(names) + 1):
        role = each.word("role", Contribution)
        others.append(_person(each, role, places, f"{path}.contributors[{place}]"))
    return *authors, *others


def _wording(row: Table) -> Worded:
    wording = Worded(row.required_text("language"), row.text("title"), row.text("subtitle"), row.text("abstract") or "")
    row.refuse_unknown_keys()
    return wording


def _identifier(row: Table) -> Identified:
    identifier = Identified(row.word("kind", IdentifierKind), row.required_text("value"))
    row.refuse_unknown_keys()
    return identifier


def _subjects(table: Table, places: Places) -> tuple[About, ...]:
    """Keywords, then the subjects of other schemes."""
    keywords = [About(SubjectScheme.KEYWORD, heading=word) for word in table.texts("keywords")]
    rows = table.tables("subjects")
    places |= {f"subjects[{place}].heading": "keywords" for place in range(1, len(keywords) + 1)}
    places |= {f"subjects[{place}].": row.within for place, row in enumerate(rows, start=len(keywords) + 1)}
    return *keywords, *map(_subject, rows)


def _subject(row: Table) -> About:
    subject = About(row.word("scheme", SubjectScheme), row.text("code"), row.text("heading"))
    row.refuse_unknown_keys()
    return subject


def _funding(row: Table) -> Funding:
    funding = Funding(row.required_text("funder"), row.text("ror"), row.text("funder_doi"), row.text("award"))
    row.refuse_unknown_keys()
    return funding
