"""Records for tests: one that says everything once, and as many made-up ones as are wanted."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.formats.accessible import Pictures, Said
from api.formats.record import About, Affiliation, ContentsLine, Funding, Identified, Person, Worded
from api.shelf.drafts import TitleDraft, TitleFacts
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

RICH = TitleDraft(
    TitleFacts(
        slug="rivers",
        kind=Kind.EDITED_VOLUME,
        title="Rivers of Paper",
        subtitle="Archives and Statehood",
        full_title="Rivers of Paper – Archives and Statehood",
        kicker="Sample",
        standfirst="How paper moves",
        abstract="What *archives* carry.\n\nAnd what they leave.",
        call_to_read="Read it here.",
        language="en",
        publisher="Gatefold Press",
        publisher_ror="02mhbdp94",
        imprint="Fold",
        institution="Sample Institute",
        place="Leuven",
        published="2024-05-17",
        genre="Handbook",
        edition_number=2,
        edition_statement="2nd edition",
        volume="1",
        series="Studies in Record Keeping",
        series_issn="2049-3630",
        series_number="7",
        pages=312,
        front_pages="xii",
        doi="10.5555/gf.rivers",
        doi_is_ours=True,
        isbn="9783161484100",
        licence="CC BY 4.0",
        licence_uri="https://creativecommons.org/licenses/by/4.0/",
        rights_holder="Gatefold Press",
        copyright_year=2024,
    ),
    contributors=(
        Person(
            given="Ada",
            family="Sample",
            role=Contribution.EDITOR,
            orcid="0000-0002-1825-0097",
            affiliations=(Affiliation("Example University", "02mhbdp94"), Affiliation("Another House")),
            note="Keeps records.",
        ),
        Person(given="Ludwig", particle="van der", family="Muster", suffix="Jr.", role=Contribution.TRANSLATOR),
        Person(name="Sample Group", is_organisation=True, ror="02mhbdp94", role=Contribution.SERIES_EDITOR),
        Person(family="Sukarno", role=Contribution.FOREWORD),
    ),
    contents=(
        ContentsLine("Beginnings", is_part=True, number="I", first_page="1"),
        ContentsLine(
            "The Clerk’s Hand",
            number="2",
            first_page="39",
            last_page="71",
            doi="10.5555/gf.rivers.2",
            doi_is_ours=True,
            language="fr",
            abstract="On *hands*.",
            licence="CC0",
            licence_uri="https://creativecommons.org/publicdomain/zero/1.0/",
            contributors=(Person(given="Mo", family="Specimen"), Person(name="Jo Pattern")),
        ),
    ),
    wordings=(Worded("de", "Flüsse aus Papier", "Archive und Staat", "Was *Archive* tragen."), Worded("fr", "Fleuves")),
    identifiers=(
        Identified(IdentifierKind.ISBN_PRINT, "9781402894626"),
        Identified(IdentifierKind.REPORT_NUMBER, "R-12"),
    ),
    subjects=(
        About(SubjectScheme.KEYWORD, heading="archives"),
        About(SubjectScheme.THEMA, "GLP", "Archiving"),
        About(SubjectScheme.BISAC, "LAN025000"),
    ),
    funding=(Funding("Sample Foundation", "02mhbdp94", "10.13039/501100001659", "SF-7"), Funding("Friends")),
    accessibility=(
        Said("Made with care.", Pictures.DESCRIBED, True, True, assessed_by="A & B", assessed_on="2026-11-22"),
    ),
)
SIGNS = ("Papier", "“quoted”", "a & b", "<b>", "–", "Ünïcödé", "كتاب", "שלום", "क्ष", "👩‍🔬", "=1+1", "C:\\x", "*a*")
FREE = ("kicker", "subtitle", "standfirst", "call_to_read", "publisher", "imprint", "place", "genre", "rights_holder")
OPTIONAL = ("publisher_ror", "institution", "published", "edition_number", "pages", "front_pages", "copyright_year")
OPTIONAL += ("licence", "licence_uri", "volume", "edition_statement")


def made_up(seed: int) -> TitleDraft:
    """A record that the rules accept, the same for the same number; what one has another lacks."""
    chance = random.Random(seed)

    def words() -> str:
        return " ".join(chance.choices(SIGNS, k=chance.randint(1, 6)))

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.6 else None

    def some(rows: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(chance.sample(rows, chance.randint(0, len(rows))))

    def person() -> Person:
        if chance.random() < 0.2:
            return Person(name=words(), is_organisation=True, ror=maybe("02mhbdp94"), role=chance.choice(ROLES))
        known = chance.choice(RICH.contributors[:2])
        return replace(known, role=chance.choice(ROLES), family=words(), given=maybe(words()), note=maybe(words()))

    def people() -> tuple[Person, ...]:
        return tuple(person() for _ in range(chance.randint(0, 4)))

    def line(number: int) -> ContentsLine:
        doi = maybe(f"10.5555/made-up.{seed}.{number}")
        first = maybe(str(number * 10))
        return ContentsLine(
            words(),
            is_part=chance.random() < 0.2,
            number=maybe(str(number)),
            first_page=first,
            last_page=maybe(first),
            doi=doi,
            doi_is_ours=doi is not None and chance.random() < 0.5,
            language=maybe("zh-Hant-TW"),
            abstract=maybe(f"{words()}\n\n{words()}") or "",
            contributors=people(),
        )

    facts = replace(
        RICH.facts,
        slug=f"made-up-{seed}",
        kind=chance.choice(list(Kind)),
        title=words(),
        full_title=words(),
        abstract=maybe(f"{words()}\n\n- {words()}") or "",
        language=chance.choice(["en", "pt-BR", "ar"]),
        doi=f"10.5555/made-up.{seed}",
        doi_is_ours=chance.random() < 0.5,
        isbn=None,
        **{name: maybe(words()) for name in FREE},
        **{name: maybe(getattr(RICH.facts, name)) for name in OPTIONAL},
    )
    if chance.random() < 0.3:
        facts = replace(facts, series=None, series_issn=None, series_number=None)
    elif chance.random() < 0.5:
        facts = replace(facts, series=words(), series_issn=None)
    return TitleDraft(
        facts,
        people(),
        tuple(line(number) for number in range(1, chance.randint(1, 8))),
        wordings=some(RICH.wordings),
        identifiers=some(RICH.identifiers),
        subjects=some(RICH.subjects),
        funding=some(RICH.funding),
        accessibility=some(RICH.accessibility),
    )


ROLES = list(Contribution)
