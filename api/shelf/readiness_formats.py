"""What each format needs of a title's record, one function a format: standards say most, their readers the rest."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from api.formats.record import ContentsLine
from api.shelf.gaps import ACCESS, FILE, Aim, Gap, Stand, Weight
from api.spoken import N_
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
        what = N_(
            "“{first}” stands in one piece.",
            "{n} names, the first of them “{first}”, stand in one piece.",
            n=len(as_printed),
            first=person.display,
        )
        mend = N_("Write given and family name apart, so that both find their place.")
        yield gap(BETTER, f"contributors[{at}].family", what, mend)
    if stand.is_book and not record.isbn:
        yield gap(
            BETTER, "isbn", N_("There is no ISBN."), N_("Without one Zotero takes the page for a journal article.")
        )
    if record.kind is Kind.REPORT and not record.institution:
        yield gap(
            BETTER, "institution", N_("No issuing institution is named."), N_("It marks the page as that of a report.")
        )
    if record.edition is not None and record.edition.size > LARGEST_FOR_SCHOLAR and not _has_chapter_file(stand):
        yield gap(
            BETTER,
            FILE,
            N_("The file is larger than 5 MB, which Google Scholar does not read."),
            N_("Give each chapter a PDF of its own, or make the file smaller."),
        )
    if record.kind is Kind.EDITED_VOLUME:
        yield from _chapters(
            stand,
            Aim.SCHOLAR,
            "contributors",
            lambda line: not line.contributors,
            lambda n, first: N_(
                "“{first}” names nobody.", "{n} chapters, the first of them “{first}”, name nobody.", n=n, first=first
            ),
            N_("Say who wrote each chapter."),
        )
        yield from _chapter_pages(stand, Aim.SCHOLAR)


def citation(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.CITATION)
    yield from _date(stand, Aim.CITATION)
    yield from _makers(stand, Aim.CITATION)
    yield from _publisher(stand, Aim.CITATION)
    if stand.is_book and not record.place:
        yield gap(BETTER, "place", N_("No place of publication is named."), N_("Some styles ask for it."))
    if record.kind is Kind.REPORT and not record.report_number:
        yield gap(BETTER, "identifiers", N_("There is no report number."), N_("Add it, if the report has one."))
    if record.kind is Kind.EDITED_VOLUME:
        yield from _chapter_pages(stand, Aim.CITATION)


def crossref(stand: Stand) -> Iterator[Gap]:
    """Nothing is deposited for a title whose DOI is another house’s."""
    record, gap = stand.record, partial(Gap, Aim.CROSSREF)
    if record.doi and not record.doi_is_ours:
        return
    if not record.doi:
        yield gap(NEEDED, "doi", N_("There is no DOI."), N_("Write one with your prefix, and say that it is yours."))
    yield from _date(stand, Aim.CROSSREF)
    yield from _makers(stand, Aim.CROSSREF)
    yield from _publisher(stand, Aim.CROSSREF)
    if stand.is_book and not record.isbn:
        yield gap(BETTER, "isbn", N_("There is no ISBN."), N_("The deposit then has to say why."))
    without = [
        (at, person)
        for at, person in enumerate(record.contributors, start=1)
        if not person.is_organisation and not person.orcid
    ]
    if without:
        at, person = without[0]
        what = N_(
            "“{first}” has no ORCID iD.",
            "{n} people, the first of them “{first}”, have no ORCID iD.",
            n=len(without),
            first=person.display,
        )
        yield gap(BETTER, f"contributors[{at}].orcid", what, N_("Ask for it; never look one up by name."))
    if not record.licence_uri:
        yield gap(
            BETTER, "licence_uri", N_("The licence has no address."), N_("Such as that of a Creative Commons licence.")
        )
    if record.kind is Kind.EDITED_VOLUME:
        yield from _chapters(
            stand,
            Aim.CROSSREF,
            "doi",
            lambda line: not line.doi,
            lambda n, first: N_(
                "“{first}” has no DOI.", "{n} chapters, the first of them “{first}”, have no DOI.", n=n, first=first
            ),
            N_("Chapters with a DOI of their own are cited by it."),
        )
        yield from _chapter_pages(stand, Aim.CROSSREF)


def onix(stand: Stand) -> Iterator[Gap]:
    """For books, and for whatever else has an ISBN."""
    record, gap = stand.record, partial(Gap, Aim.ONIX)
    if not stand.is_book and not record.isbn:
        return
    if not record.isbn:
        yield gap(
            NEEDED, "isbn", N_("There is no ISBN of the PDF."), N_("The trade knows each form by an ISBN of its own.")
        )
    yield from _date(stand, Aim.ONIX)
    yield from _publisher(stand, Aim.ONIX)
    if not any(each.scheme is SubjectScheme.THEMA for each in record.subjects):
        yield gap(BETTER, "subjects", N_("There is no Thema subject."), N_("Shops put a book on its shelf by it."))
    if not record.abstract.strip():
        yield gap(BETTER, "abstract", N_("There is no description."), N_("The abstract is what shops show."))


def libraries(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.LIBRARIES)
    if stand.is_book and not record.isbn:
        yield gap(NEEDED, "isbn", N_("There is no ISBN of the PDF."), N_("Knowledge bases match titles by it."))
    yield from _date(stand, Aim.LIBRARIES)
    yield from _publisher(stand, Aim.LIBRARIES)
    if not record.place:
        yield gap(
            BETTER, "place", N_("No place of publication is named."), N_("A catalogue record has a place for it.")
        )
    if not any(each.scheme in LIBRARY_SCHEMES for each in record.subjects):
        yield gap(BETTER, "subjects", N_("There is no library subject."), N_("LCSH, LCC or DDC; one is enough."))


def opds(stand: Stand) -> Iterator[Gap]:
    record, gap = stand.record, partial(Gap, Aim.OPDS)
    if record.edition is None:
        yield gap(NEEDED, FILE, N_("There is no file."), N_("A reading app lists only what it can fetch."))
    if not stand.has_rules:
        yield gap(
            NEEDED, ACCESS, N_("No rule lets anybody in."), N_("A reading app lists only what somebody can fetch.")
        )
    if not record.abstract.strip():
        yield gap(BETTER, "abstract", N_("There is no summary."), N_("The abstract is what apps show."))
    if not record.subjects:
        yield gap(BETTER, "subjects", N_("There are no subjects."), N_("Keywords are enough; apps sort by them."))


def accessibility(stand: Stand) -> Iterator[Gap]:
    record, facts, gap = stand.record, stand.facts, partial(Gap, Aim.ACCESSIBILITY, BETTER, FILE)
    if record.edition is None:
        return
    if facts is None:
        yield gap(N_("The file came before it was looked at for this."), N_("Send it again to know more."))
        return
    seen = facts.accessibility
    if facts.text_share is not None and facts.text_share < MOSTLY:
        yield gap(N_("Most pages are pictures without text."), N_("Have the text recognised, or make the PDF anew."))
    if not seen.tagged:
        yield gap(
            N_("The PDF is not tagged."), N_("Save it again as a tagged PDF, so that it can be read aloud in order.")
        )
    if not seen.language:
        yield gap(N_("The PDF does not say its language."), N_("Set the document’s language where the PDF is made."))
    if not seen.title_shown:
        yield gap(N_("A reading window shows the file’s name."), N_("Set a document title, and that it is shown."))
    if seen.figures > seen.figures_described:
        count = seen.figures - seen.figures_described
        what = N_("{n} figure without a description.", "{n} figures without a description.", n=count)
        yield gap(what, N_("Write a text in the place of each."))
    if facts.page_count >= LONG and not facts.bookmarks:
        yield gap(N_("The PDF has no bookmarks."), N_("Make them from the headings."))


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
        yield Gap(aim, NEEDED, "published", N_("There is no date of publication."), N_("A year is enough."))


def _makers(stand: Stand, aim: Aim) -> Iterator[Gap]:
    record = stand.record
    if not record.authors and not record.editors:
        mend = N_("Name who wrote or edited it, a person or an organisation.")
        yield Gap(aim, NEEDED, "contributors", N_("There is no author and no editor."), mend)
    elif record.kind is Kind.EDITED_VOLUME and not record.of_role(Contribution.EDITOR):
        yield Gap(aim, BETTER, "contributors", N_("An edited volume without an editor."), N_("Say whose role that is."))


def _publisher(stand: Stand, aim: Aim) -> Iterator[Gap]:
    """A report is its institution's where no publisher is named."""
    record = stand.record
    if not record.publisher and not (record.institution and not stand.is_book):
        yield Gap(aim, NEEDED, "publisher", N_("No publisher is named."), N_("Usually your house."))


def _chapter_pages(stand: Stand, aim: Aim) -> Iterator[Gap]:
    return _chapters(
        stand,
        aim,
        "first_page",
        lambda line: not line.first_page,
        lambda n, first: N_(
            "“{first}” has no pages.", "{n} chapters, the first of them “{first}”, have no pages.", n=n, first=first
        ),
        N_("Write the printed numbers of their first and last pages."),
    )


def _chapters(
    stand: Stand,
    aim: Aim,
    field: str,
    lacks: Callable[[ContentsLine], bool],
    says: Callable[[int, str], str],
    mend: str,
) -> Iterator[Gap]:
    """`says` tells of so many chapters, with the name of the first."""
    found = [(at, line) for at, line in stand.chapters if lacks(line)]
    if found:
        at, line = found[0]
        yield Gap(aim, BETTER, f"contents[{at}].{field}", says(len(found), line.name), mend)


def _has_chapter_file(stand: Stand) -> bool:
    return any(line.file is not None for _, line in stand.chapters)
