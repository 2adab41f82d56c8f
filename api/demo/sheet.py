"""The paper of a sample volume: fonts, margins, running head, footer, and the folding figure."""

from datetime import UTC, datetime
from math import copysign, cos, pi, sin
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.enums import Align, BlendMode, MethodReturnValue, PageMode, WrapMode, XPos, YPos

from api.formats.cover import PAIRS, ink

FONT = Path(__file__).parents[2] / "web/static/fonts/newsreader-base.woff2"
WIDTH, HEIGHT = 155.0, 235.0  # millimetres, the format of scholarly volumes
LEFT, RIGHT, TOP, FOOT = 22.0, 22.0, 30.0, 216.0
MEASURE = WIDTH - LEFT - RIGHT
TEXT, DISPLAY = "Newsreader Text", "Newsreader Display"
OPTICAL_SIZES = {TEXT: 14, DISPLAY: 60}  # of one variable font
INK, GREY, HAIRLINE = (21, 23, 26), (99, 103, 111), (200, 200, 192)
THINNEST = 0.04  # of a leaf's width, so that a leaf seen edge-on is still a leaf
MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)  # fixed, so that the same description gives the same bytes


def cast_fonts(folder: Path) -> None:
    """Write the font at its two optical sizes, once for all volumes that are made from `folder`."""
    for family, size in OPTICAL_SIZES.items():
        font = TTFont(FONT, recalcTimestamp=False)
        instantiateVariableFont(font, {"opsz": size}, inplace=True)
        font.flavor = None
        font.save(folder / f"{family}.ttf")


class Sheet(FPDF):
    """A PDF in the house's type. Lengths are in millimetres, type sizes in points."""

    def __init__(self, fonts: Path, slug: str, mark: str, language: str) -> None:
        super().__init__(unit="mm", format=(WIDTH, HEIGHT))
        for family in OPTICAL_SIZES:
            self.add_font(family, fname=fonts / f"{family}.ttf")
        self.set_auto_page_break(False)
        self.set_margins(LEFT, TOP, RIGHT)
        self.c_margin = 0
        self.set_creation_date(MADE_AT)
        self.set_lang(language)
        self.page_mode = PageMode.USE_OUTLINES
        self._mark = mark
        pair = next(pair for pair in PAIRS if ink(slug).endswith(pair.name))
        self.inks = (_rgb(pair.first), _rgb(pair.second))
        self._last_label: tuple[str, int] | None = None

    def turn(self, style: str, number: int, folio: str, running_head: str = "") -> None:
        """Begin the page that carries the printed number `number` (style `r` or `D`), shown as `folio`."""
        goes_on = self._last_label == (style, number - 1)
        self._last_label = (style, number)
        if goes_on:
            self.add_page()
        else:
            self.add_page(label_style=style, label_start=number)
        self._type(TEXT, 8.5, GREY)
        self.set_xy(LEFT, 15)
        self.cell(MEASURE, 5, self._shortened(running_head), align=Align.L)
        self.set_draw_color(*HAIRLINE)
        self.set_line_width(0.15)
        self.line(LEFT, FOOT + 2, WIDTH - RIGHT, FOOT + 2)
        self.set_xy(LEFT, FOOT + 4)
        self.cell(MEASURE, 5, self._mark, align=Align.L)
        self.set_xy(LEFT, FOOT + 4)
        self.cell(MEASURE, 5, folio, align=Align.R)

    def headline(self, text: str, size: float, top: float | None = None) -> None:
        self._set(text, DISPLAY, size, INK, 1.06, top)

    def prose(self, text: str, size: float = 10.5, top: float | None = None) -> None:
        self._set(text, TEXT, size, INK, 1.42, top)

    def note(self, text: str, size: float = 9, top: float | None = None) -> None:
        self._set(text, TEXT, size, GREY, 1.4, top)

    def space(self, millimetres: float) -> None:
        self.set_y(self.get_y() + millimetres)

    def prose_height(self, text: str, size: float) -> float:
        self._type(TEXT, size, INK)
        height = self.multi_cell(
            MEASURE, _leading(size, 1.42), text, align=Align.L, dry_run=True, output=MethodReturnValue.HEIGHT
        )
        assert isinstance(height, float)
        return height

    def entry(self, text: str, folio: str, link: int | None, *, indent: float = 0, size: float = 10.5) -> None:
        """A line of the contents with its page number at the right edge, both leading there."""
        top = self.get_y()
        self._type(TEXT, size, INK)
        if folio:
            self.set_x(WIDTH - RIGHT - 14)
            self.cell(14, _leading(size, 1.3), folio, align=Align.R, link=link)
        self.set_xy(LEFT + indent, top)
        self.multi_cell(
            MEASURE - indent - 18,
            _leading(size, 1.3),
            text,
            align=Align.L,
            link=link,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def aside(self, text: str, indent: float) -> None:
        self._type(TEXT, 9, GREY)
        self.set_x(LEFT + indent)
        self.multi_cell(
            MEASURE - indent - 18, _leading(9, 1.3), text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def fold(self, progress: float, left: float, top: float, width: float, height: float) -> None:
        """A gatefold seen from above: its right leaf lies open at 0 and has folded over the left one at 1."""
        leaf, angle = width / 2, progress * pi
        reach = copysign(max(abs(cos(angle)), THINNEST), cos(angle))
        hinge, edge = left + leaf, left + leaf + leaf * reach
        lift = height * 0.16 * sin(angle)
        with self.local_context(blend_mode=BlendMode.MULTIPLY):
            self.set_fill_color(*self.inks[0])
            self.rect(left, top, leaf, height, style="F")
            self.set_fill_color(*self.inks[1])
            self.polygon(
                [(hinge, top), (edge, top - lift), (edge, top + height + lift), (hinge, top + height)], style="F"
            )

    def _set(
        self, text: str, family: str, size: float, colour: tuple[int, int, int], leading: float, top: float | None
    ) -> None:
        if top is not None:
            self.set_y(top)
        self._type(family, size, colour)
        self.set_x(LEFT)
        self.multi_cell(
            MEASURE,
            _leading(size, leading),
            text,
            align=Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            wrapmode=WrapMode.WORD,
        )

    def _type(self, family: str, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font(family, size=size)
        self.set_text_color(*colour)

    def _shortened(self, text: str) -> str:
        if self.get_string_width(text) <= MEASURE:
            return text
        while self.get_string_width(text + " …") > MEASURE:
            text = text.rpartition(" ")[0]
        return text + " …"


def _leading(size: float, factor: float) -> float:
    return size * factor * 25.4 / 72


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
