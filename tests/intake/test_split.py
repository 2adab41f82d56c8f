"""A chapter cut out of its volume: what comes along, what stays behind, and why it may not be cut at all."""

import io
from tempfile import TemporaryFile

import pikepdf
import pytest

from api.errors import Invalid
from api.intake.split import Cut, CutPages, SplitLimits, split
from tests.intake.volume import volume

USUAL = SplitLimits()
CHAPTER = Cut("4", "6", "The chapter – A Volume", ("Ada Sample", "Rea Der"))


def cut(source: bytes, cut: Cut = CHAPTER, limits: SplitLimits = USUAL) -> tuple[CutPages, bytes]:
    with TemporaryFile() as whole, TemporaryFile() as into:
        whole.write(source)
        whole.flush()
        pages = split(whole, cut, into, limits)
        into.seek(0)
        return pages, into.read()


@pytest.fixture(scope="module")
def chapter() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(cut(volume(active=True))[1]))


def links(pdf: pikepdf.Pdf, page: int = 0) -> list[pikepdf.Object]:
    return [each for each in pdf.pages[page].obj.Annots if each.Subtype == pikepdf.Name.Link]


def test_it_has_the_pages_that_are_printed_so(chapter: pikepdf.Pdf) -> None:
    assert len(chapter.pages) == 3
    assert [page.label for page in chapter.pages] == ["4", "5", "6"]
    assert [b"(page %d)" % number in page.Contents.read_bytes() for number, page in enumerate(chapter.pages, 6)] == [
        True
    ] * 3
    assert [int(side) for side in chapter.pages[1].mediabox] == [0, 0, 300, 400]
    assert "/F1" in chapter.pages[0].obj.Resources.Font


def test_labels_go_on_over_a_change_of_numerals() -> None:
    pages, made = cut(volume(), Cut("ii", "2", "Opening"))
    assert (pages.first, pages.last, pages.by_position) == (1, 4, False)
    assert [page.label for page in pikepdf.open(io.BytesIO(made)).pages] == ["ii", "iii", "1", "2"]
    assert cut(volume(), Cut("II", "III", "Opening"))[0].first == 1


def test_bookmarks_of_the_chapter_come_along_and_lead_to_its_own_pages(chapter: pikepdf.Pdf) -> None:
    with chapter.open_outline() as outline:
        (root,) = outline.root
        (section,) = root.children
    assert (root.title, section.title) == ("The chapter", "A section")
    assert root.destination[0].objgen == chapter.pages[0].obj.objgen
    assert section.destination[0].objgen == chapter.pages[1].obj.objgen
    assert [section.destination[1], int(section.destination[3])] == [pikepdf.Name.XYZ, 200]


def test_links_inside_and_to_the_web_stay_and_all_others_are_gone(chapter: pikepdf.Pdf) -> None:
    direct, named, web = links(chapter)
    assert direct.Dest[0].objgen == chapter.pages[1].obj.objgen
    assert named.Dest[0].objgen == chapter.pages[2].obj.objgen
    assert str(web.A.URI) == "https://doi.org/10.1000/182"
    kinds = [str(each.Subtype) for each in chapter.pages[0].obj.Annots]
    assert kinds == ["/Link"] * 3 + ["/Highlight"]


def test_nothing_of_the_rest_of_the_volume_is_in_it(chapter: pikepdf.Pdf) -> None:
    pages = [each for each in chapter.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Page"]
    assert len(pages) == 3
    whole = b"".join(
        each.read_bytes() if isinstance(each, pikepdf.Stream) else each.unparse() for each in chapter.objects
    )
    for words in (b"page 5", b"page 9", b"JavaScript", b"alert", b"other.pdf", b"passwd", b"a field"):
        assert words not in whole
    assert "/OpenAction" not in chapter.Root
    assert "/AA" not in chapter.pages[0].obj


def test_it_says_what_it_is_and_in_which_language(chapter: pikepdf.Pdf) -> None:
    assert str(chapter.docinfo["/Title"]) == "The chapter – A Volume"
    assert str(chapter.docinfo["/Author"]) == "Ada Sample, Rea Der"
    assert str(chapter.Root.Lang) == "de-AT"
    assert chapter.Root.ViewerPreferences.DisplayDocTitle
    with chapter.open_metadata() as metadata:
        assert metadata["dc:title"] == "The chapter – A Volume"
        assert metadata["dc:creator"] == ["Ada Sample", "Rea Der"]


def test_the_same_cut_makes_the_same_bytes() -> None:
    assert cut(volume())[1] == cut(volume())[1]
    assert cut(volume())[1] != cut(volume(), Cut("4", "6", "Another title"))[1]


def test_without_labels_pages_are_counted() -> None:
    pages, made = cut(volume(labels=False))
    assert (pages.first, pages.last, pages.by_position) == (3, 5, True)
    assert [page.label for page in pikepdf.open(io.BytesIO(made)).pages] == ["4", "5", "6"]


@pytest.mark.parametrize(
    ("source", "first", "last", "words"),
    [
        ({}, "10", "11", "No page of the PDF is labelled “10”; its labels go from “i” to “9”."),
        ({}, "4", "six", "labelled “six”"),
        ({"twice": True}, "1", "2", "More than one page of the PDF is labelled “1”, counted from its beginning: 4, 10"),
        ({}, "6", "4", "last page comes before its first"),
        ({"labels": False}, "iv", "6", "its pages are counted, and “iv” is no number"),
        ({"labels": False}, "4", "13", "12 pages; there is no page 13"),
        ({"labels": False}, "0", "4", "there is no page 0"),
        ({"labels": False}, "4", "9" * 30, "there is no page 9999"),
    ],
)
def test_pages_that_can_not_be_found_are_said_in_words(
    source: dict[str, bool], first: str, last: str, words: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        cut(volume(**source), Cut(first, last, "x"))
    assert words in refusal.value.message


def test_a_damaged_volume_and_one_that_needs_too_much_are_refused() -> None:
    with pytest.raises(Invalid, match="something in it is damaged"):
        cut(b"%PDF-1.7\nno more of it")
    with pytest.raises(Invalid, match=r"memory|damaged"):
        cut(volume(), limits=SplitLimits(memory=1 << 20))
    with pytest.raises(Invalid, match="takes too long"):
        cut(volume(), limits=SplitLimits(wall_seconds=0))
