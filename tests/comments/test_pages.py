"""A talk as readers meet it: looking is free, writing needs a sign-in, and what was typed is never lost."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from api import clock
from api.account.closure import finish_closures
from api.tables import Moderation, Standing, State, Title, User
from tests.cast import Forms, sign_in
from tests.comments.talk import kept, public_page, say, set_talk, signed_in, the_press
from tests.make import shelve
from tests.site import Site

ATOM = {"a": "http://www.w3.org/2005/Atom", "thr": "http://purl.org/syndication/thread/1.0"}


def test_from_looking_to_a_comment_that_everyone_sees(site: Site) -> None:
    made = shelve(site)
    nobody = site.browser()
    page = public_page(site, made.path)
    assert "To comment you must sign in." in page
    assert "The press reads comments before they appear." in page
    assert f'href="{made.path}/comments.atom"' in page
    door = "/sign-in?next=%2Freports%2Frivers-of-paper%23comment"
    assert door in page
    assert "Rivers of Paper" in nobody.get(door).text
    cleo = site.browser()
    assert sign_in(cleo, "cleo", f"{made.path}#comment").headers["location"] == f"{made.path}#comment"
    assert 'id="comment"' in cleo.get(made.path).text
    sent = say(cleo, made, "A *fine* book.")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{made.path}#comment-1")
    assert "Waiting for the press" in cleo.get(made.path).text
    assert "<em>fine</em>" not in public_page(site, made.path)
    ada = the_press(site)
    assert "<em>fine</em>" in ada.get("/desk/comments").text
    assert ada.post("/desk/comments/1", data={"do": "show"}).headers["location"] == "/desk/comments"
    for page in (public_page(site, made.path), cleo.get(made.path).text, ada.get(made.path).text):
        assert "A <em>fine</em> book." in page
        assert "<bdi>Cleo Specimen</bdi>" in page
    assert nobody.get(made.path).headers["cache-control"].startswith("public, max-age=0, s-maxage=")


def test_reply_edit_delete_report(site: Site) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo, ben, nobody = signed_in(site, "cleo"), signed_in(site, "ben"), site.browser()
    say(cleo, made, "First.")
    here = f"{made.path}/comments"
    assert nobody.get(f"{here}/new?reply=1").headers["location"].startswith("/sign-in?next=")
    form = ben.get(f"{here}/new?reply=1")
    assert "First." in form.text
    assert Forms.of(form.text)[-1].fields == {"reply": "1"}
    assert say(ben, made, "Second.", reply="1").headers["location"] == f"{here}/1#comment-2"
    thread = nobody.get(f"{here}/2")
    assert thread.text.index("First.") < thread.text.index("Second.")
    assert 'name="robots" content="noindex' in thread.text
    assert ben.get(f"{here}/1/edit").status_code == 404
    assert ben.post(f"{here}/1/edit", data={"text": "Mine."}).status_code == 404
    assert ">First.</textarea>" in cleo.get(f"{here}/1/edit").text.replace("\n", "")
    assert cleo.post(f"{here}/1/edit", data={"text": "First, edited."}).headers["location"] == f"{here}/1#comment-1"
    assert "edited" in nobody.get(f"{here}/1").text
    assert ben.get(f"{here}/1/report").status_code == 200
    assert ben.post(f"{here}/1/report", data={"reason": "nonsense"}).status_code == 422
    assert ben.post(f"{here}/1/report", data={"reason": "spam", "words": "It sells."}).status_code == 303
    assert cleo.post(f"{here}/1/report", data={"reason": "spam"}).status_code == 403
    ben.post(f"{here}/1/deletion")
    assert "First, edited." in public_page(site, made.path)
    assert "can’t be brought back" in cleo.get(f"{here}/1/deletion").text
    for _ in range(2):
        assert cleo.post(f"{here}/1/deletion").headers["location"] == f"{made.path}#discussion"
    page = public_page(site, made.path)
    assert "This comment was deleted." in page
    assert "First, edited." not in page


def test_what_was_typed_survives_an_ended_session(site: Site) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo = signed_in(site, "cleo")
    cleo.post("/sign-out")
    sent = say(cleo, made, "Long <thoughts>.")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/sign-in?next=%2Freports%2Frivers-of-paper%2Fcomments%2Fnew"
    assert kept(site) == []
    back = sign_in(cleo, "cleo", f"{made.path}/comments/new").headers["location"]
    form = cleo.get(back).text
    assert "Long &lt;thoughts&gt;.</textarea>" in form
    assert "It is not sent yet." in form
    other = signed_in(site, "ben")
    assert "thoughts" not in other.get(back).text
    say(cleo, made, "Long <thoughts>.")
    assert "thoughts" not in cleo.get(back).text
    ben = site.browser()
    assert say(ben, made, "A late reply.", reply="1").headers["location"].endswith("comments%2Fnew%3Freply%3D1")
    cleo.post(f"{made.path}/comments/1/deletion")
    sign_in(ben, "ben")
    assert "A late reply.</textarea>" in ben.get(f"{made.path}/comments/new?reply=1").text
    edited = site.browser().post(f"{made.path}/comments/1/edit", data={"text": "Better."})
    assert edited.headers["location"].endswith("comments%2F1%2Fedit")
    assert site.program().post(f"{made.path}/comments", data={"text": "No browser."}).status_code == 401


def test_a_refused_comment_is_shown_again_with_what_was_typed(site: Site) -> None:
    made = shelve(site)
    cleo = signed_in(site, "cleo")
    long = say(cleo, made, "long " * 1_001)
    assert long.status_code == 422
    assert "Write at most 5,000 characters." in long.text
    assert "long long long" in long.text
    gone = say(cleo, made, "To nobody.", reply="99")
    assert (gone.status_code, "is not there any more" in gone.text, "To nobody." in gone.text) == (409, True, True)
    for number in range(30):
        last = say(cleo, made, f"Number {number}")
    assert last.status_code == 303
    late = say(cleo, made, "One too many.")
    assert (late.status_code, "One too many." in late.text) == (429, True)
    assert int(late.headers["retry-after"]) > 3000
    assert len(kept(site)) == 30


def test_drafts_withdrawn_and_off(site: Site) -> None:
    made, draft = shelve(site), shelve(site, "draft", state=State.DRAFT)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo, ada, nobody = signed_in(site, "cleo"), the_press(site), site.browser()
    say(cleo, made, "While it was here.")
    assert 'id="discussion"' not in ada.get(draft.path).text
    assert say(ada, draft, "To a draft.").status_code == 404
    for path in ("/comments", "/comments/1", "/comments.atom", "/comments/new"):
        assert ada.get(draft.path + path).status_code == 404
    with site.portal.database.writing() as db:
        db.get_one(Title, made.id).state = State.WITHDRAWN
    page = public_page(site, made.path)
    assert "While it was here." in page
    assert "nothing more can be said" in page
    assert say(cleo, made, "After that.").status_code == 409
    set_talk(site.portal.database, made.id, Moderation.OFF)
    assert 'id="discussion"' not in public_page(site, made.path)
    assert nobody.get(f"{made.path}/comments/1").status_code == 404


def test_the_feed(site: Site) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo, program = signed_in(site, "cleo"), site.program()
    say(cleo, made, "One & <b>two</b>.")
    say(cleo, made, "A reply.", reply="1")
    answer = program.get(f"{made.path}/comments.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    reply, first = ElementTree.fromstring(answer.content).findall("a:entry", ATOM)
    assert first.findtext("a:content", namespaces=ATOM) == "<p>One &amp; &lt;b&gt;two&lt;/b&gt;.</p>"
    answered = reply.find("thr:in-reply-to", ATOM)
    assert answered is not None
    assert answered.get("ref") == first.findtext("a:id", namespaces=ATOM)
    assert first.find("a:link", ATOM).get("href") == f"{site.url}{made.path}/comments/1"  # type: ignore[union-attr]
    again = program.get(f"{made.path}/comments.atom", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    cleo.post(f"{made.path}/comments/2/deletion")
    assert len(ElementTree.fromstring(program.get(f"{made.path}/comments.atom").content).findall("a:entry", ATOM)) == 1


def test_a_new_name_shows_at_once_beside_what_was_said(site: Site) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo = signed_in(site, "cleo")
    say(cleo, made, "First.")
    assert "<bdi>Cleo Specimen</bdi>" in public_page(site, made.path)
    with site.portal.database.writing() as db:
        user = db.get_one(User, kept(site)[0].user_id)
        user.name = "Clea \u202eSample"
    assert "<bdi>Clea \u202eSample</bdi>" in public_page(site, made.path)
    assert kept(site)[0].standing == Standing.SHOWN


@pytest.mark.parametrize(("choice", "left"), [("keep", "Mine."), ("delete", None)])
def test_closing_an_account_asks_what_becomes_of_them(site: Site, choice: str, left: str | None) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo = signed_in(site, "cleo")
    assert "What becomes of your comments" not in cleo.get("/account").text
    say(cleo, made, "Mine.")
    assert "What becomes of your comments" in cleo.get("/account").text
    (taken,) = cleo.get("/account/export.json").json()["comments"]
    assert (taken["title"], taken["text"], taken["state"]) == ("Rivers of Paper", "Mine.", "shown")
    assert cleo.post("/account/closure", data={"confirm": "DELETE", "comments": choice}).status_code == 200
    assert "Cleo Specimen" in public_page(site, made.path)
    with site.portal.database.writing() as db:
        assert finish_closures(db, site.portal.seal, clock.now() + timedelta(days=8)) == 1
    page = public_page(site, made.path)
    assert "Cleo Specimen" not in page
    assert ("Mine." in page) == (left is not None)
    assert [(each.text, each.user_id) for each in kept(site)] == ([(left, None)] if left else [])
