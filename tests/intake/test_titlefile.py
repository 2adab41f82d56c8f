"""The description of a title: the founding one is read as it stands, and every fault names file and key."""

from pathlib import Path

import pytest

from api.errors import Invalid
from api.formats.record import Affiliation, Identified, Person
from api.intake.titlefile import read
from api.shelf.shelving import TitleDraft
from api.tables import Contribution, IdentifierKind, Kind

FOUNDING = Path(__file__).parents[2] / "api/demo/titles/russia-china-relations.toml"
LEAST = 'slug = "a-title"\ntitle = "A Title"\nkind = "report"\n'


def read_text(tmp_path: Path, text: str) -> TitleDraft:
    path = tmp_path / "title.toml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_the_founding_title_is_read_as_it_stands() -> None:
    draft = read(FOUNDING)
    facts = draft.facts
    assert (facts.slug, facts.kind, facts.published) == ("russia-china-relations", Kind.EDITED_VOLUME, "2022")
    assert facts.full_title == "Russia-China Relations – Emerging Alliance or Eternal Rivals?"
    assert facts.isbn == "9783030970123"
    assert facts.doi == "10.1007/978-3-030-97012-3"
    assert not facts.doi_is_ours
    assert facts.abstract.count("\n\n") == 5
    assert facts.abstract.startswith("This book examines")
    assert [person.display for person in draft.editors] == ["Sarah Kirchberger", "Svenja Sinjen", "Nils Wörmer"]
    assert [line.is_part for line in draft.contents].count(True) == 5
    assert [line.first_page for line in draft.contents] == [
        *(None, "1", "15", "73", "101", "121", "141", "163", "243", "245", "267")
    ]


def test_chapter_authors_are_split_only_where_the_file_itself_says_how() -> None:
    contents = read(FOUNDING).contents
    assert contents[1].authors[2] == Person(given="Nils", family="Wörmer")
    assert contents[9].authors == (Person(name="Rainer Meyer zum Felde"),)


def test_the_least_a_title_needs(tmp_path: Path) -> None:
    draft = read_text(tmp_path, LEAST)
    assert draft.facts.full_title == "A Title"
    assert (draft.facts.language, draft.facts.abstract, draft.contents) == ("en", "", ())


def test_the_full_title_follows_from_title_and_subtitle(tmp_path: Path) -> None:
    assert read_text(tmp_path, LEAST + 'subtitle = "A Subtitle"').facts.full_title == "A Title – A Subtitle"


@pytest.mark.parametrize(("word", "kind"), [("edited volume", Kind.EDITED_VOLUME), ("paper", Kind.PAPER)])
def test_kinds_are_words(tmp_path: Path, word: str, kind: Kind) -> None:
    assert read_text(tmp_path, LEAST.replace("report", word)).facts.kind is kind


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("year = 2022", "2022"),
        ('published = "2022-05"', "2022-05"),
        ('published = "2022-05-17"', "2022-05-17"),
        ("published = 2022-05-17", "2022-05-17"),
    ],
)
def test_dates_keep_their_precision(tmp_path: Path, line: str, published: str) -> None:
    assert read_text(tmp_path, LEAST + line).facts.published == published


def test_an_organisation_and_a_person_of_one_name(tmp_path: Path) -> None:
    text = LEAST + '[[authors]]\norganisation = "Sample Group"\n[[authors]]\nfamily = "Sukarno"\n'
    assert read_text(tmp_path, text).authors == (
        Person(name="Sample Group", is_organisation=True),
        Person(family="Sukarno"),
    )


def test_chapters_may_stand_before_the_parts(tmp_path: Path) -> None:
    text = (
        LEAST
        + '[[chapters]]\ntitle = "Preface"\nnumber = "0"\n'
        + '[[parts]]\ntitle = "One"\n[[parts.chapters]]\ntitle = "First"\n'
    )
    lines = read_text(tmp_path, text).contents
    assert [(line.name, line.is_part, line.number) for line in lines] == [
        ("Preface", False, "0"),
        ("One", True, None),
        ("First", False, None),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('title = "A"\nkind = "paper"', "slug is missing"),
        ('slug = "a"\nkind = "paper"', "title is missing"),
        ('slug = "a"\ntitle = "A"', "kind is missing"),
        (LEAST.replace("a-title", "A Title"), "slug has to be lower-case letters"),
        (LEAST.replace("a-title", "../etc"), "slug has to be lower-case letters"),
        (LEAST.replace("a-title", "a--b"), "slug has to be lower-case letters"),
        (LEAST.replace("a-title", "a" * 121), "slug is longer than 120 characters"),
        (LEAST.replace("report", "novel"), "kind is “novel”; it has to be one of: edited volume, monograph"),
        (LEAST + 'colour = "red"', "colour is not known here; what may be said: abstract, authors"),
        (LEAST + "year = 22", "year has to be a year"),
        (LEAST + 'year = "2022"', "year has to be a year"),
        (LEAST + 'year = 2022\npublished = "2022"', "year and published say the same thing"),
        (LEAST + 'published = "May 2022"', "published has to be a date"),
        (LEAST + 'published = "2022-13"', "published has to be a date"),
        (LEAST + 'published = "2023-02-29"', "published has to be a date"),
        (LEAST + "published = 2022-05-17T10:00:00Z", "published has to be a date"),
        (LEAST + 'isbn_ebook = "978-3-030-97012-4"', "isbn_ebook is not an ISBN: the check digit"),
        (LEAST + 'isbn_ebook = "3-030-97012-5"', "isbn_ebook is not an ISBN: the check digit"),
        (LEAST + 'isbn_ebook = "123"', "isbn_ebook has to be an ISBN of thirteen digits"),
        (LEAST + 'doi = "https://example.org/10.1000/1"', "doi has to be a DOI"),
        (LEAST + 'doi_is_ours = "no"', "doi_is_ours has to be true or false"),
        (LEAST + 'language = "english!"', "language has to be a language tag"),
        (LEAST + 'subtitle = ""', "subtitle is empty"),
        (LEAST + "subtitle = 7", "subtitle has to be text, in quotes"),
        (LEAST + 'subtitle = "a\\u0000b"', "subtitle has a line break or a control character"),
        (LEAST + 'subtitle = "a\\nb"', "subtitle has a line break or a control character"),
        (LEAST + 'abstract = "a\\u001Bb"', "abstract has a control character"),
        (LEAST + f'abstract = "{"x" * 20_001}"', "abstract is longer than 20000 characters"),
        (LEAST + "editors = 3", "editors has to be a list"),
        (LEAST + 'editors = ["Ada"]', "editors has to be a list of tables"),
        (LEAST + '[[editors]]\ngiven = "Ada"', "editors[1].family and perhaps given are needed"),
        (LEAST + '[[editors]]\nfamily = "A"\norganisation = "B"', "editors[1].family and perhaps given"),
        (LEAST + '[[editors]]\nfamily = "A"\nrole = "x"', "editors[1].role is not known here"),
        (LEAST + '[[parts]]\nfirst_page = "1"', "parts[1].title is missing"),
        (
            LEAST + '[[parts]]\ntitle = "P"\n[[parts.chapters]]\ntitle = "C"\nauthors = [1]',
            "parts[1].chapters[1].authors has to be text",
        ),
        (LEAST + '[[chapters]]\ntitle = "C"\nfirst_page = 1', "chapters[1].first_page has to be text"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_text(tmp_path, text)
    assert caught.value.message.startswith(f"title.toml: {fault}")
    assert caught.value.message.endswith(".")


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"title\.toml is not TOML"):
        read_text(tmp_path, "slug = ")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid, match=r"bytes\.toml is not UTF-8"):
        read(tmp_path / "bytes.toml")
    with pytest.raises(Invalid, match=r"nowhere\.toml can't be read"):
        read(tmp_path / "nowhere.toml")
    (tmp_path / "long.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(Invalid, match="larger than"):
        read(tmp_path / "long.toml")


def test_no_text_however_nested_is_a_crash(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        read_text(tmp_path, "a = " + "[" * 50_000)


WHOLE = """
slug = "rivers"
kind = "monograph"
title = "Rivers of Paper"
language = "en"
imprint = "Fold"
pages = 312
series = "Studies"
series_issn = "20493630"
isbn_ebook = "3-16-148410-X"
licence_uri = "CC BY 4.0"
keywords = ["paper", "rivers"]

[[contributors]]
role = "translator"
given = "Ludwig"
particle = "van der"
family = "Muster"
orcid = "https://orcid.org/0000-0002-1825-0097"
[[contributors.affiliations]]
name = "Example University"
ror = "02mhbdp94"

[[identifiers]]
kind = "isbn-print"
value = "978-1-4028-9462-6"

[[subjects]]
scheme = "thema"
code = "GLP"

[[wordings]]
language = "de"
title = "Flüsse aus Papier"

[[funding]]
funder = "Sample Foundation"
award = "7"

[[chapters]]
title = "Upstream"
authors = ["Ludwig van der Muster"]
language = "fr"
abstract = "On *rivers*."
[[chapters.contributors]]
role = "illustrator"
organisation = "Sample Group"
"""


def test_a_whole_record_is_read(tmp_path: Path) -> None:
    draft = read_text(tmp_path, WHOLE)
    facts = draft.facts
    assert (facts.imprint, facts.pages, facts.series_issn, facts.isbn) == ("Fold", 312, "2049-3630", "9783161484100")
    assert facts.licence_uri == "https://creativecommons.org/licenses/by/4.0/"
    (translator,) = draft.contributors
    assert (translator.role, translator.orcid) == (Contribution.TRANSLATOR, "0000-0002-1825-0097")
    assert translator.affiliations == (Affiliation("Example University", "02mhbdp94"),)
    assert draft.identifiers == (Identified(IdentifierKind.ISBN_PRINT, "9781402894626"),)
    assert [(each.scheme, each.code or each.heading) for each in draft.subjects] == [
        ("keyword", "paper"),
        ("keyword", "rivers"),
        ("thema", "GLP"),
    ]
    assert (draft.wordings[0].full_title, draft.funding[0].award) == ("Flüsse aus Papier", "7")
    (chapter,) = draft.contents
    assert chapter.authors[0].orcid == translator.orcid  # the file itself says who that is
    assert chapter.contributors[1].role is Contribution.ILLUSTRATOR
    assert (chapter.language, chapter.abstract) == ("fr", "On *rivers*.")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0098", "contributors[1].orcid is not an ORCID iD: the check digit"),
        ('"02mhbdp94"', '"x"', "contributors[1].affiliations[1].ror has to be a ROR"),
        ('"translator"', '"ghost"', "contributors[1].role is “ghost”; it has to be one of: author"),
        ("978-1-4028-9462-6", "978-3-16-148410-0", "identifiers[1].value says the same as isbn_ebook"),
        ('"thema"', '"x"', "subjects[1].scheme is “x”; it has to be one of: keyword, thema"),
        ('"GLP"', '"glp"', "subjects[1].code has to be a Thema code"),
        ('"de"', '"en"', "wordings[1].language says the same as language"),
        ('"Upstream"', '"' + "x" * 501 + '"', "chapters[1].title is longer than 500 characters"),
        ('["Ludwig van der Muster"]', '["' + "x" * 501 + '"]', "chapters[1].authors is longer than 500 characters"),
        ('"Sample Group"', '"' + "x" * 501 + '"', "chapters[1].contributors[1].organisation is longer than"),
        ("pages = 312", 'pages = "312"', "pages has to be a whole number, without quotes"),
        ("20493630", "20493631", "series_issn is not an ISSN: the check digit"),
    ],
)
def test_a_fault_stands_under_the_files_own_key(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_text(tmp_path, WHOLE.replace(old, new))
    assert caught.value.message.startswith(f"title.toml: {fault}")
