"""The house's pages, name and look as everyone sees them."""

import io
import re

import pytest
from PIL import Image

from api.errors import Invalid
from api.house import keeping
from api.house.keeping import PAGES
from tests.cast import CLEO, sign_in
from tests.effort import at_most
from tests.faults.workers import wait_for
from tests.site import Site


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_there_before_anybody_wrote_it(site: Site, page: str) -> None:
    answer = site.browser().get(f"/{page}")
    assert answer.status_code == 200
    assert f'<h1 class="h1">{PAGES[page]}</h1>' in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=30"
    assert site.browser().get(f"/{page}", headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_a_signed_in_reader_gets_the_page_as_their_own(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get("/help")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "/account" in answer.text


def test_privacy_names_whatever_is_kept(site: Site) -> None:
    from api.account.kept import KEPT

    page = site.browser().get("/privacy").text
    for each in KEPT:
        assert each.what in page


def test_the_presss_own_words_stand_on_the_page_within_a_moment(site: Site) -> None:
    nobody = site.browser()
    assert "has not written its imprint" in nobody.get("/imprint").text
    with site.portal.database.writing() as db:
        keeping.set_text(
            db, "imprint", "# Example Press\n\nRun by *two people*.\n\n<b onclick=x>bold</b> [out](javascript:x)"
        )
    page = nobody.get("/imprint", headers={"cookie": ""}).text
    wait_for(lambda: "Example Press" in nobody.get("/imprint").text)
    page = nobody.get("/imprint").text
    assert "<h2>Example Press</h2>" in page
    assert "<em>two people</em>" in page
    assert "has not written" not in page
    assert "<b " not in page
    assert 'href="javascript' not in page
    with site.portal.database.writing() as db:
        keeping.set_text(db, "imprint", "  ")
    wait_for(lambda: "has not written" in nobody.get("/imprint").text)


@pytest.mark.parametrize("words", ["x" * 50_001, "a\x00b"])
def test_a_text_that_is_none_is_refused(site: Site, words: str) -> None:
    with pytest.raises(Invalid), site.portal.database.writing() as db:
        keeping.set_text(db, "help", words)


@pytest.mark.timed
def test_a_text_full_of_brackets_takes_no_time(site: Site) -> None:
    from api.house.texts import shown

    with at_most(10):  # a parser that goes over it again for each bracket needs minutes
        shown("[" * 25_000 + "(" * 25_000)
        shown("*a" * 25_000)
        shown("> " * 20_000)


def test_name_logo_and_colours_are_on_every_page(site: Site) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 60), (10, 60, 120)).save(out, "PNG")
    nobody = site.browser()
    assert "Gatefold" in nobody.get("/help").text
    with site.portal.database.writing() as db:
        keeping.set_look(db, name="Example Press & Sons", colour="#1a4fe0", colour_dark="#a9bcff")
        keeping.set_logo(db, out.getvalue())
    wait_for(lambda: "Example Press &amp; Sons" in nobody.get("/").text)
    page = nobody.get("/").text
    logo = re.search(r'src="(/house/[0-9a-f]{16}\.png)" width="160" height="32" alt="Example Press &amp; Sons"', page)
    sheet = re.search(r'href="(/house/colours\.css\?v=[0-9a-f]{12})"', page)
    assert logo is not None
    assert sheet is not None
    assert nobody.get(logo[1]).headers["content-type"] == "image/png"
    assert "#a9bcff" in nobody.get(sheet[1]).text
    wait_for(lambda: "Example Press" in nobody.get("/no-such-page").text)
    with site.portal.database.writing() as db:
        keeping.set_look(db, name="", colour="", colour_dark="")
        keeping.set_logo(db, None)
    wait_for(lambda: "Gatefold" in nobody.get("/").text)
    assert nobody.get(logo[1]).status_code == 404
    assert nobody.get("/house/colours.css").status_code == 404


@pytest.mark.parametrize("name", ["x" * 81, "a\x07b"])
def test_a_name_that_is_none_changes_nothing(site: Site, name: str) -> None:
    with pytest.raises(Invalid), site.portal.database.writing() as db:
        keeping.set_look(db, name=name, colour="", colour_dark="")
    with site.portal.database.reading() as db:
        assert keeping.house(db).name is None
