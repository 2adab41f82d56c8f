"""The two colours: readable on their ground or refused with one that would be."""

import re

import pytest

from api.errors import Invalid
from api.house.colours import DARK, LIGHT, READABLE, Ground, checked, contrast, stylesheet, worst_contrast


def test_black_on_white_is_the_most_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the well-known limit


def test_a_readable_colour_is_kept_in_small_letters() -> None:
    assert checked(" #1A4FE0 ", LIGHT) == "#1a4fe0"


@pytest.mark.parametrize(
    ("colour", "ground"),
    [("#ffcc00", LIGHT), ("#ffffff", LIGHT), ("#1a2b8c", DARK), ("#000000", DARK), ("#00ff00", LIGHT)],
)
def test_an_unreadable_colour_is_refused_with_one_that_is(colour: str, ground: Ground) -> None:
    with pytest.raises(Invalid) as refused:
        checked(colour, ground)
    sister = re.findall(r"#[0-9a-f]{6}", str(refused.value))[-1]
    assert sister != colour
    assert worst_contrast(sister, ground) >= READABLE


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12345g", "url(x)", "#fff;}body{", ""])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(Invalid, match="like #1a4fe0"):
        checked(colour, LIGHT)


def test_each_colour_stays_on_its_own_pages() -> None:
    assert stylesheet(None, None) == ""
    assert stylesheet("#1a4fe0", None).startswith("@media (prefers-color-scheme: light)")
    both = stylesheet("#1a4fe0", "#a9bcff")
    assert both.index("#1a4fe0") < both.index("dark") < both.index("#a9bcff")
