"""The accessibility of a title: read from its file, added to at the desk, and told wherever the title is told of."""

import httpx2
import pytest
from sqlmodel import select

from api.formats.accessible import LONGEST_SUMMARY
from api.formats.pdf_facts import Accessibility, Bookmark, PdfFacts, as_json
from api.shelf.record_json import loaded, pieces
from api.shelf.revising import as_it_stands
from api.tables import ChapterFile, File, Title
from tests.make import Made, give_chapters
from tests.site import Site

PAGE = "/desk/titles/rivers-of-paper/accessibility"
SAID = {
    "summary": "Made with screen readers in mind.",
    "pictures": "described",
    "reading_order": "on",
    "no_hazards": "on",
    "assessed_by": "Ada Sample",
    "assessed_on": "2026-11-22",
}


def give_facts(site: Site, **accessibility: object) -> None:
    facts = PdfFacts(
        3, bookmarks=(Bookmark("One", 0, 0),), text_share=1.0, accessibility=Accessibility(**accessibility)
    )  # type: ignore[arg-type]
    with site.portal.database.writing() as db:
        file = db.exec(select(File)).one()
        file.facts = as_json(facts)
        db.add(file)


def test_a_file_of_which_nothing_is_known_is_said_to_be_unknown(site: Site, made: Made, editor: httpx2.Client) -> None:
    page = site.browser().get(made.path).text
    assert "How accessible this file is has not been checked." in page
    assert '"accessibilityFeature":["unknown"]' in page
    assert "This file came before such things were read." in editor.get(PAGE).text


def test_what_was_read_from_the_file_is_told_and_no_more(site: Site, made: Made, editor: httpx2.Client) -> None:
    give_facts(site, tagged=False, figures=4, figures_described=1, pdf_ua=1)
    page = site.browser().get(made.path).text
    for words in ("The file is not tagged", "1 of 4 pictures", "Bookmarks lead", "nobody here has checked that"):
        assert words in page
    graph = site.program().get(f"{made.path}.jsonld").json()["@graph"][1]
    assert graph["accessibilityFeature"] == ["bookmarks", "unlocked"]
    assert graph["accessibilityHazard"] == ["unknown"]
    assert "accessModeSufficient" not in graph
    assert "Said by the press" not in page
    assert "The file is not tagged" in editor.get(PAGE).text


def test_the_press_adds_what_no_program_sees(site: Site, made: Made, editor: httpx2.Client) -> None:
    give_facts(site, tagged=True)
    answer = editor.post(PAGE, data=SAID)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = site.browser().get(made.path).text
    assert page.count(SAID["summary"]) == 2  # once for people, once in the graph
    assert "Said by the press" in page
    assert "Assessed by Ada Sample on 22 November 2026." in page
    graph = site.program().get(f"{made.path}.jsonld").json()["@graph"][1]
    assert set(graph["accessibilityFeature"]) == {
        "taggedPDF",
        "bookmarks",
        "unlocked",
        "alternativeText",
        "readingOrder",
    }
    assert graph["accessibilityHazard"] == ["none"]
    onix = site.program().get(f"{made.path}.onix.xml").text
    assert "<ProductFormFeatureValue>52</ProductFormFeatureValue>" in onix
    with site.portal.database.reading() as db:
        title = db.exec(select(Title)).one()
        assert title.version == 2
        [out] = loaded("".join(pieces([as_it_stands(db, title)])))
    assert (out.accessibility[0].summary, out.accessibility[0].pictures) == (SAID["summary"], "described")
    shown = editor.get(PAGE).text
    assert 'value="described" selected' in shown
    assert shown.count(" checked") == 2
    editor.post(PAGE, data={})
    with site.portal.database.reading() as db:
        assert db.exec(select(Title.accessibility)).one() is None


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"summary": "x" * (LONGEST_SUMMARY + 1)}, "Write at most 1000 characters."),
        ({"pictures": "some"}, "Choose one of the lines."),
        ({"assessed_on": "2026-02-30"}, "Write the day as 2026-11-22."),
        ({"assessed_on": "20261122"}, "Write the day as 2026-11-22."),
        ({"assessed_by": "x" * 121}, "Write at most 120 characters."),
    ],
)
def test_what_cannot_be_kept_is_shown_again(
    site: Site, made: Made, editor: httpx2.Client, sent: dict[str, str], words: str
) -> None:
    answer = editor.post(PAGE, data=SAID | sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Ada Sample" in answer.text or "assessed_by" in sent
    with site.portal.database.reading() as db:
        assert db.exec(select(Title.accessibility)).one() is None


def test_it_is_for_staff(site: Site, made: Made) -> None:
    for answer in (site.browser().get(PAGE), site.browser().post(PAGE, data=SAID)):
        assert answer.status_code == 404


def test_a_chapter_is_told_of_by_its_own_file(site: Site, made: Made, editor: httpx2.Client) -> None:
    give_facts(site, tagged=True)
    editor.post(PAGE, data=SAID)
    give_chapters(site, made, with_file=(1,))
    facts = PdfFacts(2, text_share=0.0, accessibility=Accessibility(tagged=False))
    with site.portal.database.writing() as db:
        own = db.exec(select(ChapterFile)).one().file
        own.facts = as_json(facts)
        db.add(own)
    own_page, other_page = (editor.get(f"{made.path}/chapters/{number}").text for number in (1, 2))
    assert "The pages are pictures of text" in own_page
    assert "Said by the press" not in own_page
    assert "The file is tagged" in other_page
    assert SAID["summary"] in other_page
    graph = site.program().get(f"{made.path}/chapters/1.jsonld").json()["@graph"][1]
    assert (graph["accessMode"], graph["accessibilityFeature"]) == (["textOnVisual", "visual"], ["unlocked"])
    assert "can’t be read aloud" in site.program().get(f"{made.path}/chapters/1.marcxml").text
