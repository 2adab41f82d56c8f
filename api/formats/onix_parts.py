"""Parts of an ONIX product that look the same wherever they stand: identifiers, titles, people, subjects, websites."""

from collections.abc import Iterator, Sequence

from api.formats.library import family_name, orcid_uri, ror_uri
from api.formats.record import About, Person
from api.formats.xml import NOTHING, Xml, element, optional
from api.tables import Contribution, SubjectScheme

_ROLES = {
    Contribution.AUTHOR: "A01",
    Contribution.EDITOR: "B01",
    Contribution.TRANSLATOR: "B06",
    Contribution.INTRODUCTION: "A24",
    Contribution.FOREWORD: "A23",
    Contribution.AFTERWORD: "A19",
    Contribution.ILLUSTRATOR: "A12",
    Contribution.COMPILER: "C01",
    Contribution.SERIES_EDITOR: "B09",
    Contribution.CONTRIBUTOR: "A32",
}
_SCHEMES = {
    SubjectScheme.KEYWORD: "20",
    SubjectScheme.THEMA: "93",
    SubjectScheme.BISAC: "10",
    SubjectScheme.LCSH: "04",
    SubjectScheme.LCC: "03",
    SubjectScheme.DDC: "01",
}


def identifier(name: str, type_name: str, kind: str, value: str, of: str | None = None) -> Xml:
    """An identifier of one kind; a proprietary one says whose it is."""
    return element(name, element(type_name, kind), optional("IDTypeName", of), element("IDValue", value))


def title_detail(title: str, subtitle: str | None) -> Xml:
    words = [element("TitleElementLevel", "01"), element("TitleText", title), optional("Subtitle", subtitle)]
    return element("TitleDetail", element("TitleType", "01"), element("TitleElement", words))


def contributors(people: Sequence[Person]) -> Iterator[Xml]:
    """Everyone in order, or that there is nobody."""
    for number, person in enumerate(people, start=1):
        yield element(
            "Contributor",
            element("SequenceNumber", str(number)),
            element("ContributorRole", _ROLES[person.role]),
            _name(person),
            (_affiliation(each.name) for each in person.affiliations),
            optional("BiographicalNote", person.note),
        )
    if not people:
        yield element("NoContributor")


def _affiliation(name: str) -> Xml:
    return element("ProfessionalAffiliation", element("Affiliation", name))


def _name(person: Person) -> list[Xml]:
    if person.is_organisation:
        ror = ror_uri(person.ror)
        known_as = identifier("NameIdentifier", "NameIDType", "40", ror) if ror else NOTHING
        return [known_as, element("CorporateName", person.display)]
    orcid = orcid_uri(person)
    known_as = (
        identifier("NameIdentifier", "NameIDType", "21", (person.orcid or "").replace("-", "")) if orcid else NOTHING
    )
    if not person.family:
        return [known_as, element("PersonName", person.display)]
    return [
        known_as,
        optional("NamesBeforeKey", person.given),
        element("KeyNames", family_name(person)),
        optional("SuffixToKey", person.suffix),
    ]


def subject(about: About) -> Xml:
    """Schemes that ONIX has no number for go as keywords."""
    scheme = _SCHEMES.get(about.scheme, "20")
    coded = about.code if scheme != "20" else None
    heading = about.heading or (about.code if scheme == "20" else None)
    return element(
        "Subject",
        element("SubjectSchemeIdentifier", scheme),
        optional("SubjectCode", coded),
        optional("SubjectHeadingText", heading),
    )


def website(role: str, description: str, address: str) -> Xml:
    return element(
        "Website",
        element("WebsiteRole", role),
        element("WebsiteDescription", description),
        element("WebsiteLink", address),
    )
