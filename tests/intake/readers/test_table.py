"""The table of titles: nothing is lost on the way out and back; formula characters are harmless in between."""

import csv
import io
from dataclasses import replace

import pytest

from api.errors import Invalid
from api.formats.record import About, Identified, Person
from api.intake.readers import table
from api.shelf import record_csv
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.record_rules import checked
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme
from tests.records import RICH, made_up


def back(*drafts: TitleDraft) -> list[TitleDraft | None]:
    return [found.draft for found in table.read("".join(record_csv.table(drafts)).encode())]


def test_every_record_comes_back_as_it_was() -> None:
    drafts = [RICH, *map(made_up, range(150))]
    assert back(*drafts) == drafts


SIGNS = ["=1+1", "'=1", "''=1", "'tis", "@x", "+49", "-5", "a|b", "a (editor)", "{x}", "[x]", '"', "a, b", "thema: x"]


@pytest.mark.parametrize("text", SIGNS)
def test_signs_that_mean_something_in_a_table(text: str) -> None:
    draft = TitleDraft(
        TitleFacts("a", Kind.REPORT, text, text, subtitle=text, abstract=f"{text}\n{text}"),
        contributors=(
            Person(name=text),
            Person(family=text, given="Ada", role=Contribution.EDITOR),
            Person(name=text, is_organisation=True),
            Person(family=text),
        ),
        identifiers=(Identified(IdentifierKind.URN, text),),
        subjects=(About(SubjectScheme.KEYWORD, heading=text), About(SubjectScheme.LCSH, text, text)),
    )
    draft = checked(draft)
    assert back(draft) == [draft]
    for row in csv.reader(io.StringIO("".join(record_csv.table([draft])).removeprefix("\ufeff"))):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_lists_are_written_as_people_write_them() -> None:
    plain = replace(
        RICH,
        contributors=(Person(given="Ada", family="Sample", role=Contribution.EDITOR), Person(name="Jo Pattern")),
        identifiers=RICH.identifiers,
        subjects=(About(SubjectScheme.KEYWORD, heading="archives"), About(SubjectScheme.THEMA, "GLP", "Archiving")),
    )
    row = dict(zip(record_csv.COLUMNS, record_csv.row(plain), strict=True))
    assert row["contributors"] == "Sample, Ada (editor) | Jo Pattern (author)"
    assert row["identifiers"] == "isbn-print 9781402894626 | report-number R-12"
    assert row["subjects"] == "archives | thema GLP: Archiving"
    assert row["contents"].startswith("[{")
    assert row["doi_is_ours"] == "yes"


def test_a_table_of_a_few_columns_speaks_of_those_alone() -> None:
    (found,) = table.read("Kind;Title;Contributors\nreport;Über Flüsse;{A House} | Sample, Ada (editor)\n".encode())
    assert found.draft is not None
    assert (found.draft.facts.slug, found.has_slug, found.said) == (
        "uber-flusse",
        False,
        {"kind", "title", "contributors"},
    )
    assert [person.display for person in found.draft.contributors] == ["A House", "Ada Sample"]


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        ("a,novel,,,", "kind", "has to be one of"),
        ("a,,,,", "kind", "is missing"),
        ("a,report,many,,", "pages", "has to be a whole number"),
        ("a,report,,perhaps,", "doi_is_ours", "has to be yes or no"),
        ("a,report,,,[1", "contributors", "or JSON as in an export"),
        ("a,report,,,[1]", "contributors[1]", "has to be an object"),
        ("a,report,,,Ada (ghost)", "contributors", "rows with “|” between them"),
        ("a,report,,," + "[" * 60_000, "contributors", "or JSON as in an export"),
        ("a,report,,,,more", "title", "more cells than there are columns"),
    ],
)
def test_a_bad_row_stops_no_other(row: str, path: str, words: str) -> None:
    bad, good = table.read(f"title,kind,pages,doi_is_ours,contributors\n{row}\nb,report,,,\n".encode())
    assert (bad.where, bad.faults[0].path) == ("line 2", path)
    assert words in bad.faults[0].words
    assert good.draft is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,year\na,b\n", "has to name the columns, title and kind"),
        ("title,kind,colour\n", "“colour” is not known"),
        ("title,kind,title\n", "two columns “title”"),
        ('title,kind\n"a', "Line 2 of the table can’t be read"),
        ("x" * 6000, "first line is too long"),
    ],
)
def test_what_is_no_table(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        table.read(text.encode())
