"""Contents pages as people paste them: what is understood of each, and that nothing hostile takes long."""

import pytest

from api.errors import Invalid
from api.formats.pdf_facts import Bookmark, PdfFacts
from api.formats.record import ContentsLine
from api.shelf.found_contents import contents_of, put_in
from api.shelf.pasted_contents import read_contents
from api.shelf.pasted_names import names_in
from api.shelf.typed import CONTENTS
from api.shelf.typed_record import rows_of
from tests.effort import at_most

VOLUME = """Contents

Acknowledgements .......... vii
Introduction: Why Paper 1
Ada Sample
Part I Beginnings
1 The Clerk's Hand … 39
Mo Specimen and Jo van der Muster
2. Seals and Signatures in the
   Age of 1848 . . . . . . . . . 72
by Ludwig Muster
vi
Part II
Power
3\tThe War of 1812\t101
4 Orwell's 1984   119–140
Chapter 5: What remains 141
Index 300
"""
Understood = tuple[str, str | None, str, str | None, str | None, list[str]]


def understood(text: str) -> list[Understood]:
    return [
        (
            "part" if line.is_part else "",
            line.number,
            line.name,
            line.first_page,
            line.last_page,
            [person.display for person in line.contributors],
        )
        for line in read_contents(text).lines
    ]


def test_a_volume_as_it_is_copied_from_a_pdf() -> None:
    assert understood(VOLUME) == [
        ("", None, "Acknowledgements", "vii", None, []),
        ("", None, "Introduction: Why Paper", "1", None, ["Ada Sample"]),
        ("part", "I", "Beginnings", None, None, []),
        ("", "1", "The Clerk's Hand", "39", None, ["Mo Specimen", "Jo van der Muster"]),
        ("", "2", "Seals and Signatures in the Age of 1848", "72", None, ["Ludwig Muster"]),
        ("part", "II", "Power", None, None, []),
        ("", "3", "The War of 1812", "101", None, []),
        ("", "4", "Orwell's 1984", "119", "140", []),
        ("", "5", "What remains", "141", None, []),
        ("", None, "Index", "300", None, []),
    ]
    assert read_contents(VOLUME).not_understood == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("1\tDie Hand\tMo Specimen\t3", [("", "1", "Die Hand", "3", None, ["Mo Specimen"])]),
        ("2\tNoch eine / Jo Pattern\t20", [("", "2", "Noch eine", "20", None, ["Jo Pattern"])]),
        ("Teil 1: Anfänge\t1", [("part", "1", "Anfänge", "1", None, [])]),
        ("PART ONE\nTHE BEGINNING 3", [("part", "ONE", "THE BEGINNING", "3", None, [])]),
        ("I. First 5\nII. Second 9", [("", "I", "First", "5", None, []), ("", "II", "Second", "9", None, [])]),
        ("I Remember You 5", [("", None, "I Remember You", "5", None, [])]),
        ("The World after 1989", [("", None, "The World after 1989", None, None, [])]),
        ("1.2 Sources … p. 12", [("", "1.2", "Sources", "12", None, [])]),
        ("A title whose page\nstands below\n17", [("", None, "A title whose page stands below", "17", None, [])]),
        ("1 A\n2 B", [("", "1", "A", None, None, []), ("", "2", "B", None, None, [])]),
        ("Part 3", [("part", "3", "Part 3", None, None, [])]),
        ("Chapter 4", [("", "4", "Chapter 4", None, None, [])]),
        ("Evil\x00\u202e ones ... 3", [("", None, "Evil ones", "3", None, [])]),
        ("Contents\n\n \t \n12\nxii", []),
        ("", []),
    ],
)
def test_what_is_understood(text: str, lines: list[Understood]) -> None:
    assert understood(text) == lines


@pytest.mark.parametrize(
    "text",
    [
        *("1 " * 90_000, "a . " * 40_000, "…" * 100_000, " " * 150_000 + "x", ("a b " * 200 + "\n") * 200),
        *(("Aa " * 300 + "\n") * 200, ". " * 500 + "x", ("A. and " * 140 + "\n") * 200, ("Part " * 150 + "\n") * 250),
        *(("A" * 990 + "\n") * 200, ("A’" * 490 + "1\n") * 200, ("van " * 240 + "\n") * 200, "x,\n" * 2_900),
    ],
)
@pytest.mark.timed
def test_nothing_hostile_takes_long(text: str) -> None:
    with at_most(1.5):
        found = read_contents(text)
    assert all(len(words) <= 81 for words in found.not_understood)


def test_more_than_any_contents_page_is_refused() -> None:
    for text in ("x" * 200_001, "\n" * 3_001):
        with pytest.raises(Invalid, match="200,000 characters"):
            read_contents(text)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Mo Specimen", ["Mo Specimen"]),
        ("by Mo Specimen, Jo Pattern, and J. R. Muster", ["Mo Specimen", "Jo Pattern", "J. R. Muster"]),
        ("Mo Specimen & Jo Pattern; Ada Sample", ["Mo Specimen", "Jo Pattern", "Ada Sample"]),
        ("Muster, Ludwig", ["Ludwig Muster"]),
        ("Zoë O’Hara-Müller", ["Zoë O’Hara-Müller"]),
        ("A Concluding Chapter of Sorts", []),
        ("The Age of 1848", []),
        ("Conclusion", []),
        ("What remains?", []),
        (", ".join(["Mo Specimen"] * 31), []),
    ],
)
def test_names_are_told_from_words(line: str, names: list[str]) -> None:
    assert [person.display for person in names_in(line)] == names


def test_bookmarks_become_parts_and_chapters_with_their_pages() -> None:
    names = [
        ("Cover", 0, 0),
        ("Part I: Beginnings", 1, 0),
        ("1 The Hand", 2, 1),
        ("A heading", 3, 2),
        ("2 Seals", 5, 1),
    ]
    marks = tuple(Bookmark(*each) for each in [*names, ("3. Alone", 8, 0), ("A section", 9, 1)])
    lines = contents_of(PdfFacts(page_count=12, labels=("i", "ii", "1", "2", "3", "4", "5", "6"), bookmarks=marks))
    assert [(line.is_part, line.number, line.name, line.first_page, line.last_page) for line in lines] == [
        (False, None, "Cover", "i", "i"),
        (True, "I", "Beginnings", "ii", None),
        (False, "1", "The Hand", "1", "3"),
        (False, "2", "Seals", "4", "6"),
        (False, "3", "Alone", "9", "12"),
    ]
    assert contents_of(PdfFacts(page_count=3)) == ()


def test_what_has_numbered_chapters_below_it_is_a_part_whatever_it_is_called() -> None:
    names = [("Beginnings", 0, 0), ("1 The Hand", 1, 1), ("A heading", 2, 2), ("2 Seals", 3, 1), ("The End", 5, 0)]
    marks = tuple(Bookmark(*each) for each in [*names, ("How it came", 5, 1), ("What remains", 6, 1)])
    lines = contents_of(PdfFacts(page_count=8, bookmarks=marks))
    assert [(line.is_part, line.number, line.name) for line in lines] == [
        (True, None, "Beginnings"),
        (False, "1", "The Hand"),
        (False, "2", "Seals"),
        (False, None, "The End"),
    ]


def test_a_single_bookmark_over_all_others_is_none_of_them() -> None:
    marks = (Bookmark("The Book", 0, 0), Bookmark("One", 1, 1), Bookmark("Two", 4, 1))
    lines = contents_of(PdfFacts(page_count=6, bookmarks=marks))
    assert [(line.name, line.first_page, line.last_page) for line in lines] == [("One", "2", "4"), ("Two", "5", "6")]


def test_a_line_of_the_same_name_keeps_what_was_known() -> None:
    shape = CONTENTS["contents"]
    rows = rows_of(
        (ContentsLine("The  Hand", doi="10.5555/a", abstract="On hands.", id=7), ContentsLine("Gone")), shape
    )
    found = (ContentsLine("the hand", number="1", first_page="39"), ContentsLine("New", first_page="50"))
    first, second = put_in(rows, found, replaces=True)
    assert (first["id"], first["doi"], first["number"], first["first_page"]) == ("7", "10.5555/a", "1", "39")
    assert (second["name"], second["id"], second["contributors"]) == ("New", "", [])
    assert [row["name"] for row in put_in(rows, found, replaces=False)] == ["The  Hand", "Gone", "the hand", "New"]
