"""Works for the tests of formats: the ordinary ones of each kind, and one in which everything is awkward."""

from dataclasses import replace
from datetime import UTC, datetime

from api.formats.accessible import Pictures, Said, Seen
from api.formats.record import About, ContentsLine, EditionRecord, Identified, Person, TitleRecord
from api.formats.works import Work
from api.tables import Contribution, IdentifierKind, Kind, State, SubjectScheme

HERE = "https://press.example"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEEN = Seen(tagged=True, language="en", bookmarks=True, text_share=1.0, figures=7, figures_described=3, pdf_ua=1)
SAID = Said(
    "Made with a screen reader in mind.", Pictures.DESCRIBED, True, True, assessed_by="A & B", assessed_on="2026-11-22"
)
FILE = EditionRecord(1, 1, NOON, 312, 4_200_000, "ab" * 32, "application/pdf", seen=SEEN)
UNSEEN = replace(FILE, seen=None)
EDITORS = (
    Person(given="Ada", family="Sample", role=Contribution.EDITOR, orcid="0000-0002-1825-0097"),
    Person(given="Lee", family="Example", role=Contribution.EDITOR),
)
CHAPTERS = (
    ContentsLine("Beginnings", is_part=True, number="I", first_page="1"),
    ContentsLine("What Was Kept", first_page="1", last_page="38", id=1, address=1, doi="10.5555/gf.rivers.1"),
    ContentsLine(
        "The Clerk’s Hand",
        number="2",
        first_page="39",
        last_page="71",
        doi="10.5555/gf.rivers.2",
        doi_is_ours=True,
        abstract="On *hands*.",
        contributors=(Person(given="Mo", family="Specimen"), Person(given="Jo", family="Pattern")),
        id=2,
        address=2,
    ),
)
VOLUME = TitleRecord(
    id=1,
    slug="rivers",
    kind=Kind.EDITED_VOLUME,
    state=State.PUBLISHED,
    title="Rivers of Paper",
    subtitle="Archives and Statehood",
    full_title="Rivers of Paper – Archives and Statehood",
    abstract="What *archives* carry.\n\nAnd what they leave.",
    publisher="Gatefold Press",
    publisher_ror="02mhbdp94",
    place="Leuven",
    published="2024-05-17",
    series="Studies in Record Keeping",
    series_id=1,
    series_issn="2049-3630",
    series_number="7",
    pages=312,
    doi="10.5555/gf.rivers",
    doi_is_ours=True,
    isbn="9783161484100",
    licence="CC BY 4.0",
    licence_uri="https://creativecommons.org/licenses/by/4.0/",
    posted_at=NOON,
    modified_at=NOON,
    contributors=EDITORS,
    identifiers=(Identified(IdentifierKind.ISBN_PRINT, "9781402894626"),),
    subjects=(
        About(SubjectScheme.KEYWORD, heading="archives"),
        About(SubjectScheme.KEYWORD, heading="state formation"),
        About(SubjectScheme.THEMA, "GLP", "Archiving"),
    ),
    contents=CHAPTERS,
    edition=FILE,
)
MONOGRAPH = replace(
    VOLUME,
    id=2,
    slug="one-river",
    kind=Kind.MONOGRAPH,
    title="One River",
    subtitle=None,
    full_title="One River",
    published="2022",
    edition_number=2,
    volume="1",
    doi="10.1000/182",
    doi_is_ours=False,
    contributors=(Person(given="Ludwig", particle="van der", family="Muster", suffix="Jr."),),
    contents=(ContentsLine("The Source", first_page="1", id=3, address=1),),
    said=SAID,
)
REPORT = replace(
    VOLUME,
    id=3,
    slug="paper-trails",
    kind=Kind.REPORT,
    title="Paper Trails",
    subtitle=None,
    full_title="Paper Trails",
    published="2023-02-11",
    genre="Policy brief",
    institution="Gatefold Institute",
    series=None,
    series_id=None,
    series_issn=None,
    series_number=None,
    doi="10.5555/gf.r12",
    isbn=None,
    contributors=(Person(name="Gatefold Institute", is_organisation=True, ror="02mhbdp94"),),
    identifiers=(Identified(IdentifierKind.REPORT_NUMBER, "R-12"),),
    contents=(),
    edition=UNSEEN,
)
AWKWARD = replace(
    REPORT,
    id=4,
    slug="awkward",
    kind=Kind.PAPER,
    title="“Quotes” & <b>Signs</b>: 100% {of} $5 \\ #1_a ~ ^ – كتاب e\u0301 👩‍🔬</script>",
    full_title="“Quotes” & <b>Signs</b>: 100% {of} $5 \\ #1_a ~ ^ – كتاب e\u0301 👩‍🔬</script>",
    abstract="A line\r\nwith ER  - in it\n\nTY  - BOOK\n\n</script><b>",
    published=None,
    language="ar",
    institution=None,
    publisher="Müller & Söhne, “Verlag”",
    doi=None,
    doi_is_ours=False,
    edition=None,
    contributors=(
        Person(family="Sukarno"),
        Person(given="Ludwig", particle="van", family="Beethoven-Müller & Co", suffix="III"),
        Person(name="Ministry of Records and Rivers, Department {A}", is_organisation=True),
        Person(name="Jo Pattern"),
        Person(given="علي", family="الكاتب"),
    ),
)
MANY = replace(
    VOLUME,
    id=5,
    slug="many",
    kind=Kind.MONOGRAPH,
    contributors=tuple(Person(given=f"Given{n}", family=f"Family{n}") for n in range(1, 401)),
    contents=(),
)
WORKS = {
    "volume": Work(VOLUME, HERE),
    "chapter": Work(VOLUME, HERE, CHAPTERS[2]),
    "chapter-by-nobody": Work(VOLUME, HERE, CHAPTERS[1]),
    "monograph": Work(MONOGRAPH, HERE, is_open=True),
    "report": Work(REPORT, HERE),
    "awkward": Work(AWKWARD, HERE),
}
EVERY_WORK = {**WORKS, "many": Work(MANY, HERE)}
