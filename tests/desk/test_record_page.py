"""The form of a title's record: saved whole, rows that move without scripts, nothing typed lost, the second told."""

from dataclasses import replace

import httpx2
import pytest
from sqlmodel import select

from api.formats.record import Person
from api.shelf.drafts import draft_of
from api.shelf.records import record_of
from api.shelf.shelving import TitleDraft, add_draft, find_title, id_of
from api.tables import Audit, State, Title, TypedDraft
from tests.cast import BEN, CLEO, sign_in
from tests.desk.conftest import editor_of
from tests.desk.filled import Filled, opened
from tests.make import shelve
from tests.records import RICH
from tests.site import Site

NEW = "/desk/titles/new"
PAGE = "/desk/titles/rivers/record"


@pytest.fixture
def rich(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)


def saved(site: Site, slug: str = "rivers") -> TitleDraft:
    with site.portal.database.reading() as db:
        return draft_of(record_of(find_title(db, slug)))


def kept(site: Site) -> list[TypedDraft]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(TypedDraft)).all())


def test_a_new_title_is_typed_and_saved(site: Site, editor: httpx2.Client) -> None:
    form = opened(editor, NEW)
    typed = {"title": "Rivers of Paper", "subtitle": "Archives", "kind": "report", "published": "2024-05"}
    form = Filled(form.send(editor, "add contributors", **typed).text)
    assert form.focus == "contributors[1].given"
    form.set("contributors[1].given", "Ada")
    form.set("contributors[1].family", "Sample")
    answer = form.send(editor, "save")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/titles/rivers-of-paper/record?saved=new")
    draft = saved(site, "rivers-of-paper")
    assert (draft.facts.full_title, draft.facts.published) == ("Rivers of Paper – Archives", "2024-05")
    assert draft.contributors == (Person(given="Ada", family="Sample"),)
    assert "Saved." in editor.get(answer.headers["location"]).text
    assert kept(site) == []
    with site.portal.database.reading() as db:
        act = db.exec(select(Audit).where(Audit.action == "title-drafted")).one()
        assert (act.object, act.actor_user_id is None) == ("title rivers-of-paper", False)


def test_the_form_sent_twice_makes_one_title(site: Site, editor: httpx2.Client) -> None:
    form = opened(editor, NEW)
    first, second = (form.send(editor, "save", title="Rivers of Paper") for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    with site.portal.database.reading() as db:
        assert len(db.exec(select(Title)).all()) == 1
    other = form.send(editor, "save", title="Rivers of Paper", pages="3")
    assert other.status_code == 422
    assert "There is a title “rivers-of-paper” already." in other.text


@pytest.mark.usefixtures("rich")
def test_opened_and_saved_unchanged_the_record_stays_what_it_is(site: Site, editor: httpx2.Client) -> None:
    assert opened(editor, PAGE).send(editor, "save").status_code == 303
    assert saved(site) == RICH
    with site.portal.database.reading() as db:
        assert find_title(db, "rivers").version == 1


@pytest.mark.usefixtures("rich")
def test_all_that_is_wrong_is_said_and_nothing_typed_is_lost(site: Site, editor: httpx2.Client) -> None:
    form = opened(editor, PAGE)
    form.set("contributors[2].orcid", "0000-0002-1825-0098")
    answer = form.send(editor, "save", title="", isbn="12", standfirst="New words", unknown="x")
    assert answer.status_code == 422
    again = Filled(answer.text)
    assert again.focus == "faults"
    assert (again["title"], again["isbn"], again["standfirst"]) == ("", "12", "New words")
    assert again["contributors[2].orcid"] == "0000-0002-1825-0098"
    for path, words in (
        ("title", "Title is missing."),
        ("isbn", "ISBN of the PDF has to be an ISBN of thirteen digits"),
        ("contributors[2].orcid", "ORCID iD of contributor 2 is not an ORCID iD: the check digit"),
    ):
        assert f'<a href="#{path}">{words}' in answer.text
        assert f'id="{path}-fault"' in answer.text
    assert set(form.ids) >= {"title", "isbn", "contributors[2].orcid"}
    assert saved(site) == RICH


@pytest.mark.usefixtures("rich")
def test_rows_move_without_scripts_and_the_focus_goes_along(site: Site, editor: httpx2.Client) -> None:
    form = Filled(opened(editor, PAGE).send(editor, "up contributors[3]").text)
    assert (form["contributors[2].name"], form.focus) == ("Sample Group", "up contributors[2]")
    form = Filled(form.send(editor, "up contributors[2]").text)
    assert form.focus == "down contributors[1]"
    form = Filled(form.send(editor, "remove contributors[2]").text)
    assert form.focus == "fieldset"
    form = Filled(form.send(editor, "add contributors[1]").text)
    assert form.focus == "contributors[2].given"
    assert saved(site) == RICH
    form.set("contributors[2].family", "New")
    assert form.send(editor, "save").status_code == 303
    assert [person.display for person in saved(site).contributors] == [
        "Sample Group",
        "New",
        "Ludwig van der Muster Jr.",
        "Sukarno",
    ]


@pytest.mark.usefixtures("rich")
def test_what_is_typed_is_there_again_on_the_next_visit(site: Site, editor: httpx2.Client) -> None:
    opened(editor, PAGE).send(editor, "hold", title="Typed and not saved")
    page = editor.get(PAGE)
    assert Filled(page.text)["title"] == "Typed and not saved"
    assert "and have not saved it" in page.text
    assert saved(site) == RICH
    assert Filled(page.text).send(editor, "discard").headers["location"] == PAGE
    assert opened(editor, PAGE)["title"] == "Rivers of Paper"
    assert kept(site) == []


@pytest.mark.usefixtures("rich")
def test_the_script_keeps_what_is_typed_and_another_editor_does_not_see_it(site: Site, editor: httpx2.Client) -> None:
    form = opened(editor, PAGE)
    form.set("title", "Typed")
    answer = form.press(editor, "keep")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [row.fields["title"] for row in kept(site)] == ["Typed"]
    assert opened(editor_of(site, BEN), PAGE)["title"] == "Rivers of Paper"
    form.set("title", "Rivers of Paper")
    form.press(editor, "keep")
    assert kept(site) == []
    opened(editor, NEW).send(editor, "hold", title="New")
    assert opened(editor, NEW)["title"] == "New"
    opened(editor, NEW).send(editor, "discard")
    assert opened(editor, NEW)["title"] == ""


@pytest.mark.usefixtures("rich")
def test_of_two_editors_the_second_is_shown_what_changed(site: Site, editor: httpx2.Client) -> None:
    ben = editor_of(site, BEN)
    first, second = opened(editor, PAGE), opened(ben, PAGE)
    assert first.send(editor, "save", title="First", pages="313").status_code == 303
    answer = second.send(ben, "save", place="Ghent")
    assert answer.status_code == 409
    for words in ("Ada Sample", "Rivers of Paper", "First", "312", "313", "Save mine over it"):
        assert words in answer.text
    again = Filled(answer.text)
    assert (again["title"], again["place"], again.focus) == ("Rivers of Paper", "Ghent", "changes")
    assert again.send(ben, "save").status_code == 409
    again = Filled(again.send(ben, "add contributors").text)
    assert "over 2" in again.buttons
    again.set("contributors[5].family", "Late")
    assert again.send(ben, "over 2", title="First").status_code == 303
    facts = saved(site).facts
    assert (facts.title, facts.pages, facts.place) == ("First", 312, "Ghent")
    assert [person.family for person in saved(site).contributors][-1] == "Late"


@pytest.mark.usefixtures("rich")
def test_what_was_typed_over_an_older_record_says_so_on_the_next_visit(site: Site, editor: httpx2.Client) -> None:
    ben = editor_of(site, BEN)
    opened(ben, PAGE).send(ben, "hold", place="Ghent")
    opened(editor, PAGE).send(editor, "save", title="First")
    page = ben.get(PAGE).text
    assert "The record has been changed since you began." in page
    assert Filled(page).send(ben, "save").status_code == 409


@pytest.mark.usefixtures("rich")
def test_the_abstract_is_shown_as_readers_will_see_it(site: Site, editor: httpx2.Client) -> None:
    hostile = "*Hands*\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))"
    page = opened(editor, PAGE).send(editor, "preview abstract", abstract=hostile)
    by_script = editor.post("/desk/preview", data={"markdown": hostile})
    for html in (page.text, by_script.text):
        assert "<em>Hands</em>" in html
        assert "<script>alert" not in html
        assert 'href="javascript' not in html
    assert Filled(page.text).focus == "preview abstract"
    assert saved(site) == RICH
    long = editor.post("/desk/preview", data={"markdown": "é" * 20_000})
    assert long.status_code == 200


@pytest.mark.usefixtures("rich")
def test_an_address_that_is_taken_is_said_at_its_field(site: Site, editor: httpx2.Client) -> None:
    shelve(site, "taken")
    answer = opened(editor, PAGE).send(editor, "save", slug="taken")
    assert answer.status_code == 422
    assert '<a href="#slug">There is a title “taken” already.</a>' in answer.text
    answer = opened(editor, PAGE).send(editor, "save", slug="rivers-anew")
    assert answer.headers["location"] == "/desk/titles/rivers-anew/record?saved=record"
    with site.portal.database.writing() as db:
        bare = replace(RICH.facts, slug="other", series="Another Series", series_issn=None, doi=None, doi_is_ours=False)
        add_draft(db, TitleDraft(replace(bare, isbn=None)))
    answer = opened(editor, "/desk/titles/other/record").send(editor, "save", series_issn="2049-3630")
    assert "ISSN 2049-3630 is that of the series “Studies in Record Keeping”." in answer.text


def test_four_hundred_contributors_are_saved_and_moved(site: Site, editor: httpx2.Client) -> None:
    people = tuple(replace(RICH.contributors[0], family=f"Sample-{number}") for number in range(400))
    with site.portal.database.writing() as db:
        add_draft(db, replace(RICH, contributors=people))
    form = Filled(opened(editor, PAGE).send(editor, "up contributors[400]").text)
    assert form["contributors[399].family"] == "Sample-399"
    assert form.send(editor, "save").status_code == 303
    assert [person.family for person in saved(site).contributors[-2:]] == ["Sample-399", "Sample-398"]


@pytest.mark.parametrize("path", [NEW, PAGE, "/desk/titles/rivers/contents", "/desk/titles/none/record"])
@pytest.mark.usefixtures("rich")
def test_for_all_others_there_is_no_form(site: Site, path: str) -> None:
    cleo, nobody = site.browser(), site.browser()
    sign_in(cleo, CLEO)
    for client in (cleo, nobody):
        common = client.get("/no-such-page")
        for answer in (client.get(path), client.post(path, data={"do": "keep", "title": "x"})):
            assert (answer.status_code, answer.content) == (404, common.content)
    assert kept(site) == []


def test_no_such_title_and_forms_that_are_none(site: Site, editor: httpx2.Client) -> None:
    assert editor.get("/desk/titles/none/record").status_code == 404
    for do in ("save", "keep", "discard", "up contributors[1]"):
        assert editor.post("/desk/titles/none/record", data={"do": do}).status_code == 404, do
    shelve(site, state=State.DRAFT)
    page = "/desk/titles/rivers-of-paper/record"
    form = opened(editor, page)
    for do in (
        "",
        "nonsense",
        "up",
        "up contributors",
        "remove contributors[1].given",
        "preview contributors[9].x",
        "add",
    ):
        assert form.press(editor, do).status_code in (200, 303), do
    assert editor.post(page, content=b"&".join([b"a=1"] * 60_001)).status_code == 400
    assert editor.post(page, data={"kind": "novel", "title": "x"}).status_code == 422
    assert editor.post(page, data={"title": "\x00\ud7ff", "kind": "report", "slug": "x\x00"}).status_code == 422


@pytest.mark.usefixtures("rich")
def test_what_is_typed_goes_with_its_title(site: Site, editor: httpx2.Client) -> None:
    opened(editor, PAGE).send(editor, "hold", title="Typed")
    with site.portal.database.writing() as db:
        title = find_title(db, "rivers")
        assert id_of(title)
        db.delete(title)
    assert kept(site) == []
