"""Covers have addresses: drawn, as pictures, and for link previews; the same bytes each time, and none of a draft."""

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageFont

from api.feeds import covers, picture_child
from api.feeds.paths import polygons
from api.feeds.pictures import Preview, cover_picture, preview_picture
from api.formats.cover import PAIRS, drawing
from api.tables import FormerAddress, State, Title
from tests.cast import ADA, make_editor, sign_in
from tests.formats.test_cover import titled
from tests.make import shelve
from tests.site import Site

FORMS = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png", "webp": "image/webp"}


@pytest.mark.parametrize("form", FORMS)
def test_a_cover_has_addresses(site: Site, form: str) -> None:
    shelve(site, state=State.WITHDRAWN)  # its page stays, and so does its cover
    address = f"/covers/rivers-of-paper.{form}"
    answer = site.program().get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, FORMS[form])
    assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=30"
    again = site.program().get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    if form == "svg":
        assert ElementTree.fromstring(answer.text).get("aria-label") == "Rivers of Paper"
    else:
        assert Image.open(io.BytesIO(answer.content)).size == (800, 1200)


def test_a_page_names_the_picture_of_its_preview(site: Site) -> None:
    made = shelve(site)
    page = site.browser().get(made.path).text
    [address] = re.findall(r'<meta property="og:image" content="([^"]+)"', page)
    assert f'<meta name="twitter:image" content="{address}">' in page
    answer = site.program().get(address)
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert f"{site.url}/covers/rivers-of-paper.png" in site.program().get(f"{made.path}.jsonld").text


@pytest.mark.parametrize("tail", [".svg", ".png", "/preview.png"])
def test_a_draft_has_none_for_anyone_but_staff(site: Site, tail: str) -> None:
    shelve(site, state=State.DRAFT)
    assert site.program().get(f"/covers/rivers-of-paper{tail}").status_code == 404
    ada = site.browser()
    make_editor(site, ADA)
    sign_in(ada, ADA)
    answer = ada.get(f"/covers/rivers-of-paper{tail}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")


@pytest.mark.parametrize(
    "leaf", ["rivers-of-paper.gif", "none-such.png", "rivers-of-paper", "%00.svg", "rivers-of-paper/x"]
)
def test_there_is_no_other(site: Site, leaf: str) -> None:
    shelve(site)
    assert site.program().get(f"/covers/{leaf}").status_code == 404


def test_the_picture_has_the_inks_of_the_drawing() -> None:
    record = titled("russia-china-relations")
    written = cover_picture(drawing(record), "png")
    cover_picture.cache_clear()
    assert cover_picture(drawing(record), "png") == written
    picture = Image.open(io.BytesIO(written)).convert("RGB")
    inks = {f"#{red:02X}{green:02X}{blue:02X}" for _, (red, green, blue) in picture.getcolors(99_999) or []}
    pair = PAIRS[0]
    assert {pair.first, pair.second, pair.overprint, pair.stock} <= inks
    # The left leaf of this cover begins at 230.4 on the edge, the right one is not there yet at its foot.
    at = [picture.getpixel((2, round(y * 10 / 3))) for y in (228, 233)]
    assert at == [(0xF3, 0xF1, 0xEA), (0xE2, 0x49, 0x2F)]


@pytest.mark.parametrize("title", ["", "W" * 80, "Eins " * 80, "中俄关系", "كتاب e\u0301 👩‍🔬", "\x00\ud800"])
def test_any_title_is_a_picture(title: str) -> None:
    assert cover_picture(drawing(titled("sample", title, None)), "webp")
    assert preview_picture(Preview("sample", title, "", "Press"))


def test_arcs_are_round() -> None:
    [disc] = polygons("M10 50a40 40 0 1 0 80 0a40 40 0 1 0 -80 0z")
    assert all(abs((x - 50) ** 2 + (y - 50) ** 2 - 1600) < 1e-6 for x, y in disc)
    assert {round(max(y for _, y in disc)), round(min(y for _, y in disc))} == {90, 10}
    [corner] = polygons("M0 0L40 0A40 20 0 0 1 0 20z")
    assert all(((x / 40) ** 2 + (y / 20) ** 2 - 1) < 1e-6 for x, y in corner[1:])
    assert len(polygons("M0 0H1V1zM2 2H3V3z")) == 2


def test_a_cover_moves_with_its_title(site: Site) -> None:
    made = shelve(site)
    with site.portal.database.writing() as db:
        title = db.get_one(Title, made.id)
        db.add(FormerAddress(kind=title.kind, slug=title.slug, title_id=made.id))
        title.slug = "rivers"
    for tail in (".svg", ".png", "/preview.png", "/small.webp"):
        answer = site.program().get(f"/covers/rivers-of-paper{tail}?x=1")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/covers/rivers{tail}?x=1")
    with site.portal.database.writing() as db:
        db.get_one(Title, made.id).state = State.DRAFT
    assert site.program().get("/covers/rivers-of-paper.svg").status_code == 404


def test_whoever_wants_many_pictures_keeps_nobody_from_reading(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made, until = shelve(site), threading.Event()
    monkeypatch.setattr(covers, "PATIENCE", 0.2)
    site.portal.picture_threads._pool.submit(until.wait)
    try:
        with ThreadPoolExecutor(60) as crowd:
            asked = [crowd.submit(site.program().get, "/covers/rivers-of-paper.png") for _ in range(60)]
            assert site.browser().get(made.path).status_code == 200
        answers = [each.result() for each in asked]
    finally:
        until.set()
    assert {(each.status_code, "retry-after" in each.headers) for each in answers} == {(503, True)}
    monkeypatch.undo()
    assert site.program().get("/covers/rivers-of-paper.png").status_code == 200


def test_a_machine_that_cannot_join_letters_draws_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def picture() -> bytes:
        return picture_child.preview_picture(Preview("sample", "Rivers, كتاب", "Ada", "Press"), b"")

    joined = picture()
    monkeypatch.setattr(picture_child, "JOINS", False)
    monkeypatch.setattr(picture_child, "LAYOUT", ImageFont.Layout.BASIC)
    picture_child._font.cache_clear()
    plain = picture()
    picture_child._font.cache_clear()
    assert Image.open(io.BytesIO(plain)).size == (1200, 630)
    assert plain != joined
