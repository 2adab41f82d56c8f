"""The child that stamps a PDF: it gives up what it doesn't need, and writes one line on every page.

It is run by itself, isolated from the portal, and imports nothing of it but the line. On standard input comes what
the line says; the PDF to read and the file to write are open already. What the pages draw is neither read nor
changed: each page gets one stream before and one after its own, and all share one form with the line in it.
"""

import ctypes
import hashlib
import json
import os
import resource
import sys
import zlib
from contextlib import suppress
from typing import Any

import pikepdf
import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from api.delivery.stamp_line import SIZE, Face, Line, line_of

MARGIN, FOOT, GREY = 18.0, 9.0, 0.42  # points from the sides and from the foot, and how dark
NOTHING = "\u200b"  # what a glyph stands for whose letters another of its group has
TAG = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")  # a subset's name begins with six capitals
NEW_USER, NEW_NETWORK = 0x1000_0000, 0x4000_0000  # Linux, <linux/sched.h>
A_LETTER = (0.0, 0.0, 612.0, 792.0)  # where a page says nothing of its size
LEVELS = 64  # of a page tree that are looked up for what a page inherits
Box = tuple[float, float, float, float]


def main() -> None:
    limits, source, target = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    said = json.load(sys.stdin)
    give_up(most_written=os.fstat(source).st_size + (64 << 20), **limits)
    try:
        with os.fdopen(source, "rb") as read, os.fdopen(target, "wb") as written:
            stamp(read, written, said)
    except MemoryError:
        os._exit(3)
    print(json.dumps({"done": True}), flush=True)
    os._exit(0)


def give_up(memory: int, cpu_seconds: int, most_written: int, **_: int) -> None:
    """Lower the limits for good, and leave the network where the system allows it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_written, most_written))
    with suppress(AttributeError, OSError):  # not Linux, or not permitted
        leave = ctypes.CDLL(None).unshare
        if leave(NEW_NETWORK) != 0:
            leave(NEW_USER | NEW_NETWORK)


def stamp(read: Any, written: Any, said: dict[str, str]) -> None:
    """Copy a PDF with the line on each page. The same PDF and the same words give the same bytes."""
    with pikepdf.open(read, access_mode=pikepdf.AccessMode.stream) as pdf:
        name = Name(f"/Gatefold-{said['number']}")  # so that it meets no other, not even an older stamp's
        form, width = drawn(pdf, line_of(said))
        before = pdf.make_stream(b"q\n")
        after: dict[str, Object] = {}
        for page in pdf.pages:
            placed = placement(page.obj, width)
            if placed not in after:
                artifact = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
                after[placed] = pdf.make_stream(f"\nQ {artifact} q {placed} cm {name} Do Q EMC\n".encode())
            own = page.obj.get(Name.Contents)
            streams = list(own) if isinstance(own, Array) else [own] if isinstance(own, Stream) else []
            page.obj[Name.Contents] = Array([before, *streams, after[placed]])
            resources = inherited(page.obj, Name.Resources)
            if not isinstance(resources, Dictionary):
                resources = page.obj[Name.Resources] = Dictionary()
            if not isinstance(resources.get(Name.XObject), Dictionary):
                resources[Name.XObject] = Dictionary()
            resources[Name.XObject][name] = form
        pdf.save(
            written,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
        )


def placement(page: Object, width: float) -> str:
    """The matrix that puts the line in the middle at the foot of what is seen of the page, whichever way it is turned.

    A line wider than the page is made smaller.
    """
    x0, y0, x1, y1 = visible(page)
    turn = _whole(inherited(page, Name.Rotate)) // 90 % 4
    unit = _number(page.get(Name.UserUnit)) or 1.0
    across, up = (y1 - y0, x1 - x0) if turn % 2 else (x1 - x0, y1 - y0)
    scale = min(1.0 / unit, max(across * 0.05, across - 2 * MARGIN / unit) / width)
    along, foot = (across - width * scale) / 2, min(FOOT / unit, up * 0.05)
    a, b = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]  # where the seen page's right is
    corner_x, corner_y = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))[turn]
    e, f = corner_x + a * along - b * foot, corner_y + b * along + a * foot
    return " ".join(f"{value:.4f}" for value in (a * scale, b * scale, -b * scale, a * scale, e, f))


def visible(page: Object) -> Box:
    media = _box(inherited(page, Name.MediaBox)) or A_LETTER
    crop = _box(inherited(page, Name.CropBox)) or media
    cut = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    return cut if cut[2] > cut[0] and cut[3] > cut[1] else media


def inherited(page: Object, key: Name) -> Any:
    node: Any = page
    for _ in range(LEVELS):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get(Name.Parent)
    return None


def _box(value: Any) -> Box | None:
    if not isinstance(value, Array) or len(value) != 4:
        return None
    a, b, c, d = (_number(each) for each in value)
    if a is None or b is None or c is None or d is None:
        return None
    box = min(a, c), min(b, d), max(a, c), max(b, d)
    return box if box[2] > box[0] and box[3] > box[1] else None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _whole(value: Any) -> int:
    number = _number(value)
    return int(number) if number is not None else 0


def drawn(pdf: Pdf, line: Line) -> tuple[Object, float]:
    """The form with the line in it, its left end at the origin, and the line's width."""
    fonts, numbers = Dictionary(), dict[str, dict[int, int]]()
    drawing, current = [f"BT {GREY} g"], None
    for glyph in line.glyphs:
        face = glyph.face
        if face.name not in numbers:
            fonts[f"/F{len(numbers)}"], numbers[face.name] = embedded(pdf, face)
        if face is not current:
            drawing.append(f"/F{list(numbers).index(face.name)} {SIZE} Tf")
            current = face
        drawing.append(f"1 0 0 1 {glyph.x:.3f} {glyph.y:.3f} Tm <{numbers[face.name][glyph.number]:04X}> Tj")
    form = pdf.make_stream(
        "\n".join([*drawing, "ET"]).encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([-SIZE, -SIZE, round(line.width + SIZE, 3), 2 * SIZE]),
        Resources=Dictionary(Font=fonts),
    )
    return form, line.width


def embedded(pdf: Pdf, face: Face) -> tuple[Object, dict[int, int]]:
    """A font with the glyphs that are used and no more, and what number each has in it."""
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(face.used)
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.drop_table_tag_set.update(int.from_bytes(table, "big") for table in (b"GSUB", b"GPOS", b"GDEF"))
    plan = hb.SubsetPlan(face.face, wanted)
    data = bytes(plan.execute().blob.data)
    numbers = dict(plan.old_to_new_glyph_mapping)
    per_mille = 1000 / face.face.upem
    widths = {new: face.font.get_glyph_h_advance(old) * per_mille for old, new in numbers.items()}
    extents = face.font.get_font_extents("ltr")
    name = Name(f"/{hashlib.sha256(data).hexdigest()[:6].translate(TAG)}+{face.name}")
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=Array([0, round(extents.descender * per_mille), 1000, round(extents.ascender * per_mille)]),
        ItalicAngle=0,
        Ascent=round(extents.ascender * per_mille),
        Descent=round(extents.descender * per_mille),
        CapHeight=700,
        StemV=80,
        FontFile2=pdf.make_indirect(pdf.make_stream(zlib.compress(data), Filter=Name.FlateDecode, Length1=len(data))),
    )
    glyphs = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=0,
        W=Array([part for new, width in sorted(widths.items()) for part in (new, Array([round(width, 2)]))]),
        CIDToGIDMap=Name.Identity,
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(glyphs)]),
        ToUnicode=pdf.make_stream(spelt({numbers[old]: text or NOTHING for old, text in face.used.items()})),
    )
    return pdf.make_indirect(font), numbers


def spelt(texts: dict[int, str]) -> bytes:
    """The map from glyphs back to characters, so that the line can be searched for (ISO 32000-1, 9.10.3)."""
    pairs = [f"<{number:04X}> <{text.encode('utf-16-be').hex().upper()}>" for number, text in sorted(texts.items())]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()


if __name__ == "__main__":
    main()
