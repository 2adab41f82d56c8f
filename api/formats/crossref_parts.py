"""Parts of a Crossref file that look the same wherever they stand: people, institutions, publishers, funders."""

from collections.abc import Iterable, Iterator

from api.formats.library import doi_uri, family_name, orcid_uri, ror_uri
from api.formats.record import Affiliation, Funding, Person
from api.formats.xml import NOTHING, Xml, clean, element, optional
from api.tables import Contribution

ROLES = {
    Contribution.AUTHOR: "author",
    Contribution.EDITOR: "editor",
    Contribution.COMPILER: "editor",
    Contribution.TRANSLATOR: "translator",
}


def named(known: Iterable[Person], role: str | None = None) -> Iterator[Xml]:
    for place, person in enumerate(known):
        said = {
            "sequence": "additional" if place else "first",
            "contributor_role": role or ROLES[person.role],
        }
        name = cut(family_name(person) or person.display, 200)
        if person.is_organisation:
            yield element("organization", said, cut(person.display, 511))
            continue
        suffix = person.suffix if person.suffix and len(person.suffix) <= 10 else None
        places = [_affiliation(each) for each in person.affiliations]
        yield element(
            "person_name",
            said,
            optional("given_name", cut(person.given or "", 200)) if person.family else NOTHING,
            element("surname", name),
            optional("suffix", suffix),
            element("affiliations", places) if places else NOTHING,
            optional("ORCID", orcid_uri(person)),
        )


def _affiliation(affiliation: Affiliation) -> Xml:
    return institution(affiliation.name, affiliation.ror)


def institution(name: str, ror: str | None = None) -> Xml:
    return element(
        "institution",
        element("institution_name", cut(name, 1024)),
        element("institution_id", {"type": "ror"}, ror_uri(ror)) if ror else NOTHING,
    )


def publisher(name: str, place: str | None) -> Xml:
    known_place = place if place and len(place) >= 2 else None
    named = element("publisher_name", cut(name, 255))
    return element("publisher", named, optional("publisher_place", cut(known_place or "", 255)))


def funded(funding: Funding) -> Xml:
    """One identifier does: the ROR, which comes in the place of the funder's name, else its DOI below it."""
    doi, ror, award = funding.funder_doi, funding.ror, funding.award
    known_as = element("fr:assertion", {"name": "funder_identifier"}, doi_uri(doi)) if doi else NOTHING
    who = element("fr:assertion", {"name": "funder_name"}, funding.funder, known_as)
    if ror:
        who = element("fr:assertion", {"name": "ror"}, ror_uri(ror))
    paid = element("fr:assertion", {"name": "award_number"}, award) if award else NOTHING
    return element("fr:assertion", {"name": "fundgroup"}, who, paid)


def cut(text: str, length: int) -> str:
    return " ".join(clean(text).split())[:length]
