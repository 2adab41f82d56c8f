"""ONIX 3.0 and 3.1, with reference names or short tags: one title for the products that are one work."""

import re
from collections.abc import Iterable

from api.errors import Invalid
from api.formats.record import About, Affiliation, ContentsLine, Person, Worded
from api.intake.readers import onix_codes as codes
from api.intake.readers.entry import TOO_MANY, Entry, book_kind, folded, isbns
from api.intake.readers.found import Found
from api.intake.readers.gathering import gathered
from api.intake.readers.languages import tag_of
from api.intake.readers.onix_xml import Element, parsed
from api.shelf.record_rules import Fault, FaultKind
from api.spoken import N_, Said
from api.tables import Contribution, Kind, SubjectScheme

MOST_PRODUCTS = 20_000


def read(content: bytes) -> list[Found]:
    top = parsed(content)
    message = next(iter(top.within), top)
    products = message.all("Product")
    if message.name.lower() != "onixmessage" or not products:
        raise Invalid(N_("This is XML, but no ONIX message with products in it."))
    if len(products) > MOST_PRODUCTS:
        raise Invalid(N_("The message has more than {most} products. Part it into several.", most=MOST_PRODUCTS))
    works: dict[str, Entry] = {}
    for number, product in enumerate(products, start=1):
        entry = _entry(number, product)
        key = str(entry.facts.get("doi", "")).lower() or folded(entry.full_title) + str(
            entry.facts.get("edition_number")
        )
        if key in works and not entry.faults:
            _join(works[key], entry)
        else:
            works[key if not entry.faults else f"fault {number}"] = entry
    return gathered(list(works.values()))


def _join(work: Entry, other: Entry) -> None:
    """Another form of the same work lends its ISBNs, and what the first has nothing of."""
    for name, value in other.facts.items():
        work.say(name, value)
    for each in other.identifiers:
        if each.value != work.facts.get("isbn"):
            work.identify(each.kind, each.value)
    work.people = work.people or other.people
    work.subjects = work.subjects or other.subjects
    work.contents = work.contents or other.contents
    work.notes.append(N_("{where} is the same work in another form; its ISBN was added.", where=other.where))


def _entry(number: int, product: Element) -> Entry:
    entry = Entry(N_("product {number}", number=number))
    if name := product.text("RecordReference"):
        entry.where = Said("{where} ({name})", where=entry.where, name=name[:60])
    entry.kind = Kind.MONOGRAPH
    if product.text("NotificationType") == "05":
        entry.faults.append(
            Fault("NotificationType", FaultKind.AT_ODDS, N_("says to delete it; an import deletes nothing"))
        )
        return entry
    described, published = _one(product, "DescriptiveDetail"), _one(product, "PublishingDetail")
    _language(entry, described)
    _titles(entry, described)
    _names(entry, product, described)
    entry.people = [person for each in described.all("Contributor") for person in _person(entry, each)]
    entry.kind = book_kind(entry.people)
    _series(entry, described)
    _extents(entry, described)
    entry.say_number("edition_number", described.text("EditionNumber"))
    entry.say("edition_statement", described.text("EditionStatement"))
    _subjects(entry, described)
    _texts(entry, _one(product, "CollateralDetail"))
    _publishing(entry, published)
    entry.say("licence", described.text("EpubLicense", "EpubLicenseName"))
    entry.say("licence_uri", described.text("EpubLicense", "EpubLicenseExpression", "EpubLicenseExpressionLink"))
    entry.contents = [_line(entry, item) for item in _one(product, "ContentDetail").all("ContentItem")]
    return entry


def _one(element: Element, name: str) -> Element:
    return next(iter(element.all(name)), Element(name))


def _language(entry: Entry, described: Element) -> None:
    spoken = [each for each in described.all("Language") if each.text("LanguageRole") in ("01", "")]
    if spoken:
        entry.say("language", tag_of(spoken[0].text("LanguageCode")))


def _titles(entry: Entry, described: Element) -> None:
    """The distinctive title; titles that say another language become wordings."""
    own = entry.facts.get("language", "en")
    for detail in described.all("TitleDetail"):
        for each in detail.all("TitleElement"):
            if each.text("TitleElementLevel") not in ("01", ""):
                continue
            title, language = _title(each)
            subtitle = each.text("Subtitle")
            if language in (None, own) and detail.text("TitleType") in ("01", "00", ""):
                entry.say_title(title, subtitle)
            elif language not in (None, own) and title and len(entry.wordings) < TOO_MANY:
                entry.wordings.append(Worded(language or "", title, subtitle or None))


def _title(element: Element) -> tuple[str, str | None]:
    for name in ("TitleText", "TitleWithoutPrefix"):
        for each in element.all(name):
            words = each.own()
            prefix = element.text("TitlePrefix") if name == "TitleWithoutPrefix" else ""
            return f"{prefix} {words}".strip(), tag_of(each.language) if each.language else None
    return "", None


def _names(entry: Entry, product: Element, described: Element) -> None:
    form = codes.form_of(described.text("ProductForm"), described.texts("ProductFormDetail"))
    for each in product.all("ProductIdentifier"):
        kind, value = each.text("ProductIDType"), each.text("IDValue")
        if kind == codes.DOI:
            entry.say_doi(value)
        elif kind in codes.IDENTIFIERS:
            entry.identify(codes.IDENTIFIERS[kind], value)
        elif kind in codes.ISBNS:
            for _, isbn in isbns(value):
                if form is not None:
                    entry.identify(form, isbn)
                else:
                    entry.say("isbn", isbn)


def _person(entry: Entry, element: Element) -> Iterable[Person]:
    ids = {each.text("NameIDType"): each.text("IDValue") for each in element.all("NameIdentifier")}
    if element.all("UnnamedPersons"):
        entry.notes.append(N_("Contributors without a name were left out: a record names everyone."))
        return
    said = element.texts("ContributorRole") or ["A01"]
    for role in dict.fromkeys(codes.ROLES.get(code, Contribution.CONTRIBUTOR) for code in said):
        if organisation := element.text("CorporateName"):
            yield Person(name=organisation, is_organisation=True, role=role, ror=ids.get(codes.ROR))
            continue
        workplaces = element.texts("ProfessionalAffiliation", "Affiliation")
        given, family = element.text("NamesBeforeKey"), element.text("KeyNames")
        inverted = element.text("PersonNameInverted").partition(",")
        if not family and inverted[0]:
            family, given = inverted[0].strip(), inverted[2].strip()
        particle = element.text("PrefixToKey") or None
        suffix = element.text("SuffixToKey") or None
        notes = [each.prose().replace("\n\n", " ") for each in element.all("BiographicalNote")]
        yield Person(
            given=(given or None) if family else None,
            family=family or None,
            name=None if family else element.text("PersonName") or None,
            particle=particle if family else None,
            suffix=suffix if family else None,
            role=role,
            orcid=ids.get(codes.ORCID),
            affiliations=tuple(Affiliation(name) for name in workplaces if name),
            note=notes[0] if notes else None,
        )


def _series(entry: Entry, described: Element) -> None:
    for each in described.all("Collection"):
        elements = [one for one in each.all("TitleDetail", "TitleElement") if one.text("TitleElementLevel") != "01"]
        if elements and "series" not in entry.facts:
            entry.say("series", _title(elements[0])[0])
            entry.say("series_number", elements[0].text("PartNumber") or each.text("PartNumber"))
            for name in each.all("CollectionIdentifier"):
                if name.text("CollectionIDType") == "02":
                    entry.say("series_issn", name.text("IDValue"))


def _extents(entry: Entry, described: Element) -> None:
    extents = {each.text("ExtentType"): each for each in described.all("Extent")}
    for kind in codes.PAGES:
        if kind in extents:
            entry.say_number("pages", extents[kind].text("ExtentValue"))
            break
    if codes.FRONT in extents:
        entry.say("front_pages", extents[codes.FRONT].text("ExtentValueRoman"))


def _subjects(entry: Entry, described: Element) -> None:
    for each in described.all("Subject"):
        scheme = codes.SCHEMES.get(each.text("SubjectSchemeIdentifier"))
        code, heading = each.text("SubjectCode") or None, each.text("SubjectHeadingText") or None
        if scheme is SubjectScheme.KEYWORD:
            entry.say_keywords(re.split(r"[;,]", heading or code or ""))
        elif scheme is None:
            name = each.text("SubjectSchemeName") or each.text("SubjectSchemeIdentifier")
            entry.notes.append(
                N_("A subject of the scheme “{name}” was left out: a record does not know that scheme.", name=name[:60])
            )
        elif len(entry.subjects) < TOO_MANY and (about := About(scheme, code, heading)) not in entry.subjects:
            entry.subjects.append(about)


def _texts(entry: Entry, collateral: Element) -> None:
    own = entry.facts.get("language", "en")
    for kind in codes.ABSTRACTS:
        for content in collateral.all("TextContent"):
            for text in content.all("Text") if content.text("TextType") == kind else []:
                language = tag_of(text.language) if text.language else own
                if language == own:
                    entry.say("abstract", text.prose())
                elif language and (words := text.prose()):
                    _word(entry, language, words)


def _word(entry: Entry, language: str, abstract: str) -> None:
    for place, each in enumerate(entry.wordings):
        if each.language == language:
            if not each.abstract:
                entry.wordings[place] = Worded(language, each.title, each.subtitle, abstract)
            return
    if len(entry.wordings) < TOO_MANY:
        entry.wordings.append(Worded(language, abstract=abstract))


def _publishing(entry: Entry, published: Element) -> None:
    entry.say("imprint", published.text("Imprint", "ImprintName"))
    entry.say("publisher", published.text("Publisher", "PublisherName"))
    if entry.facts.get("imprint") == entry.facts.get("publisher"):
        entry.facts.pop("imprint", None)
    entry.say("place", published.text("CityOfPublication"))
    dates = {each.text("PublishingDateRole"): each.text("Date") for each in published.all("PublishingDate")}
    if day := dates.get("01") or dates.get("11") or dates.get("19"):
        entry.say_date(day)
    year = published.text("CopyrightStatement", "CopyrightYear")
    entry.say("copyright_year", int(year) if year.isdecimal() and len(year) == 4 else None)
    owner = _one(_one(published, "CopyrightStatement"), "CopyrightOwner")
    entry.say("rights_holder", owner.text("CorporateName") or owner.text("PersonName"))


def _line(entry: Entry, item: Element) -> ContentsLine:
    run = _one(_one(item, "TextItem"), "PageRun")
    names = _one(item, "TextItem").all("TextItemIdentifier")
    doi = next((each.text("IDValue") for each in names if each.text("TextItemIDType") == codes.DOI), None)
    elements = item.all("TitleDetail", "TitleElement")
    title = _title(elements[0])[0] if elements else ""
    subtitle = elements[0].text("Subtitle") if elements else ""
    return ContentsLine(
        name=f"{title}: {subtitle}" if subtitle else title or item.text("ComponentNumber"),
        number=item.text("ComponentNumber") or None,
        first_page=run.text("FirstPageNumber") or None,
        last_page=run.text("LastPageNumber") or None,
        doi=doi,
        contributors=tuple(person for each in item.all("Contributor") for person in _person(entry, each)),
    )
