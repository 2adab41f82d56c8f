"""The shapes of what a title's record is made of: its people, its contents, its other words and names."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.formats import record
from api.tables import Contribution, IdentifierKind, SubjectScheme


class Shape(BaseModel):
    """Every member is always there; what is not known is null."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Affiliation(Shape):
    name: str
    ror: str | None = Field(description="The ROR without https://ror.org/ before it.")


class Contributor(Shape):
    role: Contribution
    name: str = Field(description="The name as it is printed.")
    given: str | None = Field(description="The given name, where it is known apart.")
    particle: str | None = Field(description="What stands between the names: van, de la.")
    family: str | None = Field(description="The family name, where it is known apart.")
    suffix: str | None = Field(description="What stands after the name: Jr., III.")
    is_organisation: bool
    orcid: str | None = Field(description="The ORCID iD without https://orcid.org/ before it.")
    ror: str | None = Field(description="An organisation’s own ROR.")
    affiliations: list[Affiliation]
    note: str | None = Field(description="About the person, in a sentence or two.")


class OtherIdentifier(Shape):
    kind: IdentifierKind
    value: str


class Wording(Shape):
    """The title and abstract in one more language."""

    language: str = Field(description="A BCP 47 tag.")
    title: str | None
    subtitle: str | None
    abstract: list[str] = Field(description="A paragraph each, without markup.")


class Subject(Shape):
    scheme: SubjectScheme
    code: str | None
    heading: str | None


class Funding(Shape):
    funder: str
    ror: str | None
    funder_doi: str | None
    award: str | None


class Series(Shape):
    name: str
    issn: str | None
    number: str | None = Field(description="The number of this title in the series.")


class Line(Shape):
    """A part (a heading over what follows) or a chapter. Pages are the printed labels."""

    name: str
    is_part: bool
    number: str | None
    first_page: str | None
    last_page: str | None
    doi: str | None
    doi_is_ours: bool
    language: str | None = Field(description="A BCP 47 tag, where it is not the title’s.")
    abstract: list[str] = Field(description="A paragraph each, without markup.")
    authors: list[str]
    contributors: list[Contributor]
    licence: str | None = Field(description="Where it is not the title’s.")
    licence_uri: str | None


def contributors(people: Iterable[record.Person]) -> list[Contributor]:
    return [
        Contributor(
            role=person.role,
            name=person.display,
            given=person.given,
            particle=person.particle,
            family=person.family,
            suffix=person.suffix,
            is_organisation=person.is_organisation,
            orcid=person.orcid,
            ror=person.ror,
            affiliations=[Affiliation(name=each.name, ror=each.ror) for each in person.affiliations],
            note=person.note,
        )
        for person in people
    ]


def lines(contents: Iterable[record.ContentsLine]) -> list[Line]:
    return [
        Line(
            name=line.name,
            is_part=line.is_part,
            number=line.number,
            first_page=line.first_page,
            last_page=line.last_page,
            doi=line.doi,
            doi_is_ours=line.doi_is_ours,
            language=line.language,
            abstract=list(line.prose.paragraphs),
            authors=[person.display for person in line.authors],
            contributors=contributors(line.contributors),
            licence=line.licence,
            licence_uri=line.licence_uri,
        )
        for line in contents
    ]


def more(said: record.TitleRecord) -> dict[str, Any]:
    """What only the whole record has, besides its words and its contents."""
    return {
        "wordings": [
            Wording(
                language=each.language,
                title=each.title,
                subtitle=each.subtitle,
                abstract=list(each.prose.paragraphs),
            )
            for each in said.wordings
        ],
        "subjects": [Subject(scheme=each.scheme, code=each.code, heading=each.heading) for each in said.subjects],
        "funding": [
            Funding(funder=each.funder, ror=each.ror, funder_doi=each.funder_doi, award=each.award)
            for each in said.funding
        ],
        "in_series": Series(name=said.series, issn=said.series_issn, number=said.series_number)
        if said.series is not None
        else None,
        **{name: getattr(said, name) for name in _AS_THEY_ARE},
    }


_AS_THEY_ARE = (
    *("imprint", "institution", "genre", "edition_number", "edition_statement", "volume", "pages", "front_pages"),
    *("licence_uri", "rights_holder", "copyright_year", "modified_at"),
)
