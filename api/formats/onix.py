"""A title in ONIX for Books 3.1, the trade's own message: one product, the PDF, as it can be had here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from api.formats.gate import Gate
from api.formats.languages import three_letters
from api.formats.library import access_note, gate_of, host_of, local_id, people, ror_uri
from api.formats.onix_accessibility import accessibility
from api.formats.onix_parts import contributors, identifier, subject, title_detail, website
from api.formats.works import Work
from api.formats.xml import DECLARATION, NOTHING, Xml, element, optional
from api.tables import IdentifierKind, State

MEDIA_TYPE = "application/onix+xml"
NAMESPACE = "http://ns.editeur.org/onix/3.1/reference"
_ROOT = f'<ONIXMessage release="3.1" xmlns="{NAMESPACE}">'
_DATE_FORMATS = {4: "05", 6: "01", 8: "00"}
_AVAILABLE, _NOT_YET, _NOT_AVAILABLE = "20", "10", "40"
_FREE, _ASK_THE_SUPPLIER = "01", "04"


def written(works: Sequence[Work]) -> bytes:
    """One message about these titles; chapters are told with their title."""
    sent = max((work.record.modified_at for work in works if work.record.modified_at), default=None)
    sender = works[0].issuer or host_of(works[0].public_url)
    opening, closing = envelope(sender, sent or datetime(2026, 1, 1, tzinfo=UTC))
    return f"{opening}{''.join(map(product, works))}{closing}".encode()


def envelope(sender: str, sent: datetime) -> tuple[str, str]:
    """What stands before the products of a message, and behind them."""
    header = element(
        "Header",
        element("Sender", element("SenderName", sender)),
        element("SentDateTime", f"{sent.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
    )
    return f"{DECLARATION}{_ROOT}{header}", "</ONIXMessage>\n"


def product(work: Work) -> Xml:
    record = work.record
    is_gone = record.state is State.WITHDRAWN
    known_as = [
        element("RecordReference", f"{host_of(work.public_url)}.{local_id(work)}"),
        element("NotificationType", "05" if is_gone else "03"),
        *_identifiers(work),
    ]
    if is_gone:
        return element("Product", known_as)
    return element(
        "Product", known_as, _descriptive(work), _collateral(work), _content(work), _publishing(work), *_behind(work)
    )


def _identifiers(work: Work) -> Iterator[Xml]:
    name = host_of(work.public_url)
    yield identifier("ProductIdentifier", "ProductIDType", "01", local_id(work), name)
    if work.record.isbn:
        yield identifier("ProductIdentifier", "ProductIDType", "15", work.record.isbn)
    if work.doi:
        yield identifier("ProductIdentifier", "ProductIDType", "06", work.doi)


def _descriptive(work: Work) -> Xml:
    record = work.record
    statement = record.edition_statement
    pages = record.pages or (record.edition.page_count if record.edition is not None else None)
    return element(
        "DescriptiveDetail",
        element("ProductComposition", "00"),
        element("ProductForm", "EB"),
        element("ProductFormDetail", "E107"),
        *accessibility(work.record),
        element("PrimaryContentType", "10"),
        element("EpubTechnicalProtection", "02" if record.is_stamped else "00"),
        _licence(work),
        _collection(work),
        title_detail(record.title, record.subtitle),
        *contributors(people(work)),
        element("EditionNumber", str(record.edition_number)) if record.edition_number else NOTHING,
        optional("EditionStatement", statement),
        element("Language", element("LanguageRole", "01"), element("LanguageCode", three_letters(work.language))),
        _extent(str(pages)) if pages else NOTHING,
        map(subject, record.subjects),
    )


def _licence(work: Work) -> Xml:
    record = work.record
    if not record.licence_uri:
        return NOTHING
    link = [element("EpubLicenseExpressionType", "02"), element("EpubLicenseExpressionLink", record.licence_uri)]
    name = element("EpubLicenseName", record.licence or record.licence_uri)
    return element("EpubLicense", name, element("EpubLicenseExpression", link))


def _collection(work: Work) -> Xml:
    record = work.record
    if not record.series:
        return element("NoCollection")
    issn = [element("CollectionIDType", "02"), element("IDValue", (record.series_issn or "").replace("-", ""))]
    level = [
        element("TitleElementLevel", "02"),
        optional("PartNumber", record.series_number),
        element("TitleText", record.series),
    ]
    return element(
        "Collection",
        element("CollectionType", "10"),
        element("CollectionIdentifier", issn) if record.series_issn else NOTHING,
        element("TitleDetail", element("TitleType", "01"), element("TitleElement", level)),
    )


def _extent(pages: str) -> Xml:
    return element("Extent", element("ExtentType", "00"), element("ExtentValue", pages), element("ExtentUnit", "03"))


def _collateral(work: Work) -> Xml:
    texts = [(None, work.abstract), *((each.language, each.prose.text) for each in work.record.wordings)]
    said = [
        element(
            "TextContent",
            element("TextType", "03"),
            element("ContentAudience", "00"),
            element("Text", {"language": three_letters(tag or work.language), "textformat": "06"}, text),
        )
        for tag, text in texts
        if text
    ]
    return element("CollateralDetail", said) if said else NOTHING


def _content(work: Work) -> Xml:
    items = [item for chapter in work.chapters if (item := _item(chapter))]
    return element("ContentDetail", items) if items else NOTHING


def _item(work: Work) -> Xml:
    line = work.chapter
    assert line is not None
    pages = [optional("FirstPageNumber", line.first_page), optional("LastPageNumber", line.last_page)]
    return element(
        "ContentItem",
        element(
            "TextItem",
            element("TextItemType", "03"),
            identifier("TextItemIdentifier", "TextItemIDType", "06", line.doi) if line.doi else NOTHING,
            element("PageRun", pages) if line.first_page else NOTHING,
        ),
        optional("ComponentNumber", line.number),
        title_detail(line.name, None),
        *(contributors(people(work)) if people(work) else ()),
    )


def _publishing(work: Work) -> Xml:
    record = work.record
    publisher = [element("PublishingRole", "01")]
    if record.publisher_ror:
        ror = [element("PublisherIDType", "40"), element("IDValue", ror_uri(record.publisher_ror))]
        publisher.append(element("PublisherIdentifier", ror))
    publisher.append(element("PublisherName", work.issuer or host_of(work.public_url)))
    year, holder = record.copyright_year, record.rights_holder
    rights = [element("CopyrightYear", str(year)) if year else NOTHING]
    rights += [element("CopyrightOwner", element("PersonName", holder))] if holder and year else []
    return element(
        "PublishingDetail",
        element("Imprint", element("ImprintName", record.imprint)) if record.imprint else NOTHING,
        element("Publisher", publisher),
        optional("CityOfPublication", record.place),
        element("PublishingStatus", "04"),
        _publication_date(work),
        element("CopyrightStatement", rights) if year else NOTHING,
    )


def _publication_date(work: Work) -> Xml:
    digits = (work.date or "").replace("-", "")
    if len(digits) not in _DATE_FORMATS:
        return NOTHING
    date = element("Date", {"dateformat": _DATE_FORMATS[len(digits)]}, digits)
    return element("PublishingDate", element("PublishingDateRole", "01"), date)


def _behind(work: Work) -> Iterable[Xml]:
    """Other formats of the same work, and how this one can be had."""
    related = []
    for each in work.record.isbns:
        code = "06" if each.kind is IdentifierKind.ISBN_EPUB else "13"
        known_as = identifier("ProductIdentifier", "ProductIDType", "15", each.value)
        related.append(element("RelatedProduct", element("ProductRelationCode", code), known_as))
    return (element("RelatedMaterial", related) if related else NOTHING, _supply(work))


def _supply(work: Work) -> Xml:
    record, gate = work.record, gate_of(work)
    availability = _AVAILABLE
    if gate is Gate.CLOSED:
        availability = _NOT_AVAILABLE
    elif gate is Gate.NOT_YET or record.edition is None:
        availability = _NOT_YET
    opens = NOTHING
    if gate is Gate.NOT_YET and record.opens_at is not None:
        date = element("Date", {"dateformat": "00"}, f"{record.opens_at:%Y%m%d}")
        opens = element("SupplyDate", element("SupplyDateRole", "08"), date)
    supplier = [
        element("SupplierRole", "09"),
        element("SupplierName", work.issuer or host_of(work.public_url)),
        website("36", access_note(work), work.url),
    ]
    detail = element(
        "SupplyDetail",
        element("Supplier", supplier),
        element("ProductAvailability", availability),
        opens,
        element("UnpricedItemType", _ASK_THE_SUPPLIER if gate in (Gate.RESTRICTED, Gate.CLOSED) else _FREE),
    )
    return element("ProductSupply", detail)
