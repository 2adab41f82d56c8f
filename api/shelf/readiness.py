"""What a title lacks to be published, and for each form in which it is found, cited, sold and catalogued."""

from collections.abc import Iterator, Sequence

from api.shelf import readiness_formats as formats
from api.shelf.gaps import ACCESS, FILE, Aim, Gap, Stand, Weight
from api.shelf.identifiers import Malformed, slug
from api.spoken import N_
from api.tables import State


def gaps_of(stand: Stand) -> list[Gap]:
    """All that is missing, for publication first. A withdrawn title lacks nothing any more."""
    if stand.record.state is State.WITHDRAWN:
        return []
    found = [*_publication(stand)]
    for rule in formats.ALL:
        found += rule(stand)
    return found


def of_aim(gaps: Sequence[Gap], aim: Aim) -> list[Gap]:
    return [gap for gap in gaps if gap.aim is aim]


def each_once(gaps: Sequence[Gap]) -> list[tuple[Gap, list[Aim]]]:
    """What is missing, each thing once with all that it is missing for; what is needed for anything comes first."""
    aims: dict[tuple[str, str], list[Aim]] = {}
    heaviest: dict[tuple[str, str], Gap] = {}
    for gap in gaps:
        thing = (gap.field, gap.what)
        aims.setdefault(thing, []).append(gap.aim)
        if thing not in heaviest or gap.weight is Weight.NEEDED:
            heaviest[thing] = gap
    ordered = sorted(heaviest, key=lambda thing: heaviest[thing].weight is not Weight.NEEDED)
    return [(heaviest[thing], aims[thing]) for thing in ordered]


def blocking(gaps: Sequence[Gap]) -> list[Gap]:
    """What stands in the way of publishing."""
    return [gap for gap in gaps if gap.aim is Aim.PUBLICATION and gap.weight is Weight.NEEDED]


def choices(gaps: Sequence[Gap]) -> list[Gap]:
    """What may be missing when a title is published, if that is meant."""
    return [gap for gap in gaps if gap.weight is Weight.CHOICE]


def _publication(stand: Stand) -> Iterator[Gap]:
    record = stand.record

    def gap(weight: Weight, field: str, what: str, mend: str) -> Gap:
        return Gap(Aim.PUBLICATION, weight, field, what, mend)

    if not record.title.strip():
        yield gap(Weight.NEEDED, "title", N_("The title has no name."), N_("Write it as it stands on the title page."))
    if not _is_address(record.slug):
        yield gap(
            Weight.NEEDED,
            "slug",
            N_("The address can’t be used."),
            N_("Lower-case letters, digits and single hyphens."),
        )
    if not record.abstract.strip():
        yield gap(
            Weight.NEEDED,
            "abstract",
            N_("There is no abstract."),
            N_("Write one: it is what everybody reads, signed in or not."),
        )
    if not record.contributors:
        yield gap(
            Weight.NEEDED, "contributors", N_("Nobody is named."), N_("Name an author, an editor or an organisation.")
        )
    if record.edition is None and stand.is_checking:
        yield gap(
            Weight.CHOICE,
            FILE,
            N_("The file that was sent is still being checked."),
            N_("Wait until it is here, or go on."),
        )
    elif record.edition is None:
        yield gap(
            Weight.CHOICE,
            FILE,
            N_("There is no file."),
            N_("Send one, or publish without: the page says “In preparation”."),
        )
    if not stand.has_rules:
        yield gap(
            Weight.CHOICE,
            ACCESS,
            N_("No rule says who may read it."),
            N_("Make one, or publish it closed: readers see the page and nobody gets the file."),
        )
    if not record.published:
        yield gap(Weight.BETTER, "published", N_("There is no date of publication."), N_("A year is enough."))
    if not record.licence:
        yield gap(
            Weight.BETTER,
            "licence",
            N_("No licence is said."),
            N_("Say what readers may do with it, such as CC BY 4.0."),
        )


def _is_address(text: str) -> bool:
    try:
        return slug(text) == text
    except Malformed:
        return False
