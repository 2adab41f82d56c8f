"""The drawn cover: the same title always gets the same one, well-formed whatever the title says."""

from xml.etree import ElementTree

import pytest

from api.formats.cover import PAIRS, cover, ink, strip
from api.formats.cover_forms import FORMS, Sheet
from api.formats.record import TitleRecord
from api.tables import Kind, State

FOUNDING = "Russia-China Relations – Emerging Alliance or Eternal Rivals?"


def titled(slug: str, full_title: str = FOUNDING, kicker: str | None = "Single title") -> TitleRecord:
    return TitleRecord(
        id=1,
        slug=slug,
        kind=Kind.REPORT,
        state=State.PUBLISHED,
        title=full_title,
        full_title=full_title,
        kicker=kicker,
    )


def test_the_founding_title_keeps_its_cover() -> None:
    svg = cover(titled("russia-china-relations"))
    assert ink("russia-china-relations") == "ink-cinnabar-ultramarine"
    assert svg == cover(titled("russia-china-relations"))
    assert '<path d="M0 230.4L163.9 164V360H0z" fill="#E2492F"/>' in svg
    assert ElementTree.fromstring(svg).findall(".//tspan")[1].text == "Relations\u00a0–"


def test_every_pair_and_form_comes_up() -> None:
    slugs = [f"sample-{number}" for number in range(200)]
    assert {ink(slug) for slug in slugs} == {f"ink-{pair.name}" for pair in PAIRS}
    assert len({cover(titled(slug)) for slug in slugs}) == len(slugs)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("roll", [0.0, 0.5, 1.0])
def test_forms_stay_on_the_sheet(form, roll) -> None:  # type: ignore[no-untyped-def]
    for leaf in form(Sheet(top=164.0, rolls=(roll, roll, roll))):
        assert leaf.startswith("M")
        assert leaf.endswith("z")
        assert "nan" not in leaf


@pytest.mark.parametrize("number", range(64))
def test_covers_are_well_formed(number: int) -> None:
    svg = ElementTree.fromstring(cover(titled(f"sample-{number}")))
    clip = svg.find("clipPath")
    assert clip is not None
    assert [path.get("clip-path") for path in svg.findall("path")] == [None, None, f"url(#{clip.get('id')})"]


def test_text_is_escaped() -> None:
    svg = cover(titled("sample", "<script>alert('x')</script> & more", 'A "kicker" <b>'), 'cover--s" onload="x')
    root = ElementTree.fromstring(svg)
    assert root.get("onload") is None
    assert "<script" not in svg
    assert "".join(root.itertext()).replace(" ", "") == "<script>alert('x')</script>&moreA\"kicker\"<b>"


@pytest.mark.parametrize("title", ["", "W" * 80, "Eins " * 60, "中俄关系", "A"])
def test_any_title_can_be_set(title: str) -> None:
    ElementTree.fromstring(cover(titled("sample", title, None)))


@pytest.mark.parametrize("art", ["apart", "shut", "spent", "crowd"])
def test_strips_are_well_formed(art: str) -> None:
    for pair in PAIRS:
        assert pair.overprint in strip(art, pair.name)
        ElementTree.fromstring(strip(art, pair.name))
