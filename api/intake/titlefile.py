"""The description of a title as a publisher writes it: a TOML file, checked key by key."""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from api.errors import Invalid
from api.formats.record import ContentsLine, Person
from api.intake.toml_table import Table
from api.shelf.shelving import TitleDraft, TitleFacts
from api.tables import Contribution, Kind

KINDS = {
    "edited volume": Kind.EDITED_VOLUME,
    "monograph": Kind.MONOGRAPH,
    "report": Kind.REPORT,
    "paper": Kind.PAPER,
}
LONGEST_FILE = 1_000_000  # bytes
LONGEST_ABSTRACT = 20_000  # characters
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PUBLISHED = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def read(path: Path) -> TitleDraft:
    """The title that the file at `path` describes. Any fault is an Invalid that names file and key."""
    table = Table(path.name, _parse(path))
    people = (*_people(table, "editors", Contribution.EDITOR), *_people(table, "authors", Contribution.AUTHOR))
    facts = _facts(table)
    contents = _contents(table, {person.display: person for person in people})
    table.refuse_unknown_keys()
    return TitleDraft(facts, people, contents)


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


def _facts(table: Table) -> TitleFacts:
    title = table.required_text("title")
    subtitle = table.text("subtitle")
    return TitleFacts(
        slug=_slug(table),
        kind=_kind(table),
        title=title,
        subtitle=subtitle,
        full_title=table.text("full_title", 1000) or (f"{title} – {subtitle}" if subtitle else title),
        kicker=table.text("kicker", 100),
        standfirst=table.text("standfirst", 1000),
        abstract=table.text("abstract", LONGEST_ABSTRACT, lines=True) or "",
        call_to_read=table.text("call_to_read", 1500),
        language=table.text_like("language", _LANGUAGE, "a language tag such as en or pt-BR", 35) or "en",
        publisher=table.text("publisher"),
        place=table.text("place"),
        published=_published(table),
        series=table.text("series"),
        doi=_doi(table),
        doi_is_ours=table.yes_or_no("doi_is_ours"),
        isbn=_isbn(table),
        licence=table.text("licence", 100),
    )


def _slug(table: Table) -> str:
    slug = table.required_text("slug", 120)
    if not _SLUG.fullmatch(slug):
        raise table.fault("slug", "has to be lower-case letters, digits and single hyphens")
    return slug


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
    if not isinstance(text, str) or not _PUBLISHED.fullmatch(text) or not _is_date(text):
        raise table.fault("published", "has to be a date such as 2022, 2022-05 or 2022-05-17, in quotes")
    return text


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        return False
    return True


def _doi(table: Table) -> str | None:
    return table.text_like("doi", _DOI, "a DOI such as 10.1000/182, without https://doi.org/", 300)


def _isbn(table: Table) -> str | None:
    """The thirteen digits, if the last of them checks the others (ISO 2108: weights 1 and 3, modulo 10)."""
    text = table.text("isbn_ebook", 30)
    if text is None:
        return None
    digits = text.replace("-", "").replace(" ", "")
    if not re.fullmatch(r"97[89][0-9]{10}", digits):
        raise table.fault("isbn_ebook", "has to be an ISBN of thirteen digits, beginning with 978 or 979")
    if sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10:
        raise table.fault("isbn_ebook", f"is not an ISBN: the check digit of {text} is wrong")
    return digits


def _people(table: Table, key: str, role: Contribution) -> tuple[Person, ...]:
    """Given and family name, or an organisation; a person known by one name has `family` alone."""
    people = []
    for row in table.tables(key):
        organisation, given, family = row.text("organisation"), row.text("given", 200), row.text("family", 200)
        row.refuse_unknown_keys()
        if organisation and not given and not family:
            people.append(Person(name=organisation, is_organisation=True, role=role))
        elif family and not organisation:
            people.append(Person(given=given, family=family, role=role))
        else:
            raise row.fault("family", "and perhaps given are needed, or organisation alone")
    return tuple(people)


def _contents(table: Table, known: dict[str, Person]) -> tuple[ContentsLine, ...]:
    """Chapters that stand before any part, then each part with its chapters."""
    lines = [_chapter(row, known) for row in table.tables("chapters")]
    for part in table.tables("parts"):
        chapters = part.tables("chapters")
        lines.append(_line(part, is_part=True))
        lines.extend(_chapter(row, known) for row in chapters)
    return tuple(lines)


def _chapter(row: Table, known: dict[str, Person]) -> ContentsLine:
    """Authors are names as printed; how one splits is known only where the title's own people say so."""
    names = row.texts("authors", 200)
    return _line(
        row, authors=tuple(replace(known.get(name) or Person(name=name), role=Contribution.AUTHOR) for name in names)
    )


def _line(row: Table, *, is_part: bool = False, authors: tuple[Person, ...] = ()) -> ContentsLine:
    line = ContentsLine(
        name=row.required_text("title"),
        is_part=is_part,
        number=row.text("number", 20),
        first_page=row.text("first_page", 20),
        last_page=row.text("last_page", 20),
        doi=_doi(row),
        contributors=authors,
    )
    row.refuse_unknown_keys()
    return line
