"""What each format needs of a title's record, one function a format: standards say most, their readers the rest."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from api.formats.record import ContentsLine
from api.shelf.gaps import ACCESS, FILE, Aim, Gap, Stand, Weight, several
from api.tables import Contribution, Kind, SubjectScheme

LARGEST_FOR_SCHOLAR = 5_000_000  # bytes of a file that Google Scholar reads
LONG = 20  # pages from which on a PDF should have bookmarks
MOSTLY = 0.5  # share of the pages that carry text
LIBRARY_SCHEMES = (SubjectScheme.LCSH, SubjectScheme.LCC, SubjectScheme.DDC)
NEEDED, BETTER = Weight.NEEDED, Weight.BETTER


def scholar(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.SCHOLAR)
    yield from _date(stand, Aim.SCHOLAR)
    yield from _makers(stand, Aim.SCHOLAR)
    as_printed = [
        (at, person)
        for at, person in enumerate(record.contributors, start=1)
        if person.name and not person.is_organisation
    ]
    if as_printed:
        at, person = as_printed[0]
        whose = several(len(as_printed), "names", person.display)
        mend = "Write given and family name apart, so that both find their place."
        yield gap(
            BETTER,
            f"contributors[{at}].family",
            f"{whose} {'stands' if len(as_printed) == 1 else 'stand'} in one piece.",
            mend,
        )
    if stand.is_book and not record.isbn:
        yield gap(BETTER, "isbn", "There is no ISBN.", "Without one Zotero takes the page for a journal article.")
    if record.kind is Kind.REPORT and not record.institution:
        yield gap(BETTER, "institution", "No issuing institution is named.", "It marks the page as that of a report.")
    if record.edition is not None and record.edition.size > LARGEST_FOR_SCHOLAR and not _has_chapter_file(stand):
        yield gap(
            BETTER,
            FILE,
            "The file is larger than 5 MB, which Google Scholar does not read.",
            "Give each chapter a PDF of its own, or make the file smaller.",
        )
    if record.kind is Kind.EDITED_VOLUME:
        yield from _chapters(
            stand,
            Aim.SCHOLAR,
            "contributors",
            lambda line: not line.contributors,
            "names nobody",
            "name nobody",
            "Say who wrote each chapter.",
        )
        yield from _chapter_pages(stand, Aim.SCHOLAR)


def citation(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.CITATION)
    yield from _date(stand, Aim.CITATION)
    yield from _makers(stand, Aim.CITATION)
    yield from _publisher(stand, Aim.CITATION)
    if stand.is_book and not record.place:
        yield gap(BETTER, "place", "No place of publication is named.", "Some styles ask for it.")
    if record.kind is Kind.REPORT and not record.report_number:
        yield gap(BETTER, "identifiers", "There is no report number.", "Add it, if the report has one.")
    if record.kind is Kind.EDITED_VOLUME:
        yield from _chapter_pages(stand, Aim.CITATION)


def crossref(stand: Stand) -> Iterator[Gap]:
    """Nothing is deposited for a title whose DOI is another house’s."""
    record, gap = stand.record, partial(Gap, Aim.CROSSREF)
    if record.doi and not record.doi_is_ours:
        return
    if not record.doi:
        yield gap(NEEDED, "doi", "There is no DOI.", "Write one with your prefix, and say that it is yours.")
    yield from _date(stand, Aim.CROSSREF)
    yield from _makers(stand, Aim.CROSSREF)
    yield from _publisher(stand, Aim.CROSSREF)
    if stand.is_book and not record.isbn:
        yield gap(BETTER, "isbn", "There is no ISBN.", "The deposit then has to say why.")
    without = [
        (at, person)
        for at, person in enumerate(record.contributors, start=1)
        if not person.is_organisation and not person.orcid
    ]
    if without:
        at, person = without[0]
        verb = "has" if len(without) == 1 else "have"
        what = f"{several(len(without), 'people', person.display)} {verb} no ORCID iD."
        yield gap(BETTER, f"contributors[{at}].orcid", what, "Ask for it; never look one up by name.")
    if not record.licence_uri:
        yield gap(BETTER, "licence_uri", "The licence has no address.", "Such as that of a Creative Commons licence.")
    if record.kind is Kind.EDITED_VOLUME:
        yield from _chapters(
            stand,
            Aim.CROSSREF,
            "doi",
            lambda line: not line.doi,
            "has no DOI",
            "have no DOI",
            "Chapters with a DOI of their own are cited by it.",
        )
        yield from _chapter_pages(stand, Aim.CROSSREF)


def onix(stand: Stand) -> Iterator[Gap]:
    """For books, and for whatever else has an ISBN."""
    record, gap = stand.record, partial(Gap, Aim.ONIX)
    if not stand.is_book and not record.isbn:
        return
    if not record.isbn:
        yield gap(NEEDED, "isbn", "There is no ISBN of the PDF.", "The trade knows each form by an ISBN of its own.")
    yield from _date(stand, Aim.ONIX)
    yield from _publisher(stand, Aim.ONIX)
    if not any(each.scheme is SubjectScheme.THEMA for each in record.subjects):
        yield gap(BETTER, "subjects", "There is no Thema subject.", "Shops put a book on its shelf by it.")
    if not record.abstract.strip():
        yield gap(BETTER, "abstract", "There is no description.", "The abstract is what shops show.")


def libraries(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.LIBRARIES)
    if stand.is_book and not record.isbn:
        yield gap(NEEDED, "isbn", "There is no ISBN of the PDF.", "Knowledge bases match titles by it.")
    yield from _date(stand, Aim.LIBRARIES)
    yield from _publisher(stand, Aim.LIBRARIES)
    if not record.place:
        yield gap(BETTER, "place", "No place of publication is named.", "A catalogue record has a place for it.")
    if not any(each.scheme in LIBRARY_SCHEMES for each in record.subjects):
        yield gap(BETTER, "subjects", "There is no library subject.", "LCSH, LCC or DDC; one is enough.")


def opds(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.OPDS)
    if record.edition is None:
        yield gap(NEEDED, FILE, "There is no file.", "A reading app lists only what it can fetch.")
    if not stand.has_rules:
        yield gap(NEEDED, ACCESS, "No rule lets anybody in.", "A reading app lists only what somebody can fetch.")
    if not record.abstract.strip():
        yield gap(BETTER, "abstract", "There is no summary.", "The abstract is what apps show.")
    if not record.subjects:
        yield gap(BETTER, "subjects", "There are no subjects.", "Keywords are enough; apps sort by them.")


def accessibility(stand: Stand) -> Iterator[Gap]:
    record, facts, gap = stand.record, stand.facts, partial(Gap, Aim.ACCESSIBILITY, BETTER, FILE)
    if record.edition is None:
        return
    if facts is None:
        yield gap("The file came before it was looked at for this.", "Send it again to know more.")
        return
    seen = facts.accessibility
    if facts.text_share is not None and facts.text_share < MOSTLY:
        yield gap("Most pages are pictures without text.", "Have the text recognised, or make the PDF anew.")
    if not seen.tagged:
        yield gap("The PDF is not tagged.", "Save it again as a tagged PDF, so that it can be read aloud in order.")
    if not seen.language:
        yield gap("The PDF does not say its language.", "Set the document’s language where the PDF is made.")
    if not seen.title_shown:
        yield gap("A reading window shows the file’s name.", "Set a document title, and that it is shown.")
    if seen.figures > seen.figures_described:
        count = seen.figures - seen.figures_described
        yield gap(f"{_count(count, 'figure')} without a description.", "Write a text in the place of each.")
    if facts.page_count >= LONG and not facts.bookmarks:
        yield gap("The PDF has no bookmarks.", "Make them from the headings.")


ALL: tuple[Callable[[Stand], Iterable[Gap]], ...] = (
    scholar,
    citation,
    crossref,
    onix,
    libraries,
    opds,
    accessibility,
)


def _date(stand: Stand, aim: Aim) -> Iterator[Gap]:
    if not stand.record.published:
        yield Gap(aim, NEEDED, "published", "There is no date of publication.", "A year is enough.")


def _makers(stand: Stand, aim: Aim) -> Iterator[Gap]:
    record = stand.record
    if not record.authors and not record.editors:
        mend = "Name who wrote or edited it, a person or an organisation."
        yield Gap(aim, NEEDED, "contributors", "There is no author and no editor.", mend)
    elif record.kind is Kind.EDITED_VOLUME and not record.of_role(Contribution.EDITOR):
        yield Gap(aim, BETTER, "contributors", "An edited volume without an editor.", "Say whose role that is.")


def _publisher(stand: Stand, aim: Aim) -> Iterator[Gap]:
    """A report is its institution's where no publisher is named."""
    record = stand.record
    if not record.publisher and not (record.institution and not stand.is_book):
        yield Gap(aim, NEEDED, "publisher", "No publisher is named.", "Usually your house.")


def _chapter_pages(stand: Stand, aim: Aim) -> Iterator[Gap]:
    return _chapters(
        stand,
        aim,
        "first_page",
        lambda line: not line.first_page,
        "has no pages",
        "have no pages",
        "Write the printed numbers of their first and last pages.",
    )


def _chapters(
    stand: Stand, aim: Aim, field: str, lacks: Callable[[ContentsLine], bool], one: str, many: str, mend: str
) -> Iterator[Gap]:
    found = [(at, line) for at, line in stand.chapters if lacks(line)]
    if found:
        at, line = found[0]
        verb = one if len(found) == 1 else many
        what = f"{several(len(found), 'chapters', line.name)} {verb}."
        yield Gap(aim, BETTER, f"contents[{at}].{field}", what, mend)


def _has_chapter_file(stand: Stand) -> bool:
    return any(line.file is not None for _, line in stand.chapters)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else f'{noun}s'}"
