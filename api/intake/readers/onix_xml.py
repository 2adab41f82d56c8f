"""The elements of an ONIX message by their reference names, read without entities, network or deep nesting."""

import html
import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from api.errors import Invalid
from api.intake.readers.text import LONGEST_VALUE
from api.spoken import N_

DEEPEST = 60  # elements within each other; the standard's own need fifteen
MOST_ELEMENTS = 250_000
_IN_ONE_PIECE = ("p", "br", "em", "strong", "i", "b", "li", "ul", "ol", "div", "span", "sub", "sup", "a", "cite")
_BREAK, _TAG = re.compile(r"</?(?:p|br|li|div)\b[^<>]*>", re.IGNORECASE), re.compile(r"</?[A-Za-z][^<>]*>")
_SHORT = """
product=Product a001=RecordReference a002=NotificationType productidentifier=ProductIdentifier b221=ProductIDType
b244=IDValue descriptivedetail=DescriptiveDetail x314=ProductComposition b012=ProductForm b333=ProductFormDetail
collection=Collection x329=CollectionType collectionidentifier=CollectionIdentifier x344=CollectionIDType
titledetail=TitleDetail b202=TitleType titleelement=TitleElement x409=TitleElementLevel x410=PartNumber b203=TitleText
b030=TitlePrefix b031=TitleWithoutPrefix b029=Subtitle x501=NoPrefix contributor=Contributor b034=SequenceNumber
b035=ContributorRole nameidentifier=NameIdentifier x415=NameIDType b036=PersonName b037=PersonNameInverted
b038=TitlesBeforeNames b039=NamesBeforeKey b247=PrefixToKey b040=KeyNames b041=NamesAfterKey b248=SuffixToKey
b047=CorporateName professionalaffiliation=ProfessionalAffiliation b046=Affiliation b044=BiographicalNote
b057=EditionNumber b058=EditionStatement language=Language b253=LanguageRole b252=LanguageCode extent=Extent
b218=ExtentType b219=ExtentValue x421=ExtentValueRoman b220=ExtentUnit subject=Subject b067=SubjectSchemeIdentifier
b171=SubjectSchemeName b069=SubjectCode b070=SubjectHeadingText collateraldetail=CollateralDetail
textcontent=TextContent x426=TextType d104=Text contentdetail=ContentDetail contentitem=ContentItem
b284=LevelSequenceNumber textitem=TextItem b290=TextItemType textitemidentifier=TextItemIdentifier b285=TextItemIDType
pagerun=PageRun b286=FirstPageNumber b287=LastPageNumber b288=ComponentNumber publishingdetail=PublishingDetail
imprint=Imprint b079=ImprintName publisher=Publisher b291=PublishingRole b081=PublisherName b209=CityOfPublication
publishingdate=PublishingDate x448=PublishingDateRole b306=Date b087=CopyrightYear
copyrightstatement=CopyrightStatement copyrightowner=CopyrightOwner epublicense=EpubLicense x511=EpubLicenseName
epublicenseexpression=EpubLicenseExpression x510=EpubLicenseExpressionLink relatedmaterial=RelatedMaterial
relatedproduct=RelatedProduct x455=ProductRelationCode
"""
SHORT = dict(pair.split("=") for pair in _SHORT.split())  # from a short tag to its reference name


@dataclass(slots=True)
class Element:
    """A name, its own text, what stands in it, and its language where it says one."""

    name: str
    language: str = ""
    dateformat: str = ""
    words: list[str] = field(default_factory=list)
    within: list["Element"] = field(default_factory=list)

    def all(self, *path: str) -> list["Element"]:
        """Every element at that path below this one."""
        found = [self]
        for name in path:
            found = [each for one in found for each in one.within if each.name == name]
        return found

    def own(self) -> str:
        """Its own text, with single spaces."""
        return " ".join("".join(self.words)[:LONGEST_VALUE].split())

    def text(self, *path: str) -> str:
        """The text of the first element at that path, with single spaces."""
        found = self.all(*path)
        return found[0].own() if found else ""

    def prose(self) -> str:
        """All its words in paragraphs; markup that stands escaped in it is taken off."""
        text = "".join(self.words)[:LONGEST_VALUE]
        if "<" in text:
            text = html.unescape(_TAG.sub("", _BREAK.sub("\n\n", text)))
        return "\n\n".join(words for piece in re.split(r"\n\s*\n", text) if (words := " ".join(piece.split())))

    def texts(self, *path: str) -> list[str]:
        return [each.own() for each in self.all(*path)]


def parsed(content: bytes) -> Element:
    """The message. Raises Invalid for what is no XML, or declares entities, or is nested too deeply."""
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler = reading.words
    parser.EntityDeclHandler = _refuse_entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise Invalid(N_("This is not XML that can be read: {error}.", error=str(error))) from error
    return reading.top


class _Reading:
    def __init__(self) -> None:
        self.top = Element("")
        self._open = [self.top]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > DEEPEST:
            raise Invalid(
                N_("The XML is nested more than {deepest} elements deep; no ONIX message is.", deepest=DEEPEST)
            )
        if self._count > MOST_ELEMENTS:
            raise Invalid(N_("The message has more than {most} elements. Part it into several.", most=MOST_ELEMENTS))
        name = name.rpartition(":")[2]
        if name.lower() in _IN_ONE_PIECE and self._open[-1].name not in ("", "ONIXMessage"):
            self._open[-1].words.append("\n\n" if name.lower() in ("p", "br", "li", "div") else "")
            self._open.append(self._open[-1])
            return
        element = Element(SHORT.get(name, name), attributes.get("language", ""), attributes.get("dateformat", ""))
        self._open[-1].within.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def words(self, text: str) -> None:
        self._open[-1].words.append(text)


def _refuse_entity(*_declared: object) -> NoReturn:
    raise Invalid(N_("The XML declares entities of its own; that is not taken. Export it without."))
