"""The house's page of the desk: administrators change what every page shows; a fault loses nothing."""

import io

import httpx2
import pytest
from PIL import Image

from api.tables import Identity, Role, User
from tests.cast import CLEO, issuer, make_editor, sign_in
from tests.site import Site


@pytest.fixture
def boss(site: Site) -> httpx2.Client:
    with site.portal.database.writing() as db:
        user = User(name="Cleo", role=Role.ADMINISTRATOR)
        user.identities.append(Identity(provider="demo", issuer=issuer(site), subject=CLEO))
        db.add(user)
    client = site.browser()
    sign_in(client, CLEO)
    return client


def test_an_administrator_changes_name_and_colours(site: Site, boss: httpx2.Client) -> None:
    answer = boss.post(
        "/desk/house/look",
        data={"name": " Example  Press ", "colour": "#1A4FE0", "colour_dark": "", "extra": "ignored"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/house")
    page = boss.get("/desk/house").text
    assert 'value="Example Press"' in page
    assert 'value="#1a4fe0"' in page
    assert "Example Press" in boss.get("/").text


def test_every_fault_stands_beside_its_field_and_what_was_typed_is_kept(boss: httpx2.Client) -> None:
    answer = boss.post("/desk/house/look", data={"name": "x" * 81, "colour": "#ffcc00", "colour_dark": "blue"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    for field in ("name", "colour", "colour_dark"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-fault"' in answer.text
    assert 'value="#ffcc00"' in answer.text
    assert f'value="{"x" * 81}"' in answer.text


def test_a_logo_comes_and_goes(boss: httpx2.Client) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 60), (10, 60, 120)).save(out, "PNG")
    big = out.getvalue() + bytes(200_000)  # larger than any other form may be
    assert boss.post("/desk/house/logo", files={"logo": ("l.png", big, "image/png")}).status_code == 303
    assert "/house/" in boss.get("/desk/house").text
    assert boss.post("/desk/house/logo", data={"away": "yes"}).status_code == 303
    assert "The logo as it is now" not in boss.get("/desk/house").text


@pytest.mark.parametrize("sent", [None, b"", b"<svg/>", bytes(1_000_001)])
def test_a_logo_that_is_none_is_said_beside_the_field(boss: httpx2.Client, sent: bytes | None) -> None:
    files = {"logo": ("l.png", sent, "image/png")} if sent is not None else None
    answer = boss.post("/desk/house/logo", files=files, data={"x": "y"})
    assert answer.status_code == 422
    assert 'id="logo-fault"' in answer.text


def test_pages_get_the_presss_words(site: Site, boss: httpx2.Client) -> None:
    assert boss.post("/desk/house/pages/help", data={"words": "Ask **us**."}).status_code == 303
    assert "Ask **us**." in boss.get("/desk/house/pages/help").text
    assert "<strong>us</strong>" in boss.get("/help").text
    answer = boss.post("/desk/house/pages/help", data={"words": "x" * 50_001})
    assert answer.status_code == 422
    assert "x" * 50_001 in answer.text
    assert boss.get("/desk/house/pages/no-such").status_code == 404
    assert boss.post("/desk/house/pages/no-such", data={"words": ""}).status_code == 404


def test_terms_come_into_force_and_are_counted(site: Site, boss: httpx2.Client) -> None:
    assert boss.post("/desk/house/terms", data={"terms": "Be kind."}).status_code == 303
    boss.post("/terms/acceptance", data={"version": 1})
    assert "1 reader has accepted it" in boss.get("/desk/house").text
    assert boss.post("/desk/house/terms", data={"terms": "y" * 50_001}).status_code == 422


def test_editors_and_readers_find_nothing_here(site: Site, boss: httpx2.Client) -> None:
    make_editor(site)
    editor, reader, nobody = site.browser(), site.browser(), site.browser()
    sign_in(editor, "ada")
    assert "/desk/house" in boss.get("/desk").text
    assert "/desk/house" not in editor.get("/desk").text
    sign_in(reader, "ben")
    for client in (editor, reader, nobody):
        common = client.get("/no-such-page").text
        for path in ("/desk/house", "/desk/house/pages/help"):
            answer = client.get(path)
            assert (answer.status_code, answer.text) == (404, common)
        for path in ("/desk/house/look", "/desk/house/logo", "/desk/house/terms", "/desk/house/pages/help"):
            assert client.post(path, data={"name": "Evil"}).status_code == 404


def test_the_house_says_which_languages_it_speaks(site: Site, boss: httpx2.Client) -> None:
    german = {"accept-language": "de"}
    assert '<html lang="de">' in site.browser().get("/help", headers=german).text
    answer = boss.post("/desk/house/languages", data={"languages": "en", "language": "en"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/house")
    page = site.browser().get("/help", headers=german).text
    assert '<html lang="en">' in page
    assert "tongues" not in page
    boss.post("/desk/house/languages", data={"languages": ["en", "de"], "language": "de"})
    boss.post("/desk/house/pages/imprint", data={"words": "The *press*."})
    site.app.state.public_pages._asked_at = float("-inf")  # a second has gone by
    assert '<html lang="de">' in site.browser().get("/help", headers={"accept-language": "fr"}).text
    assert '<div class="own" lang="de">' in site.browser().get("/imprint?lang=en").text


@pytest.mark.parametrize(("languages", "language"), [([], "en"), (["tlh"], "tlh"), (["de"], "en")])
def test_languages_that_do_not_agree_change_nothing(boss: httpx2.Client, languages: list[str], language: str) -> None:
    answer = boss.post("/desk/house/languages", data={"languages": languages, "language": language})
    assert answer.status_code == 422
    assert 'id="languages-fault"' in answer.text
    assert boss.get("/desk/house").text.count(" checked") == 2
