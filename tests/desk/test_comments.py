"""Comments at the desk: the list of what is to be read, deciding, and how a title's comments are dealt with."""

import httpx2
from sqlmodel import select

from api.tables import Audit, Discussion, Moderation
from tests.comments.talk import kept, public_page, say, set_talk, signed_in
from tests.make import Made, shelve
from tests.site import Site


def test_the_list_by_title_and_deciding_from_it(site: Site, editor: httpx2.Client, made: Made) -> None:
    other = shelve(site, "other")
    set_talk(site.portal.database, other.id, Moderation.AFTER)
    cleo, ben = signed_in(site, "cleo"), signed_in(site, "ben")
    say(cleo, made, "Waits.")
    say(cleo, other, "Is <reported>.")
    ben.post(f"{other.path}/comments/2/report", data={"reason": "insult", "words": "See for yourself."})
    everything = editor.get("/desk/comments").text
    assert everything.index("Waits.") < everything.index("Is &lt;reported&gt;.")
    assert "See for yourself." in everything
    assert "Ben" not in everything
    of_other = editor.get("/desk/comments?title=other").text
    assert "Waits." not in of_other
    assert editor.get("/desk/comments?title=nothing").status_code == 404
    assert editor.get("/desk/comments?after=x").status_code == 404
    refused = editor.post("/desk/comments/2", data={"do": "hide", "title": "other"})
    assert (refused.status_code, "Give a reason" in refused.text) == (422, True)
    done = editor.post("/desk/comments/2", data={"do": "hide", "title": "other", "reason": "An insult."})
    assert (done.status_code, done.headers["location"]) == (303, "/desk/comments?title=other")
    assert "An insult." in cleo.get(other.path).text
    assert editor.post("/desk/comments/1", data={"do": "delete", "reason": "Twice."}).status_code == 303
    assert "Nothing waits to be read" in editor.get("/desk/comments").text
    assert [each.text for each in kept(site)] == ["Is <reported>."]
    assert "Show it" in editor.get("/desk/comments/2").text
    assert editor.get("/desk/comments/1").status_code == 404
    assert editor.post("/desk/comments/2", data={"do": "dance"}).status_code == 400
    for client in (cleo, site.browser()):
        for address in ("/desk/comments", "/desk/comments/2", "/desk/titles/other/comments"):
            assert client.get(address).status_code == 404
        assert client.post("/desk/comments/2", data={"do": "show"}).status_code == 404


def test_how_they_are_dealt_with(site: Site, editor: httpx2.Client, made: Made) -> None:
    here = "/desk/titles/rivers-of-paper/comments"
    assert 'value="before" selected' in editor.get(here).text
    saved = editor.post(here, data={"moderation": "after", "close_on": "2031-03-01", "close_at": "17:00"})
    assert (saved.status_code, saved.headers["location"]) == (303, f"{here}?saved=1")
    assert "They close on 1 March 2031, 17:00 UTC." in public_page(site, made.path).replace("\u00a0", " ")
    for wrong in ({"moderation": "never"}, {"moderation": "after", "close_on": "soon"}, {"close_at": "17:00"}):
        answer = editor.post(here, data=wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert editor.post(here, data={"moderation": "off"}).status_code == 303
    assert 'id="discussion"' not in public_page(site, made.path)
    with site.portal.database.reading() as db:
        (row,) = db.exec(select(Discussion)).all()
        assert (row.moderation, row.closes_at) == ("off", None)
        words = [each.words for each in db.exec(select(Audit).where(Audit.action == "comments-set"))]
    assert words == ["after, until 2031-03-01 17:00 UTC", "off"]


def test_marks_are_given_by_handle(site: Site, editor: httpx2.Client, made: Made) -> None:
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo, here = signed_in(site, "cleo"), "/desk/titles/rivers-of-paper/comments"
    say(cleo, made, "I wrote it.")
    assert editor.post(f"{here}/marks", data={"handle": "demo:nobody", "part": "author"}).status_code == 422
    assert editor.post(f"{here}/marks", data={"handle": "demo:cleo", "part": "king"}).status_code == 422
    for part in ("author", "editor"):
        assert editor.post(f"{here}/marks", data={"handle": " demo:cleo ", "part": part}).status_code == 303
    assert "Editor of this title" in public_page(site, made.path)
    assert "demo:cleo" in editor.get(here).text
    assert editor.post(f"{here}/marks/1/removal").status_code == 303
    assert "Editor of this title" not in public_page(site, made.path)
