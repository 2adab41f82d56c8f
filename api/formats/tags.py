"""What the head of a page says to scholarly search engines and link previews: Highwire, Dublin Core, OpenGraph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.formats.record import Person
from api.formats.works import Work, doi_address, preview_address, title_of
from api.tables import Kind, State

DESCRIBED_IN = 300  # characters of the abstract in a preview
MOST_NAMED_TWICE = 20  # people whom Dublin Core names once more after Highwire has


@dataclass(frozen=True)
class Tag:
    """A meta element; OpenGraph has its name in `property`."""

    name: str
    content: str

    @property
    def attribute(self) -> str:
        return "property" if self.name.startswith(("og:", "book:")) else "name"


def tags(work: Work, *, may_read: bool) -> list[Tag]:
    """Every tag of a work's page. The file is named only to a viewer who `may_read` it."""
    said = [*_highwire(work, may_read), *_dublin_core(work), *_preview(work)]
    return [Tag(name, " ".join(content.split())) for name, content in said if content]


def _highwire(work: Work, may_read: bool) -> Iterator[tuple[str, str]]:
    record, chapter = work.record, work.chapter
    is_report = chapter is None and record.kind in (Kind.REPORT, Kind.PAPER)
    yield "citation_title", work.name
    yield from _people("citation_author", work.authors)
    yield from _people("citation_editor", work.editors)
    yield "citation_inbook_title", title_of(record) if chapter else ""
    isbns = [each for each in (record.isbn, *(each.value for each in record.isbns)) if each]
    for isbn in isbns[:1] if chapter else isbns:
        yield "citation_isbn", isbn
    yield "citation_publication_date", (work.date or "").replace("-", "/")
    yield "citation_firstpage", chapter.first_page or "" if chapter else ""
    yield "citation_lastpage", chapter.last_page or "" if chapter else ""
    yield "citation_publisher", record.publisher or ""
    yield "citation_series_title", record.series or ""
    yield "citation_volume", record.volume or ""
    yield "citation_doi", work.doi or ""
    yield "citation_language", work.language
    yield "citation_technical_report_institution", work.issuer or "" if is_report else ""
    yield "citation_technical_report_number", record.report_number or "" if is_report else ""
    yield "citation_abstract_html_url", work.url
    yield "citation_public_url", work.url
    for keyword in record.keywords:
        yield "citation_keywords", keyword
    yield "citation_pdf_url", f"{work.url}.pdf" if may_read and _names_file(work) else ""


def _people(name: str, people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    """Each with what is known of them right behind."""
    for person in people:
        yield name, _family_first(person)
        for affiliation in person.affiliations:
            yield f"{name}_institution", affiliation.name
        yield f"{name}_orcid", f"https://orcid.org/{person.orcid}" if person.orcid else ""


def _names_file(work: Work) -> bool:
    """A chapter's own file, or the whole where it isn't handed out in chapters: of an edited volume these count."""
    record, chapter = work.record, work.chapter
    if record.state is State.WITHDRAWN or record.edition is None:
        return False
    if chapter is not None:
        return chapter.file is not None
    return record.kind is not Kind.EDITED_VOLUME or not any(line.file for line in record.contents)


def _dublin_core(work: Work) -> Iterator[tuple[str, str]]:
    record = work.record
    yield "DC.title", work.name
    for person in work.authors[:MOST_NAMED_TWICE]:
        yield "DC.creator", _family_first(person)
    for person in work.editors[:MOST_NAMED_TWICE]:
        yield "DC.contributor", _family_first(person)
    yield "DC.publisher", record.publisher or ""
    yield "DCTERMS.issued", work.date or ""
    yield "DC.identifier", doi_address(work.doi) if work.doi else work.url
    yield "DC.identifier", f"urn:isbn:{record.isbn}" if record.isbn and not work.chapter else ""
    yield "DC.language", work.language
    yield "DC.type", "Text"
    yield "DCTERMS.isPartOf", title_of(record) if work.chapter else ""
    yield "DC.rights", work.licence_uri or ""


def _preview(work: Work) -> Iterator[tuple[str, str]]:
    record = work.record
    is_book = work.chapter is None and record.kind in (Kind.EDITED_VOLUME, Kind.MONOGRAPH)
    description = record.standfirst if record.standfirst and not work.chapter else _shortened(work.abstract)
    yield "og:type", "book" if is_book else "article"
    yield "og:title", work.name
    yield "og:url", work.url
    yield "og:description", description
    yield "og:locale", "en"
    yield "book:isbn", record.isbn or "" if is_book else ""
    yield "book:release_date", work.date or "" if is_book else ""
    yield "og:image", preview_address(work)
    yield "og:image:width", "1200"
    yield "og:image:height", "630"
    yield "og:image:alt", title_of(record)
    yield "twitter:card", "summary_large_image"
    yield "twitter:image", preview_address(work)
    yield "twitter:image:alt", title_of(record)
    yield "twitter:title", work.name
    yield "twitter:description", description


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= DESCRIBED_IN:
        return words
    return f"{words[:DESCRIBED_IN].rpartition(' ')[0] or words[:DESCRIBED_IN]} …"


def _family_first(person: Person) -> str:
    """Family, Given; an organisation is given whole, though Highwire has no mark for one."""
    if not person.family:
        return person.display
    family = f"{person.particle} {person.family}" if person.particle else person.family
    return ", ".join(part for part in (family, person.given, person.suffix) if part)
