"""The child that draws one picture: what is asked for comes in, a line of JSON and a chosen picture, and it goes out.

They are drawn three times as large and made smaller, so that edges are smooth, and are the same bytes each time.
"""

import io
import json
import sys
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps, features

from api.delivery.stamp_line import FONTS, face_of, in_visual_order
from api.feeds.paths import polygons
from api.feeds.pictures import Preview
from api.formats.cover import (
    FINE_LINE,
    FINE_SIZE,
    LEADING,
    MARGIN,
    TEXT,
    Block,
    Drawing,
    InkPair,
    art,
    set_title,
)
from api.formats.cover_forms import HEIGHT, WIDTH

NEWSREADER_FILES = Path(__file__).parents[2] / "web" / "static" / "fonts"
SMOOTH = 3
SCALE = 10 / 3  # a cover is 800 by 1200
PREVIEW = (1200, 630)
PANEL = 420  # of a preview, for the leaves
EDGE = 64
PREVIEW_BLOCK = Block(PREVIEW[0] - PANEL - 2 * EDGE, 330, (88, 80, 72, 64, 58, 52, 46, 40, 36), 6)
NEWSREADER = {
    "base": ((0x20, 0x7E), (0xA0, 0xFF), (0x2013, 0x2014), (0x2018, 0x2019), (0x201C, 0x201D), (0x2026, 0x2026)),
    "ext": ((0x100, 0x24F), (0x1E00, 0x1EFF)),
}


def main() -> None:
    line, _, chosen = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(line)
    given = asked["given"]
    if asked["what"] == "chosen":
        drawn = chosen_png(chosen)
    elif asked["what"] == "preview":
        drawn = preview_picture(Preview(**given), chosen)
    else:
        form = given.pop("form")
        drawn = cover_picture(Drawing(**given | {"pair": InkPair(**given["pair"])}), form)
    sys.stdout.buffer.write(drawn)


def cover_picture(drawn: Drawing, form: str) -> bytes:
    sheet = _Sheet((round(WIDTH * SCALE), round(HEIGHT * SCALE)), drawn.pair.stock, SCALE)
    sheet.overprint(drawn.leaves, drawn.pair)
    lines = [(line, drawn.first_line + number * drawn.type_size * LEADING) for number, line in enumerate(drawn.lines)]
    sheet.text(lines, MARGIN, drawn.type_size, WIDTH - 2 * MARGIN)
    if drawn.kicker:
        sheet.text([(drawn.kicker, FINE_LINE)], MARGIN, FINE_SIZE, WIDTH - 2 * MARGIN, is_fine=True)
    return sheet.saved(form)


def chosen_png(chosen: bytes) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(chosen), formats=["WEBP"]) as picture:
        picture.save(file, "png")
    return file.getvalue()


def preview_picture(preview: Preview, chosen: bytes) -> bytes:
    pair, leaves = art(preview.slug, 0)
    sheet = _Sheet(PREVIEW, pair.stock, 1)
    if chosen:
        sheet.place(chosen, PREVIEW[0] - PANEL, (PANEL, PREVIEW[1]))
    else:
        sheet.overprint(leaves, pair, (PREVIEW[0] - PANEL) * 1.0, PANEL / WIDTH)
    size, lines = set_title(preview.title, PREVIEW_BLOCK)
    if len(lines) > PREVIEW_BLOCK.most_lines:
        lines = [*lines[: PREVIEW_BLOCK.most_lines - 1], f"{lines[PREVIEW_BLOCK.most_lines - 1]} …"]
    top = EDGE + size * 0.8
    width = PREVIEW_BLOCK.width
    placed = [(line, top + number * size * LEADING) for number, line in enumerate(lines)]
    sheet.text(placed, EDGE, size, width)
    sheet.text([(preview.people, placed[-1][1] + 62)], EDGE, 30, width, is_fine=True)
    sheet.bar(EDGE, PREVIEW[1] - EDGE - 52, pair)
    sheet.text([(preview.house, PREVIEW[1] - EDGE)], EDGE, 26, width, is_fine=True)
    return sheet.saved("png")


class _Sheet:
    """A sheet of paper in pixels; `scale` of them are one unit of a drawing."""

    def __init__(self, size: tuple[int, int], stock: str, scale: float) -> None:
        self._size = size
        self._scale = scale * SMOOTH
        self._paper = Image.new("RGB", (size[0] * SMOOTH, size[1] * SMOOTH), stock)

    def overprint(self, leaves: tuple[str, str], pair: InkPair, left: float = 0, scale: float = 1) -> None:
        """Both leaves, and the colour where they overlap; `scale` times as large and moved to `left`."""
        first, second = (self._mask(leaf, left, scale) for leaf in leaves)
        for ink, mask in ((pair.first, first), (pair.second, second), (pair.overprint, None)):
            self._paper.paste(ink, mask=mask or ImageChops.multiply(first, second))

    def place(self, chosen: bytes, left: int, room: tuple[int, int]) -> None:
        """A picture as large as there is room to the right of `left`, in the middle of it."""
        with Image.open(io.BytesIO(chosen), formats=["WEBP"]) as picture:
            fitting = ImageOps.contain(picture, (room[0] * SMOOTH, room[1] * SMOOTH))
        beside, above = (room[0] * SMOOTH - fitting.width) // 2, (room[1] * SMOOTH - fitting.height) // 2
        self._paper.paste(fitting, (left * SMOOTH + beside, above))

    def bar(self, x: float, y: float, pair: InkPair) -> None:
        pen = ImageDraw.Draw(self._paper)
        for ink, start in ((pair.first, x), (pair.second, x + 28)):
            pen.rectangle(
                [start * self._scale, y * self._scale, (start + 28) * self._scale, (y + 6) * self._scale], ink
            )

    def text(
        self, lines: list[tuple[str, float]], x: float, size: float, width: float, *, is_fine: bool = False
    ) -> None:
        """Lines at their heights, made smaller together where one would be wider than there is room."""
        room = width * self._scale
        widest = max(_width(line, size * self._scale, is_fine) for line, _ in lines)
        pixels = size * self._scale * min(1.0, room / widest if widest else 1.0)
        pen = ImageDraw.Draw(self._paper)
        for line, y in lines:
            at = x * self._scale
            for piece, font, way in _pieces(line, pixels, is_fine):
                pen.text((at, y * self._scale), piece, TEXT, font, anchor="ls", direction=way)
                at += font.getlength(piece, direction=way)

    def saved(self, form: str) -> bytes:
        file = io.BytesIO()
        small = self._paper.resize(self._size, Image.Resampling.BOX)
        small.save(file, form, **({"quality": 90} if form == "webp" else {}))
        return file.getvalue()

    def _mask(self, leaf: str, left: float, scale: float) -> Image.Image:
        mask = Image.new("L", self._paper.size, 0)
        pen = ImageDraw.Draw(mask)
        for outline in polygons(leaf):
            pen.polygon([((left + x * scale) * self._scale, y * scale * self._scale) for x, y in outline], 255)
        return mask


def _width(line: str, pixels: float, is_fine: bool) -> float:
    return sum(font.getlength(piece, direction=way) for piece, font, way in _pieces(line, pixels, is_fine))


def _pieces(line: str, pixels: float, is_fine: bool) -> list[tuple[str, ImageFont.FreeTypeFont, str | None]]:
    """The line from left to right in pieces of one font and one direction.

    Where Pillow has no libfribidi to join letters with, they stand in their order beside each other.
    """
    found: list[tuple[str, ImageFont.FreeTypeFont, str | None]] = []
    for text, is_rtl in in_visual_order(line):
        of_one_font: list[tuple[str, str]] = []
        for char in text:
            file = _file_of(char, is_fine)
            if file is None:
                file = of_one_font[-1][1] if of_one_font else _SANS
            if of_one_font and (of_one_font[-1][1] == file or char == " "):
                of_one_font[-1] = of_one_font[-1][0] + char, of_one_font[-1][1]
            else:
                of_one_font.append((char, file))
        for piece, file in of_one_font[:: -1 if is_rtl else 1]:
            if JOINS:
                found.append((piece, _font(file, round(pixels)), "rtl" if is_rtl else "ltr"))
            else:
                found.append((piece[::-1] if is_rtl else piece, _font(file, round(pixels)), None))
    return found


JOINS = features.check("raqm") and features.check("fribidi")
LAYOUT = ImageFont.Layout.RAQM if JOINS else ImageFont.Layout.BASIC
_SANS = str(FONTS / "NotoSans-Regular.ttf")


def _file_of(char: str, is_fine: bool) -> str | None:
    """Newsreader where it has the letter and the line is no fine print, else whichever font has it."""
    for name, ranges in NEWSREADER.items():
        if not is_fine and any(first <= ord(char) <= last for first, last in ranges):
            return str(NEWSREADER_FILES / f"newsreader-{name}.woff2")
    face = face_of(char)
    return str(FONTS / f"{face.name}.ttf") if face is not None else None


@cache
def _font(file: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, pixels, layout_engine=LAYOUT)


if __name__ == "__main__":
    main()
