"""A line of text in any script as glyphs at their places: fonts chosen, letters joined, words in their order."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz as hb

FONTS = Path(__file__).with_name("fonts")
FIRST, LAST = ("NotoSans-Regular",), ("DroidSansFallbackFull", "GatefoldHangul")
SIZE = 6.5  # points
BETWEEN = "   ·   "
JOINERS = "\u200c\u200d"


class Face:
    """One of the fonts, and what of it has been drawn."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.face = hb.Face(hb.Blob.from_file_path(str(path)))
        self.font = hb.Font(self.face)
        self.per_point = SIZE / self.face.upem
        self.used: dict[int, str] = {}  # the letters of each glyph

    def has(self, char: str) -> bool:
        return bool(self.font.get_nominal_glyph(ord(char)))


@dataclass(frozen=True)
class Glyph:
    """A glyph of a face, at a place on the line in points."""

    face: Face
    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    glyphs: list[Glyph]
    width: float


def line_of(said: dict[str, str]) -> Line:
    """Name, title, date and number, each laid out by itself, so that no script turns the order of the others."""
    name = drawable(said["name"]) or said["otherwise"]
    parts = (name, drawable(said["title"], at_any_rate=True), said["date"], said["number"])
    glyphs: list[Glyph] = []
    x = 0.0
    for index, part in enumerate(each for each in parts if each):
        for text, is_rtl in [(BETWEEN, False)] * (index > 0) + list(in_visual_order(part)):
            x = shaped(text, is_rtl, x, glyphs)
    return Line(glyphs, x)


def drawable(text: str, *, at_any_rate: bool = False) -> str:
    """The text without what is no letter and in no font; nothing where a letter is in no font.

    `at_any_rate` leaves such letters out instead.
    """
    kept = ""
    for char in unicodedata.normalize("NFC", " ".join(text.split())):
        kind = unicodedata.category(char)
        if char in JOINERS or (kind[0] != "C" and face_of(char) is not None):
            kept += char
        elif kind[0] in "LMN" and not at_any_rate:
            return ""
    return " ".join(kept.split()).strip(JOINERS)


def in_visual_order(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of one direction, from left to right: the part of the Unicode rules that names and titles need."""
    ways = [_way(char) for char in text]
    strong = [way for way in ways if way is not None]
    base = strong[0] if strong else False
    pieces: list[tuple[str, bool]] = []
    for at, char in enumerate(text):
        way = ways[at]
        if pieces and unicodedata.bidirectional(char) == "NSM":  # a mark stays with its letter
            way = pieces[-1][1]
        if way is None:  # a space between two words of one direction goes with them
            before = next((each for each in reversed(ways[:at]) if each is not None), base)
            after = next((each for each in ways[at:] if each is not None), base)
            way = before if before == after else base
        if pieces and pieces[-1][1] == way:
            pieces[-1] = pieces[-1][0] + char, way
        else:
            pieces.append((char, way))
    yield from reversed(pieces) if base else pieces


def _way(char: str) -> bool | None:
    """Whether a character runs from right to left; None for what follows its neighbours."""
    kind = unicodedata.bidirectional(char)
    return True if kind in ("R", "AL") else False if kind in ("L", "EN", "AN") else None


def shaped(text: str, is_rtl: bool, x: float, glyphs: list[Glyph]) -> float:
    """Add the glyphs of a piece from `x` on; where it ends."""
    pieces: list[tuple[Face, str]] = []
    for char in text:
        last = pieces[-1][0] if pieces else None
        keeps = last is not None and (last.has(char) or char in JOINERS)
        face = last if keeps and last is not None else face_of(char) or faces()[0]
        if face is last:
            pieces[-1] = face, pieces[-1][1] + char
        else:
            pieces.append((face, char))
    for face, piece in reversed(pieces) if is_rtl else pieces:
        buffer = hb.Buffer()
        buffer.add_codepoints([ord(char) for char in piece])
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_rtl else "ltr"
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        hb.shape(face.font, buffer)
        starts = sorted({info.cluster for info in buffer.glyph_infos})
        ends = dict(zip(starts, [*starts[1:], len(piece)], strict=True))
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            across, up = x + position.x_offset * face.per_point, position.y_offset * face.per_point
            glyphs.append(Glyph(face, info.codepoint, across, up))
            letters = piece[info.cluster : ends.pop(info.cluster, info.cluster)]  # of several glyphs the first has them
            face.used[info.codepoint] = face.used.get(info.codepoint) or letters
            x += position.x_advance * face.per_point
    return x


def face_of(char: str) -> Face | None:
    return next((face for face in faces() if face.has(char)), None)


@cache
def faces() -> list[Face]:
    others = sorted(path.stem for path in FONTS.glob("*.ttf") if path.stem not in FIRST + LAST)
    return [Face(FONTS / f"{stem}.ttf") for stem in (*FIRST, *others, *LAST)]
