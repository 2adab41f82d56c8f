"""Readers named at the desk: one by one, from a list after a dry run, found again, and put out."""

import httpx2
import pytest
from sqlmodel import select

from api.access import listed
from api.tables import Audit, Grant, Invitation, RuleKind
from tests.cast import BEN, CLEO, Forms, sign_in
from tests.desk.test_access import PAGE
from tests.make import Made, grant, shelve
from tests.site import Site

READERS, LIST = f"{PAGE}/readers", f"{PAGE}/readers/list"
TEXT = "person,note\ndemo:ben,first\njane@example.org\n\ndemo:ben\nnowhere:x\n=cmd()\n"


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site, rules=[RuleKind.LISTED])


def let_in(site: Site) -> list[str]:
    with site.portal.database.reading() as db:
        return sorted(row.subject for row in db.exec(select(Grant)).all())


def waiting(site: Site) -> list[str]:
    with site.portal.database.reading() as db:
        return sorted(row.email for row in db.exec(select(Invitation)).all())


def audited(site: Site) -> list[tuple[str, str]]:
    with site.portal.database.reading() as db:
        return [(row.action, row.words) for row in db.exec(select(Audit).order_by(Audit.id)).all()]


def test_a_reader_is_let_in_reads_and_is_put_out(site: Site, made: Made, editor: httpx2.Client) -> None:
    ben = site.browser()
    sign_in(ben, BEN)
    answer = editor.post(READERS, data={"person": " demo:ben "})
    assert answer.status_code == 303
    page = editor.get(answer.headers["location"]).text
    assert "The reader is on the list now." in page
    assert "Ben Example" in page
    assert "ben@example.org" not in page
    assert "Open to you" in ben.get(made.path).text
    again = editor.post(READERS, data={"person": "demo:ben"})
    assert "was on the list already" in editor.get(again.headers["location"]).text
    (removal,) = [form.action for form in Forms.of(page) if form.action.endswith("/removal")]
    assert [editor.post(removal).status_code for _ in range(2)] == [303, 303]
    assert "Open to you" not in ben.get(made.path).text
    assert audited(site) == [("readers-named", "1 added, 0 already, 0 bad"), ("reader-put-out", "")]


def test_an_address_is_an_invitation_until_it_comes(site: Site, made: Made, editor: httpx2.Client) -> None:
    answer = editor.post(READERS, data={"person": "Cleo@example.org"})
    assert answer.headers["location"] == f"{READERS}?done=added&show=invited"
    page = editor.get(answer.headers["location"]).text
    assert "cleo@example.org" in page
    sign_in(site.browser(), CLEO)
    assert (let_in(site), waiting(site)) == ([CLEO], [])
    (removal,) = [form.action for form in Forms.of(page) if form.action.endswith("/removal")]
    assert editor.post(removal).status_code == 303
    assert let_in(site) == [CLEO]


def test_a_bad_reader_is_told_and_kept(site: Site, made: Made, editor: httpx2.Client) -> None:
    for person in ["", "ben", "nowhere:ben", "=demo:ben", "@example.org", "demo:", "demo:" + "x" * 400]:
        answer = editor.post(READERS, data={"person": person})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert 'id="person-fault"' in answer.text
        assert f'value="{person}"' in answer.text
    assert let_in(site) == waiting(site) == []


def test_a_list_says_first_what_each_line_does(site: Site, made: Made, editor: httpx2.Client) -> None:
    page = editor.post(LIST, data={"list": TEXT, "do": "look"}, files={"file": ("", b"")})
    assert page.status_code == 200
    for words in (
        "<strong>2</strong> would be put on the list",
        "<strong>1</strong> are on it already",
        "<strong>2</strong> can’t be",
        "names no sign-in provider",
        "begins like a spreadsheet",
    ):
        assert words in page.text, words
    assert let_in(site) == waiting(site) == []
    done = editor.post(LIST, data={"list": TEXT, "do": "add"})
    assert done.headers["location"] == f"{READERS}?done=2-1-2"
    assert "2 put on the list, 1 on it already, 2 bad lines left out." in editor.get(done.headers["location"]).text
    assert (let_in(site), waiting(site)) == ([BEN], ["jane@example.org"])
    assert editor.post(LIST, data={"list": TEXT, "do": "add"}).headers["location"] == f"{READERS}?done=0-3-2"
    assert audited(site) == [("readers-named", "2 added, 1 already, 2 bad")]


def test_a_file_is_read_as_a_spreadsheet_writes_it(site: Site, made: Made, editor: httpx2.Client) -> None:
    content = "\ufeffE-Mail;Name\r\njane@example.org;Jane\r\n".encode()
    page = editor.post(LIST, data={"list": "", "do": "look"}, files={"file": ("readers.csv", content)})
    assert "<strong>1</strong> would be put on the list" in page.text
    assert "jane@example.org;Jane" in page.text
    kept = page.text.partition('<textarea name="list" hidden>')[2].partition("</textarea>")[0]
    assert editor.post(LIST, data={"list": kept, "do": "add"}).status_code == 303
    assert waiting(site) == ["jane@example.org"]


def test_a_list_that_cannot_be_read_says_why(made: Made, editor: httpx2.Client) -> None:
    for content, words in [
        (b"", "has no line"),
        (b"\xff\xfe", "not UTF-8"),
        (b'"open', "can’t be read"),
        (b"x\n" * 50_001, "more than 50000"),
    ]:
        answer = editor.post(LIST, data={"do": "look"}, files={"file": ("readers.csv", content)})
        assert answer.status_code == 422
        assert words in answer.text


def test_the_list_is_found_in_and_goes_on(
    site: Site, made: Made, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "LEAF", 2)
    for subject in ("r1", "r2", "r3", BEN):
        grant(site, made, subject)
    sign_in(site.browser(), BEN)
    first = editor.get(READERS).text
    assert "Ben Example" in first
    assert ":r1<" not in first
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert ":r1<" in editor.get(older).text
    assert "Ben Example" not in editor.get(older).text
    assert "Ben Example" in editor.get(f"{READERS}?q=EXAMP").text
    assert ":r2" in editor.get(f"{READERS}?q=demo:r2").text
    assert "Nobody is found by that" in editor.get(f"{READERS}?q=demo:%25").text
    assert editor.get(f"{READERS}?before=x").status_code == 404
    assert editor.get(f"{READERS}?q=%00").status_code == 200


def test_another_titles_reader_is_not_put_out_here(site: Site, made: Made, editor: httpx2.Client) -> None:
    other = shelve(site, "other", rules=[RuleKind.LISTED])
    grant(site, other, BEN)
    with site.portal.database.reading() as db:
        grant_id = db.exec(select(Grant.id)).one()
    assert editor.post(f"{READERS}/{grant_id}/removal").status_code == 303
    assert let_in(site) == [BEN]
