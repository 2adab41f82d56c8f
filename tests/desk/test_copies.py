"""Accessible copies: asked for on a title's page, answered at the desk, read on the account page and told by mail."""

from datetime import timedelta

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.account.closure import erase
from api.account.kept import COPIES, forget_old
from api.admission import copies
from api.notices import choice, mails
from api.notices.sending import post_office_of
from api.settings import Settings
from api.settings_parts import MailSettings
from api.tables import Audit, CopyRequest, OutgoingMail, State, User
from tests.cast import CLEO, sign_in
from tests.desk.conftest import editor_of
from tests.make import Made, shelve
from tests.site import Site

NEED = "Large print, 18 points <b>"
REPLY = {"answer": "given", "words": "Here it is.\nWith thanks.", "address": "https://press.example/large.pdf"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"mail": MailSettings(host="127.0.0.1", port=9, sender="press@press.example")})


def reader(site: Site) -> httpx2.Client:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    return cleo


def the_request(site: Site) -> CopyRequest | None:
    with site.portal.database.reading() as db:
        return db.exec(select(CopyRequest)).first()


def test_a_reader_asks_and_the_press_answers(site: Site, made: Made, editor: httpx2.Client) -> None:
    cleo = reader(site)
    assert 'name="words"' in cleo.get(made.path).text
    for _ in range(2):
        answer = cleo.post(f"{made.path}/copies", data={"words": NEED})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account#copies")
    request = the_request(site)
    assert request is not None
    with site.portal.database.writing() as db:
        choice.allow(db, request.user_id, clock.now())
    assert "The press has not answered yet." in cleo.get("/account").text
    page = editor.get("/desk/copies").text
    assert page.count("Large print, 18 points &lt;b&gt;") == 1
    for _ in range(2):
        done = editor.post(f"/desk/copies/{request.id}", data=REPLY)
        assert (done.status_code, done.headers["location"]) == (303, "/desk/copies")
    page = cleo.get("/account").text
    assert "With thanks." in page
    assert 'href="https://press.example/large.pdf"' in page
    assert "Nobody is waiting for an answer." in editor.get("/desk/copies").text
    taken = cleo.get("/account/export.json").json()["accessible_copies"]
    assert [(each["words"], each["answer"], each["reply"]) for each in taken] == [(NEED, "given", REPLY["words"])]
    with site.portal.database.reading() as db:
        (mail,) = db.exec(select(OutgoingMail)).all()
        office = post_office_of(site.portal.settings, site.portal.seal)
        assert office is not None
        text = mails.copy_answered(db, office, mail.arguments)
        assert "Large print" not in text.body + text.subject
        assert f"{site.url}/account" in text.body
        assert len(db.exec(select(Audit).where(Audit.action == "copy-answered")).all()) == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"answer": ""}, "Choose what the answer is."),
        ({"answer": "no"}, "Choose what the answer is."),
        ({"words": " "}, "Write the reader an answer"),
        ({"words": "x" * 1001}, "at most 1000 characters"),
        ({"address": "javascript:alert(1)"}, "This is no web address"),
        ({"address": "https://["}, "This is no web address"),
    ],
)
def test_a_bent_answer_is_shown_again(
    site: Site, made: Made, editor: httpx2.Client, sent: dict[str, str], words: str
) -> None:
    reader(site).post(f"{made.path}/copies", data={"words": NEED})
    request = the_request(site)
    assert request is not None
    answer = editor.post(f"/desk/copies/{request.id}", data=REPLY | sent)
    assert answer.status_code == 422
    assert words in answer.text
    after = the_request(site)
    assert after is not None
    assert after.answered_at is None


def test_who_may_not_ask(site: Site) -> None:
    made, bare = shelve(site), shelve(site, "bare", file=None)
    draft = shelve(site, "draft", state=State.DRAFT)
    cleo = reader(site)
    assert site.program().post(f"{made.path}/copies", data={"words": NEED}).status_code == 401
    assert cleo.post(f"{made.path}/copies", data={"words": " "}).status_code == 400
    assert cleo.post(f"{made.path}/copies", data={"words": "x" * 501}).status_code == 400
    assert cleo.post(f"{bare.path}/copies", data={"words": NEED}).status_code == 409
    assert cleo.post(f"{draft.path}/copies", data={"words": NEED}).status_code == 404
    assert cleo.get("/desk/copies").status_code == 404
    assert "Sign in to ask" in site.browser().get(made.path).text
    assert the_request(site) is None


def test_a_request_ends_with_its_time_or_its_reader(site: Site, made: Made, editor: httpx2.Client) -> None:
    cleo = reader(site)
    cleo.post(f"{made.path}/copies", data={"words": NEED})
    request = the_request(site)
    assert request is not None
    assert editor.get("/desk/copies/999").status_code == 404
    editor.post(f"/desk/copies/{request.id}", data=REPLY)
    cleo.post(f"{made.path}/copies", data={"words": "Another need"})
    again = the_request(site)
    assert again is not None
    assert (again.words, again.answer, again.address) == ("Another need", None, None)
    with site.portal.database.writing() as db:
        forget_old(db, clock.now() + COPIES * 2)
    assert the_request(site) is not None  # who was not answered is not forgotten
    editor.post(f"/desk/copies/{request.id}", data=REPLY)
    with site.portal.database.writing() as db:
        forget_old(db, clock.now() + COPIES + timedelta(days=1))
    assert the_request(site) is None
    cleo.post(f"{made.path}/copies", data={"words": NEED})
    with site.portal.database.writing() as db:
        user_id = db.exec(select(CopyRequest.user_id)).one()
        erase(db, site.portal.seal, user_id, clock.now())
        assert db.get(User, user_id) is None
    assert the_request(site) is None


def test_the_list_goes_on_in_leaves(site: Site, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "LEAF", 1)
    with site.portal.database.writing() as db:
        for name in ("First", "Second"):
            user = User(name=name)
            db.add(user)
            db.flush()
            assert user.id is not None
            db.add(CopyRequest(title_id=made.id, user_id=user.id, words=f"{name} need"))
    editor = editor_of(site)
    page = editor.get("/desk/copies").text
    assert ("First need" in page, "Second need" in page) == (True, False)
    assert "Second need" in editor.get("/desk/copies?after=1").text
    assert editor.get("/desk/copies?after=x").status_code == 404
