"""ONIX 3: one title for the forms of a work, people with roles, subjects, chapters; no entity is ever expanded."""

import pytest

from api.errors import Invalid
from api.formats.record import About, Identified, Worded
from api.intake.readers import onix
from api.intake.readers.onix_xml import SHORT
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

TITLE = """
<TitleDetail><TitleType>01</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel>
<TitlePrefix>The</TitlePrefix><TitleWithoutPrefix>Rivers of Paper</TitleWithoutPrefix><Subtitle>Archives</Subtitle>
</TitleElement></TitleDetail>"""
PDF = f"""<Product><RecordReference>gf.1</RecordReference><NotificationType>03</NotificationType>
<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9783161484100</IDValue></ProductIdentifier>
<ProductIdentifier><ProductIDType>06</ProductIDType><IDValue>10.5555/gf.rivers</IDValue></ProductIdentifier>
<DescriptiveDetail><ProductComposition>00</ProductComposition><ProductForm>EB</ProductForm>
<ProductFormDetail>E107</ProductFormDetail>
<EpubLicense><EpubLicenseName>CC BY 4.0</EpubLicenseName><EpubLicenseExpression>
<EpubLicenseExpressionLink>https://creativecommons.org/licenses/by/4.0/</EpubLicenseExpressionLink>
</EpubLicenseExpression></EpubLicense>
<Collection><CollectionType>10</CollectionType><CollectionIdentifier><CollectionIDType>02</CollectionIDType>
<IDValue>20493630</IDValue></CollectionIdentifier><TitleDetail><TitleType>01</TitleType><TitleElement>
<TitleElementLevel>02</TitleElementLevel><PartNumber>7</PartNumber><TitleText>Studies</TitleText></TitleElement>
</TitleDetail></Collection>{TITLE}
<TitleDetail><TitleType>06</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel>
<TitleText language="ger">Flüsse aus Papier</TitleText></TitleElement></TitleDetail>
<Contributor><SequenceNumber>1</SequenceNumber><ContributorRole>B01</ContributorRole>
<NameIdentifier><NameIDType>21</NameIDType><IDValue>0000000218250097</IDValue></NameIdentifier>
<NamesBeforeKey>Ludwig</NamesBeforeKey><PrefixToKey>van der</PrefixToKey><KeyNames>Muster</KeyNames>
<SuffixToKey>Jr.</SuffixToKey>
<ProfessionalAffiliation><Affiliation>Example University</Affiliation></ProfessionalAffiliation></Contributor>
<Contributor><ContributorRole>B06</ContributorRole><CorporateName>Turners</CorporateName></Contributor>
<Contributor><ContributorRole>A24</ContributorRole><PersonNameInverted>Sample, Ada</PersonNameInverted></Contributor>
<EditionNumber>2</EditionNumber>
<Language><LanguageRole>01</LanguageRole><LanguageCode>eng</LanguageCode></Language>
<Extent><ExtentType>00</ExtentType><ExtentValue>312</ExtentValue><ExtentUnit>03</ExtentUnit></Extent>
<Extent><ExtentType>03</ExtentType><ExtentValueRoman>xii</ExtentValueRoman><ExtentUnit>03</ExtentUnit></Extent>
<Subject><SubjectSchemeIdentifier>93</SubjectSchemeIdentifier><SubjectCode>GLP</SubjectCode></Subject>
<Subject><SubjectSchemeIdentifier>20</SubjectSchemeIdentifier>
<SubjectHeadingText>archives; state</SubjectHeadingText></Subject>
<Subject><SubjectSchemeIdentifier>24</SubjectSchemeIdentifier><SubjectSchemeName>Ours</SubjectSchemeName>
<SubjectCode>x</SubjectCode></Subject></DescriptiveDetail>
<CollateralDetail><TextContent><TextType>03</TextType><ContentAudience>00</ContentAudience>
<Text textformat="05"><p>What <em>archives</em> carry.</p><p>And leave.</p></Text>
<Text language="ger">&lt;p&gt;Was bleibt.&lt;/p&gt;</Text></TextContent></CollateralDetail>
<ContentDetail><ContentItem><LevelSequenceNumber>1</LevelSequenceNumber><TextItem><TextItemType>03</TextItemType>
<TextItemIdentifier><TextItemIDType>06</TextItemIDType><IDValue>10.5555/gf.rivers.2</IDValue></TextItemIdentifier>
<PageRun><FirstPageNumber>39</FirstPageNumber><LastPageNumber>71</LastPageNumber></PageRun></TextItem>
<ComponentNumber>2</ComponentNumber><TitleDetail><TitleType>01</TitleType><TitleElement>
<TitleElementLevel>04</TitleElementLevel><TitleText>The Clerk’s Hand</TitleText></TitleElement></TitleDetail>
<Contributor><ContributorRole>A01</ContributorRole><NamesBeforeKey>Mo</NamesBeforeKey>
<KeyNames>Specimen</KeyNames></Contributor></ContentItem></ContentDetail>
<PublishingDetail><Imprint><ImprintName>Fold</ImprintName></Imprint><Publisher><PublishingRole>01</PublishingRole>
<PublisherName>Sample Press</PublisherName></Publisher><CityOfPublication>Leuven</CityOfPublication>
<PublishingDate><PublishingDateRole>01</PublishingDateRole><Date>20240517</Date></PublishingDate>
<CopyrightStatement><CopyrightYear>2024</CopyrightYear><CopyrightOwner><CorporateName>Sample Press</CorporateName>
</CopyrightOwner></CopyrightStatement></PublishingDetail></Product>"""
PRINT = f"""<Product><RecordReference>gf.2</RecordReference><NotificationType>03</NotificationType>
<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9781402894626</IDValue></ProductIdentifier>
<ProductIdentifier><ProductIDType>06</ProductIDType><IDValue>10.5555/gf.rivers</IDValue></ProductIdentifier>
<DescriptiveDetail><ProductForm>BC</ProductForm>{TITLE}</DescriptiveDetail></Product>"""
GONE = "<Product><RecordReference>gf.3</RecordReference><NotificationType>05</NotificationType></Product>"


def message(*products: str) -> bytes:
    space = "http://ns.editeur.org/onix/3.0/reference"
    return f'<?xml version="1.0"?><ONIXMessage release="3.0" xmlns="{space}">{"".join(products)}</ONIXMessage>'.encode()


def test_two_forms_are_one_title() -> None:
    gone, found = sorted(onix.read(message(PDF, PRINT, GONE)), key=lambda each: each.draft is not None)
    assert "an import deletes nothing" in gone.faults[0].words
    draft = found.draft
    assert draft is not None
    facts = draft.facts
    assert (facts.kind, facts.title, facts.subtitle) == (Kind.EDITED_VOLUME, "The Rivers of Paper", "Archives")
    assert (facts.isbn, facts.doi, facts.published) == ("9783161484100", "10.5555/gf.rivers", "2024-05-17")
    assert draft.identifiers == (Identified(IdentifierKind.ISBN_PRINT, "9781402894626"),)
    assert (facts.series, facts.series_issn, facts.series_number) == ("Studies", "20493630", "7")
    assert (facts.pages, facts.front_pages, facts.edition_number, facts.language) == (312, "xii", 2, "en")
    assert (facts.publisher, facts.imprint, facts.place, facts.rights_holder, facts.copyright_year) == (
        "Sample Press",
        "Fold",
        "Leuven",
        "Sample Press",
        2024,
    )
    assert facts.abstract == "What archives carry.\n\nAnd leave."
    assert draft.wordings == (Worded("de", "Flüsse aus Papier", None, "Was bleibt."),)
    assert [(each.display, each.role) for each in draft.contributors] == [
        ("Ludwig van der Muster Jr.", Contribution.EDITOR),
        ("Turners", Contribution.TRANSLATOR),
        ("Ada Sample", Contribution.INTRODUCTION),
    ]
    assert draft.contributors[0].affiliations[0].name == "Example University"
    assert draft.subjects == (
        About(SubjectScheme.THEMA, "GLP"),
        About(SubjectScheme.KEYWORD, heading="archives"),
        About(SubjectScheme.KEYWORD, heading="state"),
    )
    (line,) = draft.contents
    assert (line.number, line.name, line.first_page, line.last_page, line.doi) == (
        "2",
        "The Clerk’s Hand",
        "39",
        "71",
        "10.5555/gf.rivers.2",
    )
    assert any("“Ours” was left out" in note for note in found.notes)
    assert any("same work in another form" in note for note in found.notes)


def test_short_tags_say_the_same() -> None:
    text = message(PDF).decode()
    for short, name in SHORT.items():
        text = (
            text.replace(f"<{name}>", f"<{short}>")
            .replace(f"</{name}>", f"</{short}>")
            .replace(f"<{name} ", f"<{short} ")
        )
    assert "<b203>" in text
    text = text.replace("<ONIXMessage", "<ONIXmessage").replace("</ONIXMessage", "</ONIXmessage")
    assert onix.read(text.encode()) == onix.read(message(PDF))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><ONIXMessage>&b;</ONIXMessage>", "declares entities"),
        (b"<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><ONIXMessage>&a;</ONIXMessage>", "declares entities"),
        (b"<!DOCTYPE l [<!ENTITY % a SYSTEM 'http://127.0.0.1:1/'> %a;]><ONIXMessage/>", "declares entities"),
        (b"<a>" * 100_000, "nested more than"),
        (b"<ONIXMessage>" + b"<b203/>" * 300_000, "more than 250000 elements"),
        (b"<ONIXMessage><Product>", "not XML that can be read"),
        (b"<html><body/></html>", "no ONIX message"),
        (b"<ONIXMessage/>", "no ONIX message"),
        (b"\xff\xfe", "not XML"),
    ],
)
def test_what_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        onix.read(content)


def test_an_external_subset_is_not_fetched() -> None:
    head = b'<!DOCTYPE ONIXMessage SYSTEM "http://127.0.0.1:1/onix.dtd">'
    assert onix.read(head + message(PDF).partition(b"?>")[2])[0].draft is not None
