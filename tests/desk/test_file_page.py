"""The desk's pages: the list of titles, a title's file, and the plain form that sends one in one piece."""

import hashlib
import os
import re
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.shelf import overview
from api.tables import Intake, IntakeState, State
from tests.cast import CLEO, sign_in
from tests.desk.conftest import SMALL, editor_of
from tests.desk.sender import Sender
from tests.make import Made, pdf, shelve
from tests.site import Site

SLUG = "rivers-of-paper"
PAGE = f"/desk/titles/{SLUG}/file"
BOUNDARY = "----desk"


@pytest.fixture
def uploads() -> dict[str, int]:
    return {"part_size": SMALL, "largest_form": 3 * SMALL}


def sent_by_form(client: httpx2.Client, data: bytes, name: str = "rivers.pdf", field: str = "pdf") -> httpx2.Response:
    return client.post(PAGE, files={field: (name, data, "application/pdf")})


def intakes(site: Site) -> list[Intake]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Intake)).all())


def test_the_desk_lists_every_title(site: Site, editor: httpx2.Client) -> None:
    shelve(site)
    shelve(site, "draft", state=State.DRAFT, file=None)
    shelve(site, "gone", state=State.WITHDRAWN)
    shelve(site, "later", opens_at=clock.now() + timedelta(days=9))
    page = editor.get("/desk")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    for words in ("Published", "Draft", "Withdrawn", "Opens", "None yet", "3\u00a0pages"):
        assert words in page.text
    assert f'href="/desk/titles/{SLUG}"' in page.text


def test_the_list_goes_on_leaf_by_leaf(site: Site, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "LEAF", 2)
    for number in range(5):
        shelve(site, f"title-{number}")
    seen, address = [], "/desk"
    while address:
        page = editor.get(address).text
        seen += [slug for slug in re.findall('href="/desk/titles/([^/"]+)"', page) if slug != "new"]
        address = page.partition('href="/desk?after=')[2].partition('"')[0]
        address = f"/desk?after={address}" if address else ""
    assert seen == [f"title-{number}" for number in (4, 3, 2, 1, 0)]
    assert editor.get("/desk?after=no-such").status_code == 404


def test_staff_see_a_way_to_the_desk_and_readers_do_not(site: Site, editor: httpx2.Client) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert 'href="/desk"' in editor.get("/").text
    assert 'href="/desk"' not in cleo.get("/").text
    assert 'href="/desk"' not in site.browser().get("/").text


@pytest.mark.parametrize("path", ["/desk", PAGE, "/desk/titles/draft/file", "/desk/titles/none/file"])
def test_for_all_others_the_desk_is_the_common_404(site: Site, path: str) -> None:
    shelve(site)
    shelve(site, "draft", state=State.DRAFT)
    cleo, nobody, program = site.browser(), site.browser(), site.program()
    sign_in(cleo, CLEO)
    for client in (cleo, nobody, program):
        answer, common = client.get(path), client.get("/no-such-page")
        assert answer.status_code == common.status_code == 404
        assert answer.content == common.content
        assert dict(answer.headers) | {"x-request-id": ""} == dict(common.headers) | {"x-request-id": ""} | {
            "date": answer.headers.get("date", "")
        }
    assert nobody.post(PAGE, files={"pdf": ("a.pdf", b"x")}).status_code == 404


def test_the_page_of_a_file_says_what_readers_get(site: Site, editor: httpx2.Client, made: Made) -> None:
    page = editor.get(PAGE)
    assert "what readers get" in page.text
    assert made.file is not None
    assert hashlib.sha256(made.file).hexdigest()[:16] in page.text
    assert "Nothing was sent for this title." in page.text
    assert "connect-src 'self';" in page.headers["content-security-policy"]
    assert editor.get("/desk/titles/none/file").status_code == 404


def test_the_page_over_a_bucket_may_connect_to_it_and_no_other_may(bucket_site: Site) -> None:
    shelve(bucket_site)
    editor = editor_of(bucket_site)
    origin = bucket_site.portal.store.part_origin
    assert f"connect-src 'self' {origin};" in editor.get(PAGE).headers["content-security-policy"]
    for other in ("/desk", "/", "/account"):
        assert origin not in editor.get(other).headers["content-security-policy"]


def test_without_scripts_a_form_sends_the_file(site: Site, editor: httpx2.Client, made: Made) -> None:
    answer = sent_by_form(editor, pdf(), "C:\\work\\rivers.pdf")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    (intake,) = intakes(site)
    assert (intake.file_name, intake.sha256) == ("rivers.pdf", hashlib.sha256(pdf()).hexdigest())
    page = editor.get(PAGE).text
    assert "Checking" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    with site.portal.database.writing() as db:
        intake.state, intake.reason = IntakeState.REJECTED, "This PDF needs a password to open."
        db.add(intake)
    page = editor.get(PAGE).text
    assert "This PDF needs a password to open." in page
    assert "http-equiv" not in page
    assert "Not stored" in editor.get("/desk").text


def test_a_form_with_too_much_is_refused_and_leaves_nothing(site: Site, editor: httpx2.Client, made: Made) -> None:
    answer = sent_by_form(editor, os.urandom(3 * SMALL + 1))
    assert answer.status_code == 413
    assert "too large" in answer.text
    try:
        answer = sent_by_form(editor, bytes(100 * SMALL))
        assert "too large for this form" in answer.text
    except httpx2.TransportError:  # the connection may be cut before all is sent
        pass
    assert intakes(site) == []
    assert site.portal.store.sweep(timedelta(0)) == 0


def test_a_form_without_a_file_says_so(site: Site, editor: httpx2.Client, made: Made) -> None:
    for answer in (
        editor.post(PAGE, data={"pdf": "words"}),
        sent_by_form(editor, b"", ""),
        sent_by_form(editor, b"", "empty.pdf"),
        sent_by_form(editor, b"x", field="other"),
        editor.post(PAGE, content=b"x"),
        editor.post(PAGE, content=b"x", headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"}),
    ):
        assert answer.status_code == 400
    assert intakes(site) == []
    assert sent_by_form(editor, b"x").status_code == 303


def test_an_upload_that_is_not_finished_can_be_forgotten_without_scripts(site: Site, editor: httpx2.Client) -> None:
    shelve(site)
    sender = Sender(editor, SLUG, os.urandom(2 * SMALL), "half.pdf")
    sender.begin()
    sender.send(1)
    assert "half.pdf" in editor.get(PAGE).text
    answer = editor.post(f"{sender.upload['address']}/end")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "half.pdf" not in editor.get(PAGE).text
