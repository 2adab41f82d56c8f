"""The cover of a title: drawn, unless an editor chose a picture; and drawn again once that is taken away."""

import io

import httpx2
import pytest
from PIL import Image
from sqlmodel import select

from api.tables import Audit, ChosenCover, State, Title
from tests.cast import CLEO, sign_in
from tests.intake.test_pictures import picture
from tests.make import Made, shelve
from tests.site import Site

PAGE = "/desk/titles/rivers-of-paper/cover"
SMALL = "/covers/rivers-of-paper/small.webp"
ADDRESSES = [f"/covers/rivers-of-paper{tail}" for tail in (".svg", ".png", ".webp", "/preview.png")]


def send(editor: httpx2.Client, given: bytes, page: str = PAGE) -> httpx2.Response:
    return editor.post(page, files={"picture": ("cover.jpg", given, "image/jpeg")})


def test_a_picture_takes_the_place_of_the_drawing_until_it_is_taken_away(
    site: Site, made: Made, editor: httpx2.Client
) -> None:
    nobody = site.program()
    drawn = [nobody.get(address).content for address in ADDRESSES]
    assert "Drawn by the portal" in editor.get(PAGE).text
    assert nobody.get(SMALL).status_code == 404

    answer = send(editor, picture(900, 900, "JPEG"))
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "A picture that was chosen here." in editor.get(PAGE).text
    for address in (made.path, "/"):
        assert f'<image href="{SMALL}"' in editor.get(address).text
    chosen = [nobody.get(address) for address in ADDRESSES]
    assert all(answer.content != before for answer, before in zip(chosen, drawn, strict=True))
    svg, png, webp, preview = chosen
    assert "data:image/webp;base64," in svg.text
    assert "img-src data:" in svg.headers["content-security-policy"]
    assert Image.open(io.BytesIO(png.content)).size == Image.open(io.BytesIO(webp.content)).size == (800, 800)
    assert Image.open(io.BytesIO(preview.content)).size == (1200, 630)
    small = nobody.get(SMALL)
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert nobody.get(SMALL, headers={"if-none-match": small.headers["etag"]}).status_code == 304

    assert editor.post(PAGE, data={"away": "yes"}).status_code == 303
    assert [nobody.get(address).content for address in ADDRESSES] == drawn
    assert nobody.get(SMALL).status_code == 404
    assert "<image" not in editor.get(made.path).text
    assert editor.post(PAGE, data={"away": "yes"}).status_code == 303
    with site.portal.database.reading() as db:
        assert db.exec(select(ChosenCover)).first() is None
        acts = db.exec(select(Audit.action).where(Audit.object == "title rivers-of-paper")).all()
    assert [each for each in acts if each.startswith("cover")] == ["cover-chosen", "cover-removed"]


def test_what_is_no_picture_changes_nothing_and_is_said(site: Site, made: Made, editor: httpx2.Client) -> None:
    send(editor, picture(600, 900))
    with site.portal.database.reading() as db:
        before = db.exec(select(Title.cover_digest)).one()
    for given, words in ((b"", "Choose a picture first."), (b"%PDF-1.7", "has to be a PNG, JPEG or WebP")):
        answer = send(editor, given)
        assert answer.status_code == 422
        assert words in answer.text
    assert send(editor, bytes(11_000_000)).status_code == 413
    with site.portal.database.reading() as db:
        assert db.exec(select(Title.cover_digest)).one() == before is not None


@pytest.mark.parametrize("address", [SMALL, *ADDRESSES])
def test_of_a_draft_nobody_but_staff_sees_it(site: Site, editor: httpx2.Client, address: str) -> None:
    shelve(site, state=State.DRAFT)
    send(editor, picture(600, 900))
    assert site.program().get(address).status_code == 404
    assert editor.get(address).headers["cache-control"] == "private, no-store"


def test_it_is_for_staff(site: Site, made: Made) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for client in (site.browser(), cleo):
        assert client.get(PAGE).status_code == 404
        assert send(client, picture(600, 900)).status_code == 404
