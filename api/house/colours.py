"""The house's two colours, one for light pages and one for dark; each has to be readable on its ground."""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

from api.errors import Invalid
from api.spoken import N_

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Ground:
    """What a colour stands on: the page, and the leaf beside it."""

    name: str
    tints: tuple[str, ...]
    is_dark: bool


LIGHT = Ground(N_("light", context="pages"), ("#fcfcfa", "#efefea"), is_dark=False)
DARK = Ground(N_("dark", context="pages"), ("#121416", "#1b1e21"), is_dark=True)


def checked(colour: str, ground: Ground) -> str:
    """The colour in small letters, or Invalid with the ratio it reaches and the nearest colour that would do."""
    colour = colour.strip().lower()
    if not _HEX.fullmatch(colour):
        raise Invalid(N_("The colour for {name} pages has to be written like #1a4fe0.", name=ground.name))
    reached = worst_contrast(colour, ground)
    if reached < READABLE:
        raise Invalid(
            N_(
                "{colour} can’t be read on {name} pages: its contrast is {reached} to 1, and "
                "{readable} is needed. {sister} would do.",
                colour=colour,
                name=ground.name,
                reached=f"{reached:.1f}",
                readable=READABLE,
                sister=readable_sister(colour, ground),
            )
        )
    return colour


def worst_contrast(colour: str, ground: Ground) -> float:
    return min(contrast(colour, tint) for tint in ground.tints)


def readable_sister(colour: str, ground: Ground) -> str:
    """The same hue, as much darker or lighter as it takes."""
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    for step in range(1, 101):
        moved = min(1.0, lightness + step / 100) if ground.is_dark else max(0.0, lightness - step / 100)
        sister = _written(hls_to_rgb(hue, moved, saturation))
        if worst_contrast(sister, ground) >= READABLE:
            return sister
    return "#ffffff" if ground.is_dark else "#000000"


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def stylesheet(light: str | None, dark: str | None) -> str:
    """The colours as a stylesheet to follow the portal's own. A title's page keeps the inks of its cover."""
    rules = f":root {{ --spot: {light}; }}\n" if light else ""
    if dark:
        rules += f"@media (prefers-color-scheme: dark) {{ :root {{ --spot: {dark}; }} }}\n"
    elif light:
        rules = f"@media (prefers-color-scheme: light) {{ {rules.strip()} }}\n"
    return rules


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _written(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in channels)
