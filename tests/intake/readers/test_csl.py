"""CSL-JSON: names with their parts, dates with their precision, chapters in their volume."""

import json
from typing import Any

import pytest

from api.errors import Invalid
from api.formats.record import Person
from api.intake.readers import csl
from api.tables import Contribution, Kind

VOLUME = {
    "id": "v",
    "type": "book",
    "title": "Rivers of Paper: Archives",
    "editor": [
        {"family": "Muster", "given": "Ludwig", "non-dropping-particle": "van der", "suffix": "Jr."},
        {"literal": "Sample Working Party"},
    ],
    "issued": {"date-parts": [[2024, 5]]},
    "ISBN": "978-1-4028-9462-6",
    "DOI": "10.5555/gf.rivers",
    "publisher": "Sample Press",
    "publisher-place": "Leuven",
    "collection-title": "Studies",
    "collection-number": 7,
    "language": "de-AT",
    "number-of-pages": "312",
}
CHAPTER = {
    "id": "c",
    "type": "chapter",
    "title": "A Hand",
    "container-title": "Another name",
    "ISBN": "9781402894626",
    "page": "39-71",
    "author": [{"family": "Specimen", "given": "Mo", "ORCID": "https://orcid.org/0000-0002-1825-0097"}],
}


def read(*items: Any) -> list[Any]:
    return csl.read(json.dumps(items).encode())


def test_a_volume_with_a_chapter_that_has_its_isbn() -> None:
    (found,) = read(CHAPTER, VOLUME)
    draft = found.draft
    assert (draft.facts.kind, draft.facts.published, draft.facts.language) == (Kind.EDITED_VOLUME, "2024-05", "de-AT")
    assert (draft.facts.series, draft.facts.series_number, draft.facts.pages) == ("Studies", "7", 312)
    assert draft.contributors == (
        Person(given="Ludwig", particle="van der", family="Muster", suffix="Jr.", role=Contribution.EDITOR),
        Person(name="Sample Working Party", is_organisation=True, role=Contribution.EDITOR),
    )
    (line,) = draft.contents
    assert (line.name, line.first_page, line.last_page) == ("A Hand", "39", "71")
    assert line.contributors[0].orcid == "https://orcid.org/0000-0002-1825-0097"  # the rules make it bare


def test_one_item_and_zoteros_wrapping() -> None:
    assert len(csl.read(json.dumps(VOLUME).encode())) == 1
    assert len(csl.read(json.dumps({"items": [VOLUME]}).encode())) == 1


@pytest.mark.parametrize(
    ("issued", "published"),
    [
        ({"date-parts": [["2024", "05", "17"]]}, "2024-05-17"),
        ({"date-parts": [[2024, 13]]}, "2024"),
        ({"date-parts": [[2024, 2, 31]]}, "2024-02"),
        ({"raw": "17 May 2024"}, "2024-05-17"),
        ({"literal": "May 2024"}, "2024-05"),
        ("2024/05", "2024-05"),
        ({"literal": "in spring"}, None),
        ({"date-parts": [[None]]}, None),
        ([], None),
    ],
)
def test_dates(issued: Any, published: str | None) -> None:
    (found,) = read({**VOLUME, "issued": issued})
    assert found.draft.facts.published == published


@pytest.mark.parametrize(
    "item",
    [
        7,
        None,
        [],
        {"title": "no type"},
        {"type": "song", "title": "x"},
        {**VOLUME, "editor": "Ada"},
        {**VOLUME, "editor": [1]},
    ],
)
def test_a_bad_item_stops_no_other(item: Any) -> None:
    bad, good = read(item, {**VOLUME, "title": "Another"})
    assert bad.faults
    assert good.draft is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("7", "has to be a list"),
        ("[]", "has to be a list"),
        ('{"items": 3}', "has to be a list"),
        ("[1, 2]", "no item says its type"),
        ("[" + "1," * 20_000 + "1]", "more than 20000"),
    ],
)
def test_what_is_no_csl(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        csl.read(text.encode())
