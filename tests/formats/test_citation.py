"""Citations in words: of volumes, books by their authors, and chapters; with the edition and the version."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.formats.citation import citations, cite
from api.formats.record import ContentsLine, EditionRecord, Person, TitleRecord
from api.formats.works import Work
from api.spoken import speaking
from api.tables import Contribution, Kind, State

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = EditionRecord(1, 1, NOON, 312, 4_200_000, "ab" * 32, "application/pdf")
HERE = "https://press.example"
ADA = Person(given="Ada Maria", family="Sample", role=Contribution.EDITOR)
JEAN = Person(given="Jean-Paul", particle="van der", family="Example", suffix="Jr.", role=Contribution.EDITOR)
REA = Person(given="Rea", family="Der")
PRESS = Person(name="Sample Press", is_organisation=True)
VOLUME = TitleRecord(
    id=1,
    slug="rivers",
    kind=Kind.EDITED_VOLUME,
    state=State.PUBLISHED,
    title="Rivers of Paper",
    full_title="Rivers of Paper – Archives",
    publisher="Sample Press",
    published="2024-05",
    contributors=(ADA, JEAN),
    edition=FILE,
)


def words(record: TitleRecord, chapter: ContentsLine | None = None) -> str:
    return cite(Work(record, HERE, chapter)).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            "Sample, A. M., & van der Example, J.-P., Jr. (Eds.). (2024). Rivers of Paper – Archives. Sample Press. "
            "https://press.example/books/edited/rivers",
        ),
        (
            {"edition": replace(FILE, number=3), "doi": "10.1000/182", "doi_is_ours": True},
            "Sample, A. M., & van der Example, J.-P., Jr. (Eds.). (2024). Rivers of Paper – Archives (Version 3). "
            "Sample Press. https://doi.org/10.1000/182",
        ),
        (
            {"contributors": (REA,), "edition_number": 2, "edition": replace(FILE, number=2), "doi": "10.1000/182"},
            "Der, R. (2024). Rivers of Paper – Archives (Version 2, 2nd ed.). Sample Press. "
            "https://press.example/books/edited/rivers",
        ),
        (
            {"contributors": (PRESS,), "edition_statement": "Revised edition", "published": None, "posted_at": NOON},
            "Sample Press. (2026). Rivers of Paper – Archives (Revised edition). Sample Press. "
            "https://press.example/books/edited/rivers",
        ),
        (
            {"contributors": (), "published": None, "publisher": None, "edition_number": 11},
            "Rivers of Paper – Archives (11th ed.). (n.d.). https://press.example/books/edited/rivers",
        ),
    ],
)
def test_a_title(changes: dict[str, object], said: str) -> None:
    assert words(replace(VOLUME, **changes)) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            "Der, R. (2024). What was kept? In A. M. Sample & J.-P. van der Example Jr. (Eds.), Rivers of Paper – "
            "Archives (Version 2, pp. 15–39). Sample Press. https://press.example/books/edited/rivers/chapters/4",
        ),
        (
            {"doi": "10.1000/182_4", "doi_is_ours": True, "last_page": None, "contributors": ()},
            "Sample, A. M., & van der Example, J.-P., Jr. (Eds.). (2024). What was kept? In Rivers of Paper – Archives "
            "(Version 2, p. 15). Sample Press. https://doi.org/10.1000/182_4",
        ),
    ],
)
def test_a_chapter(changes: dict[str, object], said: str) -> None:
    line = ContentsLine("What was kept?", first_page="15", last_page="39", contributors=(REA,), address=4)
    volume = replace(VOLUME, edition=replace(FILE, number=2))
    assert words(volume, replace(line, **changes)) == said  # type: ignore[arg-type]


def test_on_a_page_the_short_words_follow_its_language() -> None:
    work = Work(VOLUME, HERE, None)
    with speaking("de"):
        apa, mla, notes, _ = (each.text for each in citations(work))
        assert cite(work).text != apa  # programs get English wherever they ask
    assert "(Hrsg.)" in apa
    assert "Hrsg." in notes
    assert "Herausgabe" in mla
    assert citations(work)[0].text == cite(work).text
