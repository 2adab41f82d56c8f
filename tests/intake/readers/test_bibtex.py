"""BibTeX: names, LaTeX, dates, chapters in their volume; one broken entry stops no other."""

import pytest

from api.errors import Invalid
from api.formats.record import Identified, Person
from api.intake.readers import bibtex
from api.intake.readers.latex import plain
from api.intake.readers.names import of_bibtex
from api.shelf.drafts import TitleDraft
from api.tables import Contribution, IdentifierKind, Kind

FILE = r"""
@comment{not, an = entry}
@string{press = "Papier Press"}
@book{rivers, title = {{Rivers of Paper}: Archives and {Statehood}},
  editor = {van der Muster, Jr., Ludwig and {{Sample and Working Party}} and Plato and others},
  publisher = press # " \& Sons", year = 2024, month = may, isbn = {978-3-16-148410-0 (pbk), 978-1-4028-9462-6},
  doi = "https://doi.org/10.5555/gf.rivers", series = {Studien}, number = 7, keywords = {archives, state},
  langid = {ngerman}, edition = {2nd}, pagetotal = {312}, address = {Leuven}}
@incollection{late, author = {M{\"u}ller, J{\"o}rg}, title = {The Clerk's Hand}, booktitle = {Rivers of paper},
  pages = {39--71}, doi = {10.5555/gf.rivers.2}}
@incollection{early, author = {Mo Specimen}, title = {Zero}, crossref = {rivers}, pages = {1--7}}
@incollection{lost, author = {Mo Specimen}, title = {Elsewhere}, booktitle = {Another Volume}}
@book{broken, title = {Never ends, author = {X}
@techreport{r1, title = {Annual Report}, institution = {Institute}, number = {R-1}, type = {Brief}, date = {2020-03-01}}
@techreport{r2, title = {Annual Report}, institution = {Institute}, number = {R-2}, year = {2021}}
@article{p, title = {A Paper}, author = {Ada Sample}, journal = {Journal}, year = {c. 1900}}
"""


def drafts(text: str) -> dict[str, TitleDraft]:
    found = bibtex.read(text.encode())
    return {each.where.partition(" ")[0]: each.draft for each in found if each.draft is not None}


def test_a_volume_gathers_its_chapters() -> None:
    found = {each.where.partition(" ")[0]: each for each in bibtex.read(FILE.encode())}
    assert list(found) == ["rivers", "broken", "r1", "r2", "p", "lost"]
    volume = found["rivers"].draft
    assert volume is not None
    facts = volume.facts
    assert (facts.kind, facts.slug, facts.title, facts.subtitle) == (
        Kind.EDITED_VOLUME,
        "rivers-of-paper",
        "Rivers of Paper",
        "Archives and Statehood",
    )
    assert (facts.publisher, facts.place, facts.published) == ("Papier Press & Sons", "Leuven", "2024-05")
    assert (facts.doi, facts.isbn, facts.series, facts.series_number) == (
        "10.5555/gf.rivers",
        "9781402894626",
        "Studien",
        "7",
    )
    assert (facts.language, facts.edition_number, facts.pages) == ("de", 2, 312)
    assert volume.identifiers == (Identified(IdentifierKind.ISBN_PRINT, "9783161484100"),)
    assert [person.display for person in volume.contributors] == [
        "Ludwig van der Muster Jr.",
        "Sample and Working Party",
        "Plato",
    ]
    assert {person.role for person in volume.contributors} == {Contribution.EDITOR}
    assert [(line.name, line.first_page, line.last_page) for line in volume.contents] == [
        ("Zero", "1", "7"),
        ("The Clerk's Hand", "39", "71"),
    ]
    assert volume.contents[1].contributors == (Person(given="Jörg", family="Müller"),)
    assert any("and others" in note for note in found["rivers"].notes)


def test_what_can_not_be_taken_is_named() -> None:
    found = {each.where.partition(" ")[0]: each for each in bibtex.read(FILE.encode())}
    (lost,) = found["lost"].faults
    assert lost.words == "is a chapter, and its volume, “Another Volume”, is not in this file"
    (broken,) = found["broken"].faults
    assert broken.path == "title"
    assert "closing brace" in broken.words
    assert any("“c. 1900” was left out" in note for note in found["p"].notes)
    assert any("journal was left out" in note for note in found["p"].notes)


def test_reports_of_one_name_are_told_apart_by_their_year() -> None:
    found = drafts(FILE)
    assert (found["r1"].facts.slug, found["r2"].facts.slug) == ("annual-report-2020", "annual-report-2021")
    assert (found["r1"].facts.institution, found["r1"].facts.genre) == ("Institute", "Brief")
    assert found["r1"].identifiers == (Identified(IdentifierKind.REPORT_NUMBER, "R-1"),)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Ada Sample", Person(given="Ada", family="Sample")),
        ("Sample, Ada", Person(given="Ada", family="Sample")),
        ("Ludwig van der Muster", Person(given="Ludwig", particle="van der", family="Muster")),
        ("de la Vall{\\'e}e Poussin, Jean", Person(given="Jean", particle="de la", family="Vallée Poussin")),
        ("King, Jr., Martin", Person(given="Martin", family="King", suffix="Jr.")),
        ("Martin Luther King Jr.", Person(given="Martin Luther", family="King", suffix="Jr.")),
        ("{World Health Organization}", Person(name="World Health Organization", is_organisation=True)),
        ("{{UNESCO}}", Person(name="UNESCO", is_organisation=True)),
        ("Sukarno", Person(family="Sukarno")),
        ('{\\"U}nal', Person(family="Ünal")),
        ("Jos{\\'e} {Garc{\\'i}a M{\\'a}rquez}", Person(given="José", family="García Márquez")),
    ],
)
def test_names(text: str, person: Person) -> None:
    assert of_bibtex(text, Contribution.AUTHOR) == person


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\"o}\'{e}\c{c}\v{s}\H{o}\~n", "öéçšőñ"),
        (r"\ss \o{} {\aa} {\AE}sop \l{}", "ßø å Æsop ł"),
        (r"{\'\i}\`{\i}", "íì"),
        (r"50\% \& \$5 \#1 a\_b", "50% & $5 #1 a_b"),
        (r"``quoted'' -- and --- so", "“quoted” – and — so"),
        (r"\emph{Hands} of \textbf{clerks}", "Hands of clerks"),
        ("a~b\n  c", "a b c"),
    ],
)
def test_latex(latex: str, text: str) -> None:
    assert plain(latex) == text


@pytest.mark.parametrize(
    "text",
    [
        "@book{a, title = {" + "{" * 100_000 + "}" * 100_000 + "}}",
        "@book{a, title = {" + "{" * 1_000_000,
        "@a{" * 500_000,
        '@book{a, title = "' + "\\" * 1_000_000,
        "@book{a" + " " * 1_000_000,
        "@book{a, title={x}, author={" + "A and " * 200_000 + "}}",
    ],
)
def test_whatever_the_braces_do_it_is_read_once(text: str) -> None:
    (found,) = bibtex.read(text.encode())
    assert found.faults or found.draft is not None


def test_more_entries_than_are_taken() -> None:
    with pytest.raises(Invalid, match="more than 20000 entries"):
        bibtex.read(b"@book{a,}\n" * 20_001)


def test_text_without_entries() -> None:
    with pytest.raises(Invalid, match="no line begins with an entry"):
        bibtex.read(b"Dear editor, this is a letter.")
