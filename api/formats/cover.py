"""The typographic cover: a pure function of a title's slug, full title and kicker, drawn as SVG.

Two inks print on a paper stock; where the two leaves of the fold overlap, a clip path draws the overprint, so any
renderer gives the same picture. The salt, the order of the pairs and the order of the forms may never change.
Where an editor chose a picture, it stands on the stock in the place of all that.
"""

from base64 import b64encode
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from api.formats.cover_forms import FORMS, HEIGHT, WIDTH, Sheet, disc
from api.formats.xml import clean

if TYPE_CHECKING:  # the child that draws pictures needs no tables
    from api.formats.record import TitleRecord

SALT = "gatefold/1103:"
MARGIN = 16
LEADING = 1.04
TEXT = "#15171a"
FINE_LINE, FINE_SIZE = 19, 8.5
KEPT = 1024  # drawings in memory, of about 2 kB each

# Advance widths of U+0020 to U+007E in hundredths of an em (Newsreader at display size), two digits each.
_ADVANCES = (
    "2226345656777119272742522334223956565656565656565656252652525243887063697563587479"
    "334272599776776077645466766895706763313931524150455443554533485527245326815652555438"
    "353373517350514230243052"
)
ADVANCE = {chr(32 + i): int(_ADVANCES[2 * i : 2 * i + 2]) / 100 for i in range(95)} | {"@": 1.0}
OTHER_ADVANCE = 0.6


class InkPair(NamedTuple):
    """Two inks, the colour where they overlap, and the stock they print on. The page's tints are in the CSS."""

    name: str
    first: str
    second: str
    overprint: str
    stock: str


class Block(NamedTuple):
    """Where a title is set: its room, and the sizes to try, the largest first."""

    width: float
    depth: float
    sizes: tuple[float, ...]
    most_lines: int


COVER_BLOCK = Block(WIDTH - 2 * MARGIN, 132, (34, 31, 28, 26, 24, 22, 20, 18, 16.5, 15), 6)
PAIRS = (
    InkPair("cinnabar-ultramarine", "#E2492F", "#2C48C4", "#231A4A", "#F3F1EA"),
    InkPair("bottle-ochre", "#1C7A59", "#E3AA2B", "#17402A", "#F2F1E9"),
    InkPair("petrol-coral", "#12718A", "#F07B5E", "#0E3240", "#EFF1EE"),
    InkPair("ultramarine-yellow", "#2C48C4", "#F2C230", "#1C2B52", "#F1F1EC"),
    InkPair("graphite-cinnabar", "#3A4048", "#E2492F", "#26120D", "#EEEFEE"),
    InkPair("olive-rose", "#7C7B2A", "#DB5A86", "#3E2A1A", "#F3F0EC"),
    InkPair("sky-brick", "#5AA3D8", "#B5432F", "#3B2430", "#EFF1F1"),
    InkPair("plum-mint", "#74346A", "#6FBF9F", "#352A44", "#F1F0EE"),
)


class Drawing(NamedTuple):
    """Everything that a cover shows, in units of its sheet: two leaves as paths, and the lines of the title."""

    number: int
    pair: InkPair
    leaves: tuple[str, str]
    type_size: float
    lines: tuple[str, ...]
    first_line: float  # where its letters stand
    kicker: str | None


def cover(title: "TitleRecord", size: str = "") -> Markup:
    """The cover as inline SVG of 240 by 360 units; `size` is one more class name, such as `cover--s`."""
    attributes = f'class="{escape(f"cover {size}".strip())}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"'
    attributes += ' focusable="false"'
    if title.cover_digest is not None:
        return _around(title, f"/covers/{title.slug}/small.webp", attributes)
    return _svg(drawing(title), attributes)


def cover_file(title: "TitleRecord", chosen: bytes | None = None) -> bytes:
    """The cover as a file of its own, with the picture in it that was chosen (WebP)."""
    attributes = (
        f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{2 * WIDTH}" height="{2 * HEIGHT}"'
        f' role="img" aria-label="{escape(clean(title.full_title))}"'
    )
    if chosen is not None:
        return f"{_around(title, f'data:image/webp;base64,{b64encode(chosen).decode()}', attributes)}\n".encode()
    return f"{_svg(drawing(title), attributes)}\n".encode()


def drawing(title: "TitleRecord") -> Drawing:
    return _drawn(title.slug, clean(title.full_title), clean(title.kicker) if title.kicker else None)


def art(slug: str, top: float) -> tuple[InkPair, tuple[str, str]]:
    """The inks of a title and its two leaves, on a sheet that is free from `top` down."""
    number = _hash(slug)
    rolls = ((number >> 8 & 0xFF) / 255, (number >> 16 & 0xFF) / 255, (number >> 24 & 0xFF) / 255)
    return PAIRS[number % len(PAIRS)], FORMS[(number >> 5) % len(FORMS)](Sheet(top, rolls))


@lru_cache(maxsize=KEPT)
def _drawn(slug: str, full_title: str, kicker: str | None) -> Drawing:
    type_size, lines = set_title(full_title, COVER_BLOCK)
    first_line = 30 + type_size * 0.8
    top = max(164.0, first_line + (len(lines) - 1) * type_size * LEADING + 30)
    pair, leaves = art(slug, top)
    return Drawing(_hash(slug), pair, leaves, type_size, tuple(lines), first_line, kicker)


def _around(title: "TitleRecord", picture: str, attributes: str) -> Markup:
    """The stock with a picture on it, as large as it fits; `picture` is its address."""
    return Markup(  # noqa: S704 (all text in it is escaped)
        f'<svg {attributes}><rect width="{WIDTH}" height="{HEIGHT}" fill="{drawing(title).pair.stock}"/>'
        f'<image href="{escape(picture)}" width="{WIDTH}" height="{HEIGHT}"/></svg>'
    )


def _svg(drawn: Drawing, attributes: str) -> Markup:
    spans = "".join(
        f'<tspan x="{MARGIN}" y="{drawn.first_line + i * drawn.type_size * LEADING:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(drawn.lines)
    )
    fine_line = (
        f'<text class="fine" x="{MARGIN}" y="{FINE_LINE}" font-size="{FINE_SIZE}"'
        f' font-family="system-ui,sans-serif" fill="{TEXT}">{escape(drawn.kicker)}</text>'
        if drawn.kicker
        else ""
    )
    return Markup(  # noqa: S704 (all text in it is escaped above)
        f'<svg {attributes}><rect width="{WIDTH}" height="{HEIGHT}" fill="{drawn.pair.stock}"/>'
        f"{_overprint(drawn.leaves, drawn.pair, f'c{drawn.number:x}')}"
        f'<text font-size="{drawn.type_size}" font-family="Newsreader,serif" fill="{TEXT}" letter-spacing="-.2">'
        f"{spans}</text>{fine_line}</svg>"
    )


def ink(slug: str) -> str:
    """The class that gives a page the leaf tint and spot colour of a title."""
    return f"ink-{PAIRS[_hash(slug) % len(PAIRS)].name}"


def strip(art: str, pair: str) -> Markup:
    """A wide overprint for the foot of an error page: `apart`, `shut`, `spent` or `crowd`, in a named pair."""
    inks = next(p for p in PAIRS if p.name == pair)
    return Markup(  # noqa: S704 (nothing in it comes from outside)
        '<svg class="strip" viewBox="0 0 1040 300" preserveAspectRatio="xMidYMin slice" aria-hidden="true"'
        f' focusable="false">{_overprint(_STRIPS[art], inks, "strip")}</svg>'
    )


_STRIPS = {
    "apart": (disc(250, 250, 180), disc(800, 300, 180)),
    "shut": ("M0 96L520 0V300H0z", "M1040 96L520 0V300H1040z"),
    "spent": (
        "".join(f"M0 {20 + i * 58}H{width}v30H0z" for i, width in enumerate((980, 720, 500, 290, 110))),
        "".join(f"M0 {36 + i * 58}H{width}v30H0z" for i, width in enumerate((640, 430, 250, 110, 30))),
    ),
    "crowd": (
        "".join(disc(20 + i * 200, 150, 92) for i in range(6)),
        "".join(disc(120 + i * 200, 206, 92) for i in range(5)),
    ),
}


def _overprint(leaves: tuple[str, str], pair: InkPair, clip: str) -> str:
    first, second = leaves
    return (
        f'<clipPath id="{clip}"><path d="{first}"/></clipPath>'
        f'<path d="{first}" fill="{pair.first}"/><path d="{second}" fill="{pair.second}"/>'
        f'<path d="{second}" fill="{pair.overprint}" clip-path="url(#{clip})"/>'
    )


def set_title(title: str, block: Block) -> tuple[float, list[str]]:
    """The largest size at which the title fits its block, and its lines; never under the smallest size."""
    size, lines = 0.0, [title]
    for size in block.sizes:
        lines = _wrap(title, size, block.width)
        widest = max(_measure(line, size) for line in lines)
        deep = len(lines) * size * LEADING
        if deep <= block.depth and widest <= block.width and len(lines) <= block.most_lines:
            break
    return size, lines


def _wrap(title: str, size: float, width: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in title.replace(" – ", "\u00a0– ").split(" "):
        longer = f"{line} {word}".strip(" ")
        if line and _measure(longer, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _measure(text: str, size: float) -> float:
    return sum(ADVANCE.get(letter, OTHER_ADVANCE) for letter in text) * size


def _hash(slug: str) -> int:
    """FNV-1a over the salt and the slug, stirred once more so that short slugs still spread."""
    number = 0x811C9DC5
    for byte in f"{SALT}{slug}".encode():
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    number ^= number >> 16
    number = (number * 0x85EBCA6B) & 0xFFFFFFFF
    return number ^ (number >> 13)
