"""The stamp on the page: at the foot of what is seen, whichever way the page is turned, and nothing else touched."""

import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageChops, ImageStat

from api.delivery.stamp import Line, NotStamped, StampLimits, stamp
from tests import make

ANA = Line("Ana Sample", "Reader 7", "Rivers of Paper", "22 November 2026", "7K3M-92QX")
SCALE = 3  # pixels to a point
Change = Callable[[Any], None]


def stamped(content: bytes, line: Line = ANA, limits: StampLimits | None = None) -> bytes:
    with TemporaryFile() as source, TemporaryFile() as target:
        source.write(content)
        source.flush()
        stamp(source, target, line, limits or StampLimits())  # type: ignore[arg-type]
        target.seek(0)
        return target.read()


def pages_of(*changes: Change) -> bytes:
    """A PDF of 300 × 400 points, with one page for each change."""
    with pikepdf.new() as pdf:
        for change in changes:
            page = pdf.add_blank_page(page_size=(300, 400))
            page.Contents = pdf.make_stream(b"0.9 g 40 60 100 80 re f")
            change(page.obj)
        saved = io.BytesIO()
        pdf.save(saved)
    return saved.getvalue()


def turned(degrees: int) -> Change:
    """Turned, and cut so that 300 × 400 points are seen: the same paper to the eye."""

    def change(page: Any) -> None:
        page.Rotate = degrees
        page.MediaBox = Array([0, 0, 400, 300] if degrees % 180 else [0, 0, 300, 400])

    return change


def boxed(media: list[float], crop: list[float] | None = None, **more: Any) -> Change:
    def change(page: Any) -> None:
        page.MediaBox = Array(media)
        if crop is not None:
            page.CropBox = Array(crop)
        for name, value in more.items():
            page[f"/{name}"] = value

    return change


def picture(content: bytes, number: int) -> Image.Image:
    with pdfium.PdfDocument(content) as document:
        return document[number].render(scale=SCALE).to_pil().convert("L")


def ink(before: bytes, after: bytes, number: int = 0) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """The stamped page, and the box around all that is new on it."""
    seen = picture(after, number)
    box = ImageChops.difference(picture(before, number), seen).getbbox()
    assert box is not None, "nothing is stamped"
    return seen, box


def assert_at_the_foot(seen: Image.Image, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    assert abs((left + right) / 2 - seen.width / 2) < 3 * SCALE, "not in the middle"
    assert seen.height - 20 * SCALE < top, "not at the foot"
    assert bottom < seen.height - 2 * SCALE, "cut off"
    assert right - left > 5 * (bottom - top), "not along the foot"


def test_each_way_a_page_is_turned_looks_the_same() -> None:
    ways = [0, 90, 180, 270, -90, 450]
    plain = pages_of(*map(turned, ways))
    done = stamped(plain)
    found = []
    for number in range(len(ways)):
        seen, box = ink(plain, done, number)
        assert seen.size == (300 * SCALE, 400 * SCALE)
        assert_at_the_foot(seen, box)
        found.append(seen.crop((0, seen.height - 20 * SCALE, seen.width, seen.height)))
    for other in found[1:]:
        upright = ImageStat.Stat(ImageChops.difference(found[0], other)).mean[0]
        upside_down = ImageStat.Stat(ImageChops.difference(found[0], other.rotate(180))).mean[0]
        assert upright < 1 < upside_down


CUT = {
    "negative": boxed([-100, -200, 200, 200]),
    "cropped": boxed([0, 0, 600, 800], [100, 150, 400, 550]),
    "corners the other way round": boxed([0, 0, 600, 800], [400, 550, 100, 150]),
    "cropped beyond the paper": boxed([0, 0, 600, 800], [-50, -50, 300, 400]),
    "cropped and turned": boxed([0, 0, 600, 800], [100, 150, 500, 450], Rotate=90),
    "negative, cropped and turned": boxed([-300, -400, 0, 0], [-250, -380, -50, -80], Rotate=270),
    "another unit": boxed([0, 0, 100, 133], UserUnit=3),
    "a poster": boxed([0, 0, 2400, 3200]),
    "a card": boxed([0, 0, 120, 90]),
}


def test_it_stands_at_the_foot_of_what_is_seen() -> None:
    plain = pages_of(*CUT.values())
    done = stamped(plain)
    for number, what in enumerate(CUT):
        print(what)
        assert_at_the_foot(*ink(plain, done, number))


def test_what_a_page_inherits_counts() -> None:
    with pikepdf.open(io.BytesIO(pages_of(turned(0)))) as pdf:
        page = pdf.pages[0].obj
        del page[Name.MediaBox], page[Name.Resources]
        page.Parent.MediaBox = Array([0, 0, 400, 300])
        page.Parent.Rotate = 90
        page.Parent.Resources = Dictionary()
        saved = io.BytesIO()
        pdf.save(saved)
    plain = saved.getvalue()
    assert_at_the_foot(*ink(plain, stamped(plain)))


def test_tags_bookmarks_labels_and_streams_stay_as_they_were() -> None:
    with pikepdf.open(io.BytesIO(pages_of(turned(0), turned(0)))) as pdf:
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = String("en-GB")
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r), 1, Dictionary(S=Name.D)]))
        element = Dictionary(Type=Name.StructElem, S=Name.P, Pg=pdf.pages[0].obj, K=0)
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=pdf.make_indirect(element)))
        pdf.pages[0].Contents = pdf.make_stream(b"/P <</MCID 0>> BDC 0.9 g 40 60 100 80 re f EMC")
        pdf.pages[0].StructParents = 0
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Chapter", 1))
        saved = io.BytesIO()
        pdf.save(saved)
    with pikepdf.open(io.BytesIO(saved.getvalue())) as old, pikepdf.open(io.BytesIO(stamped(saved.getvalue()))) as new:
        for key in ("/MarkInfo", "/Lang", "/PageLabels"):
            assert old.Root[key].unparse(resolved=True) == new.Root[key].unparse(resolved=True)
        assert new.Root.StructTreeRoot.K.K == 0
        assert new.pages[0].StructParents == 0
        assert [item.title for item in new.open_outline().root] == ["Chapter"]
        for before, after in zip(old.pages, new.pages, strict=True):
            first, own, last = after.Contents
            assert own.read_raw_bytes() == before.Contents.read_raw_bytes()
            assert first.read_bytes() == b"q\n"
            assert last.read_bytes().startswith(b"\nQ /Artifact <</Type /Pagination")
        forms = {page.Resources.XObject["/Gatefold-7K3M-92QX"].objgen for page in new.pages}
        assert len(forms) == 1


def test_the_same_line_gives_the_same_bytes() -> None:
    assert stamped(make.pdf()) == stamped(make.pdf())
    assert stamped(make.pdf()) != stamped(
        make.pdf(), Line("Ben", "Reader 8", "Rivers", "22 November 2026", "7K3M-92QY")
    )


def test_a_stamped_file_can_be_stamped_again() -> None:
    twice = stamped(stamped(make.pdf(1)), Line("Ben", "Reader 8", "Rivers", "23 November 2026", "XXXX-92QX"))
    with pikepdf.open(io.BytesIO(twice)) as pdf:
        assert set(pdf.pages[0].Resources.XObject.keys()) == {"/Gatefold-7K3M-92QX", "/Gatefold-XXXX-92QX"}


NAMES = ("Ana Sample", "Žižek Đorđe", "Мария Иванова", "Νίκος Καζαντζάκης", "王小明", "さくら 山田", "김철수", "ณัฐ")
MORE_NAMES = ("Գարիկ", "გიორგი", "አበበ", "བསྟན་འཛིན")
JOINED = ("محمد علي", "דוד כהן", "राम शर्मा", "சுப்பிரமணியன்", "ព្រះ", "သန်း")
MORE_JOINED = ("রহিম", "ਗੁਰਪ੍ਰੀਤ", "પટેલ", "ରାମ", "ਸਿੰਘ", "ชัย", "ಕನ್ನಡ", "తెలుగు", "മലയാളം")


def test_names_of_many_scripts_can_be_found_in_the_copy() -> None:
    text = text_of(Line(" / ".join(NAMES + MORE_NAMES), "Reader 7", "Rivers", "22 November 2026", "7K3M-92QX"))
    assert [name for name in NAMES + MORE_NAMES if name not in text] == []


def test_scripts_that_join_or_turn_are_drawn_with_their_own_letters() -> None:
    text = text_of(Line(" / ".join(JOINED + MORE_JOINED), "Reader 7", "Rivers", "22 November 2026", "7K3M-92QX"))
    assert "Reader 7" not in text
    assert [name for name in JOINED + MORE_JOINED if not set(name.split()[0]) & set(text)] == []
    assert "Rivers" in text


def test_right_to_left_words_stand_in_their_order() -> None:
    """The first letter of an Arabic or Hebrew name is its rightmost; a Latin part beside it keeps its own order."""
    from api.delivery.stamp_line import in_visual_order

    assert list(in_visual_order("דוד כהן")) == [("דוד כהן", True)]
    assert list(in_visual_order("דוד Cohen 3")) == [("Cohen 3", False), ("דוד ", True)]
    assert list(in_visual_order("Ana (דוד כהן) B")) == [("Ana (", False), ("דוד כהן", True), (") B", False)]


@pytest.mark.parametrize("name", ["", "𓀀𓁀"])
def test_a_name_that_no_font_has_gives_way_to_the_accounts_number(name: str) -> None:
    assert "Reader 7" in text_of(Line(name, "Reader 7", "Rivers", "22 November 2026", "7K3M-92QX"))


def test_what_is_no_letter_is_left_out_of_a_name() -> None:
    text = text_of(Line("Ana 🙂 \u202eSample\x07", "Reader 7", "Rivers 🙂", "22 November 2026", "7K3M-92QX"))
    assert "Ana Sample" in text


def text_of(line: Line) -> str:
    with pdfium.PdfDocument(stamped(make.pdf(1), line)) as document:
        return str(document[0].get_textpage().get_text_range())


@pytest.mark.parametrize(
    ("content", "limits", "words"),
    [
        (b"%PDF-1.7 and nothing more", StampLimits(), "can be written again"),
        (make.pdf(), StampLimits(wall_seconds=0), "over 0 seconds"),
        (make.pdf(), StampLimits(memory=1 << 20), "can be written again"),
    ],
    ids=["damaged", "slow", "large"],
)
def test_what_can_not_be_stamped_says_why(content: bytes, limits: StampLimits, words: str) -> None:
    with pytest.raises(NotStamped, match=words):
        stamped(content, limits=limits)


def test_the_fonts_come_with_their_licences() -> None:
    fonts = Path(__file__).parents[2] / "api" / "delivery" / "fonts"
    assert "SIL OPEN FONT LICENSE" in (fonts / "OFL.txt").read_text()
    assert "Apache License" in (fonts / "Apache-2.0.txt").read_text()
