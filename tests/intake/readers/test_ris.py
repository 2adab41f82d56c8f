"""RIS: types, tags, names, chapters in their volume."""

import pytest

from api.errors import Invalid
from api.formats.record import Identified, Person
from api.intake.readers import ris
from api.tables import Contribution, IdentifierKind, Kind

FILE = """TY  - EDBOOK
AU  - van der Muster, Ludwig, Jr.
AU  - Sample Working Party
TI  - Rivers of Paper: Archives
T2  - Studies in Record Keeping
M1  - 7
PY  - 2024
DA  - 2024/05/17/
SP  - 312
SN  - 978-1-4028-9462-6
DO  - https://doi.org/10.5555/gf.rivers
LA  - eng
KW  - archives
KW  - statehood
AB  - What archives carry
  and what they leave.
PB  - Sample Press
CY  - Leuven
ER  - 

TY  - CHAP
AU  - Specimen, Mo
A2  - Muster, Ludwig
TI  - The Clerk's Hand
T2  - Rivers of Paper
SP  - 39
EP  - 71
SE  - 2
ER  - 
TY  - RPRT
AU  - Sukarno
TI  - A Report
PB  - Institute
SN  - R-12
M3  - Policy brief
PY  - 2020///
ER  - 
TY  - SOUND
TI  - A Record
ER  - 
TY  - BOOK
AU  - Sample, Ada
A2  - Keeper, Jo
A4  - Turner, Tia
TI  - A Monograph
ET  - Second, revised edition
"""


def test_the_whole_file() -> None:
    volume, report, sound, book = ris.read(FILE.replace("\n", "\r\n").encode("utf-8-sig"))
    draft = volume.draft
    assert draft is not None
    assert (draft.facts.kind, draft.facts.title, draft.facts.subtitle) == (
        Kind.EDITED_VOLUME,
        "Rivers of Paper",
        "Archives",
    )
    assert (draft.facts.published, draft.facts.pages, draft.facts.isbn) == ("2024-05-17", 312, "9781402894626")
    assert (draft.facts.language, draft.facts.series, draft.facts.series_number) == (
        "en",
        "Studies in Record Keeping",
        "7",
    )
    assert draft.facts.abstract == "What archives carry and what they leave."
    assert draft.contributors == (
        Person(given="Ludwig", particle="van der", family="Muster", suffix="Jr.", role=Contribution.EDITOR),
        Person(name="Sample Working Party", is_organisation=True, role=Contribution.EDITOR),
    )
    (line,) = draft.contents
    assert (line.name, line.number, line.first_page, line.last_page) == ("The Clerk's Hand", "2", "39", "71")
    assert line.contributors == (Person(given="Mo", family="Specimen"),)
    assert draft.subjects[1].heading == "statehood"
    assert any("taken for an organisation" in note for note in volume.notes)

    assert report.draft is not None
    assert (report.draft.facts.institution, report.draft.facts.genre, report.draft.facts.published) == (
        "Institute",
        "Policy brief",
        "2020",
    )
    assert report.draft.identifiers == (Identified(IdentifierKind.REPORT_NUMBER, "R-12"),)
    assert report.draft.contributors == (Person(family="Sukarno"),)

    assert sound.draft is None
    assert "is SOUND" in sound.faults[0].words

    assert book.draft is not None
    assert book.draft.facts.edition_statement == "Second, revised edition"
    assert [person.role for person in book.draft.contributors] == [
        Contribution.AUTHOR,
        Contribution.SERIES_EDITOR,
        Contribution.TRANSLATOR,
    ]
    assert any("does not end with" in note for note in book.notes)


def test_letters_that_are_not_utf_8_are_read_and_said() -> None:
    (found,) = ris.read("TY  - BOOK\nTI  - Flüsse\nER  - \n".encode("latin-1"))
    assert found.draft is not None
    assert found.draft.facts.title == "Flüsse"
    assert "Latin-1" in found.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    (found,) = ris.read("TY  - BOOK\nTI  - Flüsse aus Papier\nER  - \n".encode(encoding))
    assert found.draft is not None
    assert (found.draft.facts.title, found.notes) == ("Flüsse aus Papier", ())


@pytest.mark.parametrize("content", [b"TI  - no type", b"hello", b"@book{a, title={x}}"])
def test_what_is_no_ris(content: bytes) -> None:
    with pytest.raises(Invalid, match="no line begins with"):
        ris.read(content)


def test_nuls_are_no_text() -> None:
    with pytest.raises(Invalid, match="NUL characters"):
        ris.read(b"TY  - BOOK\nTI  - a\0b\nER  - \n")
