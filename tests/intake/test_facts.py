"""What is seen in a good PDF."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, StreamDecodeLevel, String

from api.errors import Invalid
from api.formats.pdf_facts import Accessibility, Bookmark, Metadata, PdfFacts, as_json, facts_of
from api.intake.pdf import PdfLimits, inspect
from tests.intake.conftest import packed_gigabyte
from tests.intake.made import XMP, changed, rewritten, volume, with_xmp

Maker = Callable[..., Path]


@pytest.fixture
def look(pdf: Maker) -> Callable[[bytes], PdfFacts]:
    def look(data: bytes) -> PdfFacts:
        with pdf(data).open("rb") as source:
            return inspect(source)

    return look


Look = Callable[[bytes], PdfFacts]


def test_a_volume_tells_all_about_itself(look: Look) -> None:
    facts = look(volume())
    assert facts == PdfFacts(
        page_count=10,
        labels=("i", "ii", "1", "2", "3", "4", "5", "6", "7", "8"),
        bookmarks=(
            Bookmark("I. The Source", 2, 0),
            Bookmark("A section", 3, 1),
            Bookmark("II. The Stream", 5, 0),
            Bookmark("III. The Sea", 8, 0),
        ),
        text_share=0.9,
        metadata=Metadata(
            title="Rivers of Paper",
            author="Ada Sample; Ben Sample",
            subject="What archives carry.",
            keywords=("archives", "rivers"),
            language="en-GB",
            created="2022-05-17",
        ),
        accessibility=Accessibility(
            tagged=True, language="en-GB", title_shown=True, figures=3, figures_described=2, pdf_ua=1
        ),
    )
    assert facts_of(as_json(facts)) == facts


def test_a_bare_pdf_tells_nothing(look: Look) -> None:
    facts = look(changed(lambda pdf: None, pages=2))
    assert facts == PdfFacts(page_count=2, text_share=0.0)
    assert facts.label(1) == "2"


def test_the_older_dictionary_speaks_where_there_is_no_packet(look: Look) -> None:
    def say(pdf: Pdf) -> None:
        pdf.trailer.Info = pdf.make_indirect(
            Dictionary(
                Title=String("Straße\x00 und\nFluss"),
                Author=String("Ada Sample"),
                Keywords=String("one; two, three"),
                CreationDate=String("D:2021"),
                ModDate=String("yesterday"),
                Subject=Name.NoString,
            )
        )

    assert look(changed(say)).metadata == Metadata(
        title="Straße und Fluss", author="Ada Sample", keywords=("one", "two", "three"), created="2021"
    )


BOMB = XMP.replace("<?xpacket begin", '<!DOCTYPE a [<!ENTITY b "c">]><?xpacket begin', 1).replace("Rivers", "&b;")


@pytest.mark.parametrize(
    "packet", [BOMB, XMP.replace("</rdf:RDF>", ""), "", "no XML at all", XMP + " " * (1 << 20)], ids=range(5)
)
def test_a_packet_that_is_not_to_be_trusted_is_left_alone(look: Look, packet: str) -> None:
    def pack(pdf: Pdf) -> None:
        pdf.Root.Metadata = with_xmp(pdf, packet.encode())

    assert look(changed(pack)).metadata == Metadata()


def test_a_packet_that_unpacks_to_a_gigabyte_stays_in_the_child(pdf: Maker) -> None:
    def pack(pdf: Pdf) -> None:
        pdf.Root.Metadata = Stream(pdf, packed_gigabyte())
        pdf.Root.Metadata.Filter = Array([Name.FlateDecode, Name.FlateDecode])

    data = changed(pack, compress_streams=False, stream_decode_level=StreamDecodeLevel.none)
    assert len(data) < 10_000
    with pytest.raises(Invalid, match="memory"), pdf(data).open("rb") as source:
        inspect(source, PdfLimits(memory=400 << 20))


def test_what_is_told_is_bounded(look: Look) -> None:
    def exaggerate(pdf: Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root += [OutlineItem("x" * 5000, 0) for _ in range(1500)]
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String("y" * 5000))]))
        pdf.Root.Lang = String("not a language, " * 50)

    facts = look(changed(exaggerate))
    assert len(facts.bookmarks) == 1000
    assert max(len(each.name) for each in facts.bookmarks) == 300
    assert facts.labels == ("y" * 20,)
    assert facts.accessibility.language == ""


def test_bookmarks_that_go_round_in_circles_come_to_an_end(look: Look) -> None:
    def circle(pdf: Pdf) -> None:
        root = pdf.make_indirect(Dictionary(Type=Name.Outlines, Count=1))
        item = pdf.make_indirect(Dictionary(Title=String("round"), Parent=root))
        item.Dest = Array([pdf.pages[0].obj, Name.Fit])
        item.Next, item.First = item, item
        root.First, root.Last = item, item
        pdf.Root.Outlines = root

    assert look(changed(circle)).bookmarks == (Bookmark("round", 0, 0),)


def test_facts_that_are_none_are_not_read_as_such() -> None:
    assert facts_of(None) is None
    with pytest.raises(ValueError, match="no facts"):
        facts_of({"page_count": "many"})


def test_a_volume_that_was_changed_and_saved_again_stays_as_good(look: Look) -> None:
    assert look(rewritten(volume(), lambda pdf: None)) == look(volume())
