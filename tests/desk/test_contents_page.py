"""The form of a title's contents: by hand, from a pasted page, from the file's bookmarks; chapters keep their ids."""

from dataclasses import replace

import httpx2
import pytest

from api.formats.pdf_facts import Bookmark, PdfFacts, as_json
from api.formats.record import ContentsLine, Person
from api.shelf.records import record_of
from api.shelf.shelving import add_draft, find_title
from api.tables import Edition, File
from tests.desk.filled import Filled, opened
from tests.records import RICH
from tests.site import Site

PAGE = "/desk/titles/rivers/contents"
PASTED = "Contents\nPart I Power\n1 The Clerk’s Hand … 39\nMo Specimen\n2 Seals … 72\n" + "x" * 1_200


@pytest.fixture(autouse=True)
def rich(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)


def lines(site: Site) -> tuple[ContentsLine, ...]:
    with site.portal.database.reading() as db:
        return record_of(find_title(db, "rivers")).contents


def test_opened_and_saved_unchanged_the_contents_stay_what_they_are(site: Site, editor: httpx2.Client) -> None:
    before = lines(site)
    assert opened(editor, PAGE).send(editor, "save").headers["location"] == f"{PAGE}?saved=contents"
    assert [line.id for line in lines(site)] == [line.id for line in before]
    assert lines(site) == RICH.contents


def test_a_chapter_is_added_by_hand_with_contributors_and_the_others_keep_their_ids(
    site: Site, editor: httpx2.Client
) -> None:
    before = lines(site)
    form = Filled(opened(editor, PAGE).send(editor, "add contents[1]").text)
    assert form.focus == "contents[2].name"
    form.set("contents[2].name", "In between")
    form.set("contents[2].first_page", "20")
    form.set("contents[3].name", "Another Name Altogether")
    form.set("contents[3].doi", "")
    form.pairs = [pair for pair in form.pairs if pair[0] != "contents[3].doi_is_ours"]
    form = Filled(form.send(editor, "add contents[2].contributors").text)
    assert form.focus == "contents[2].contributors[1].given"
    form.set("contents[2].contributors[1].given", "Jo")
    form.set("contents[2].contributors[1].family", "Pattern")
    assert form.send(editor, "save").status_code == 303
    after = lines(site)
    assert [line.name for line in after] == ["Beginnings", "In between", "Another Name Altogether"]
    assert (after[0].id, after[2].id) == (before[0].id, before[1].id)
    assert after[1].contributors == (Person(given="Jo", family="Pattern"),)


def test_a_pasted_page_is_shown_before_it_is_saved(site: Site, editor: httpx2.Client) -> None:
    answer = opened(editor, PAGE).send(editor, "paste replace", pasted=PASTED)
    assert "Understood: 1 part and 2 chapters." in answer.text
    assert "Not understood:" in answer.text
    form = Filled(answer.text)
    assert form.focus == "found"
    assert (form["contents[2].doi"], form["contents[2].contributors[1].family"]) == ("10.5555/gf.rivers.2", "Specimen")
    assert lines(site) == RICH.contents
    assert form.send(editor, "save").status_code == 303
    assert [(line.is_part, line.number, line.name, line.first_page) for line in lines(site)] == [
        (True, "I", "Power", None),
        (False, "1", "The Clerk’s Hand", "39"),
        (False, "2", "Seals", "72"),
    ]
    after = opened(editor, PAGE).send(editor, "paste after", pasted="3 Ink … 90")
    assert Filled(after.text)["contents[4].name"] == "Ink"


def test_a_paste_of_nothing_changes_nothing(site: Site, editor: httpx2.Client) -> None:
    answer = opened(editor, PAGE).send(editor, "paste replace", pasted=" \n")
    assert "No part or chapter was understood." in answer.text
    assert Filled(answer.text)["contents[2].name"] == "The Clerk’s Hand"
    answer = opened(editor, PAGE).send(editor, "paste replace", pasted="x" * 200_001)
    assert answer.status_code == 422
    assert "up to 200,000 characters" in answer.text


def test_the_bookmarks_of_the_file_are_taken(site: Site, editor: httpx2.Client) -> None:
    assert "bookmarks replace" not in opened(editor, PAGE).buttons
    marks = (Bookmark("1 The Clerk’s Hand", 2, 0), Bookmark("2 Seals", 5, 0))
    with site.portal.database.writing() as db:
        file = File(sha256="0" * 64, size=1, page_count=9, facts=as_json(PdfFacts(page_count=9, bookmarks=marks)))
        title_id = find_title(db, "rivers").id or 0
        db.add(Edition(title_id=title_id, number=1, file=file))
    form = Filled(opened(editor, PAGE).send(editor, "bookmarks replace").text)
    assert [(form[f"contents[{n}].first_page"], form[f"contents[{n}].last_page"]) for n in (1, 2)] == [
        ("3", "5"),
        ("6", "9"),
    ]
    assert form["contents[1].doi"] == "10.5555/gf.rivers.2"


def test_what_is_wrong_is_said_at_its_line_and_the_line_is_open(site: Site, editor: httpx2.Client) -> None:
    form = opened(editor, PAGE)
    form.set("contents[2].contributors[1].orcid", "12")
    answer = form.send(editor, "save")
    assert answer.status_code == 422
    assert "ORCID iD of contributor 1 of line 2 has to be an ORCID iD" in answer.text
    assert answer.text.count("<details open>") == 2
    assert lines(site) == RICH.contents


def test_of_two_who_change_one_record_the_second_is_told_here_too(site: Site, editor: httpx2.Client) -> None:
    form, record = opened(editor, PAGE), opened(editor, "/desk/titles/rivers/record")
    assert record.send(editor, "save", title="Changed").status_code == 303
    answer = form.send(editor, "save")
    assert answer.status_code == 303  # the same contents as before: nothing to be told
    form.set("contents[1].name", "Power")
    answer = form.send(editor, "save")
    assert answer.status_code == 409
    assert Filled(answer.text).send(editor, "over 2").status_code == 303
    with site.portal.database.reading() as db:
        assert record_of(find_title(db, "rivers")).title == "Changed"
    assert lines(site)[0].name == "Power"


def test_two_hundred_chapters_are_saved(site: Site, editor: httpx2.Client) -> None:
    many = tuple(replace(RICH.contents[1], name=f"Chapter {n}", doi=None, doi_is_ours=False) for n in range(200))
    with site.portal.database.writing() as db:
        facts = replace(RICH.facts, slug="many", doi=None, doi_is_ours=False, isbn=None)
        add_draft(db, replace(RICH, facts=facts, contents=many, identifiers=()))
    page = "/desk/titles/many/contents"
    form = Filled(opened(editor, page).send(editor, "down contents[1]").text)
    assert form["contents[2].name"] == "Chapter 0"
    assert form.send(editor, "save").status_code == 303
    with site.portal.database.reading() as db:
        assert record_of(find_title(db, "many")).contents[1].name == "Chapter 0"
