"""What titles lack: the rules over a record, the desk's pages of it, and the command."""

import threading
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.formats.pdf_facts import Accessibility, PdfFacts, as_json
from api.formats.record import EditionRecord, Person, TitleRecord
from api.shelf import lacking, readiness
from api.shelf.drafts import FACTS, LISTS
from api.shelf.gaps import Aim, Gap, Stand, Weight
from api.tables import Edition, File, Intake, IntakeState, Kind, State
from tests.desk.conftest import editor_of
from tests.make import give_chapters, shelve
from tests.records import RICH
from tests.site import Site

EDITION = EditionRecord(1, 1, clock.now(), 100, 4_000_000, "0" * 64, "application/pdf")
GOOD_PDF = PdfFacts(
    5, text_share=1.0, accessibility=Accessibility(tagged=True, language="en", title_shown=True, figures=0)
)


def record(**other: Any) -> TitleRecord:
    facts = {name: getattr(RICH.facts, name) for name in FACTS}
    lists = {name: getattr(RICH, name) for name in LISTS if name != "accessibility"}
    its_own = {"id": 1, "state": State.DRAFT, "edition": EDITION, "said": RICH.accessibility[0]}
    return TitleRecord(**(its_own | facts | lists | other))


def gaps(has_rules: bool = True, facts: PdfFacts | None = GOOD_PDF, **other: Any) -> list[Gap]:
    return readiness.gaps_of(Stand(record(**other), has_rules, facts))


def fields(found: list[Gap], aim: Aim, weight: Weight | None = None) -> set[str]:
    return {gap.field for gap in found if gap.aim is aim and weight in (None, gap.weight)}


def test_a_whole_record_lacks_hardly_anything() -> None:
    found = gaps()
    assert readiness.blocking(found) == readiness.choices(found) == []
    for aim in (Aim.PUBLICATION, Aim.CITATION, Aim.ONIX, Aim.OPDS, Aim.ACCESSIBILITY):
        assert fields(found, aim) == set()
    assert fields(found, Aim.CROSSREF) == {"contributors[2].orcid"}


def test_a_bare_record_says_what_is_needed_and_what_has_to_be_meant() -> None:
    found = gaps(has_rules=False, edition=None, abstract=" ", contributors=(), published=None, slug="No Slug")
    assert fields(found, Aim.PUBLICATION, Weight.NEEDED) == {"slug", "abstract", "contributors"}
    assert fields(found, Aim.PUBLICATION, Weight.CHOICE) == {"file", "access"}
    assert [gap.field for gap in readiness.blocking(found)] == ["slug", "abstract", "contributors"]
    for aim in (Aim.SCHOLAR, Aim.CITATION, Aim.CROSSREF, Aim.ONIX, Aim.LIBRARIES):
        assert "published" in fields(found, aim, Weight.NEEDED)
    assert fields(found, Aim.OPDS, Weight.NEEDED) == {"file", "access"}


def test_a_withdrawn_title_lacks_nothing() -> None:
    assert gaps(state=State.WITHDRAWN, abstract="", contributors=()) == []


@pytest.mark.parametrize(
    ("other", "aim", "field", "weight"),
    [
        ({"isbn": None}, Aim.ONIX, "isbn", Weight.NEEDED),
        ({"isbn": None}, Aim.LIBRARIES, "isbn", Weight.NEEDED),
        ({"publisher": None}, Aim.CITATION, "publisher", Weight.NEEDED),
        ({"doi": None, "doi_is_ours": False}, Aim.CROSSREF, "doi", Weight.NEEDED),
        ({"subjects": ()}, Aim.ONIX, "subjects", Weight.BETTER),
        ({"subjects": ()}, Aim.OPDS, "subjects", Weight.BETTER),
        ({"licence_uri": None}, Aim.CROSSREF, "licence_uri", Weight.BETTER),
        ({"contributors": (Person(name="Jo Pattern"),)}, Aim.SCHOLAR, "contributors[1].family", Weight.BETTER),
        ({"kind": Kind.REPORT, "institution": None}, Aim.SCHOLAR, "institution", Weight.BETTER),
        ({"kind": Kind.REPORT, "identifiers": ()}, Aim.CITATION, "identifiers", Weight.BETTER),
        ({"edition": replace(EDITION, size=6_000_000)}, Aim.SCHOLAR, "file", Weight.BETTER),
        ({"facts": None}, Aim.ACCESSIBILITY, "file", Weight.BETTER),
        ({"facts": PdfFacts(300, text_share=0.1)}, Aim.ACCESSIBILITY, "file", Weight.BETTER),
    ],
)
def test_each_format_names_the_field_it_wants(other: dict[str, Any], aim: Aim, field: str, weight: Weight) -> None:
    assert field in fields(gaps(**other), aim, weight)
    assert field not in fields(gaps(), aim)


def test_what_does_not_apply_is_not_asked_for() -> None:
    assert fields(gaps(doi_is_ours=False, licence_uri=None), Aim.CROSSREF) == set()  # another house's DOI
    assert fields(gaps(kind=Kind.PAPER, isbn=None, subjects=()), Aim.ONIX) == set()
    assert fields(gaps(kind=Kind.REPORT, publisher=None), Aim.CITATION) == set()  # its institution stands for it


def test_chapters_are_counted_and_the_first_is_named() -> None:
    lines = (RICH.contents[0], *(replace(RICH.contents[1], number=None, first_page=None, doi=None) for _ in range(3)))
    (gap,) = [gap for gap in gaps(contents=lines) if gap.aim is Aim.SCHOLAR]
    assert (gap.field, gap.page, gap.anchor) == ("contents[2].first_page", "contents", "contents[2].first_page")
    assert gap.what == "3 chapters, the first of them “The Clerk’s Hand”, have no pages."


def test_a_gap_knows_its_page_and_its_field() -> None:
    gap = Gap(Aim.CROSSREF, Weight.BETTER, "contributors[1].orcid", "", "")
    assert (gap.page, gap.anchor) == ("record", "contributors[1].orcid")
    assert [(each.page, each.anchor) for each in (replace(gap, field="file"), replace(gap, field="abstract"))] == [
        ("file", ""),
        ("record", "abstract"),
    ]


def test_a_title_at_a_glance(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site)
    page = editor.get("/desk/titles/rivers-of-paper")
    assert page.status_code == 200
    for words in (
        "the page, and the file for whoever signs in.",
        'href="/desk/titles/rivers-of-paper/record#published"',
        "The file came before it was looked at for this.",
        'href="/desk/titles/rivers-of-paper/preview"',
        '<a href="/desk/titles/rivers-of-paper" aria-current="page">Overview</a>',
    ):
        assert words in page.text
    with site.portal.database.writing() as db:
        file = db.exec(select(File).join(Edition).where(Edition.title_id == made.id)).one()
        file.facts = as_json(GOOD_PDF)
        db.add(file)
    assert "Accessibility" in editor.get("/desk/titles/rivers-of-paper").text.partition("Nothing missing")[2]
    shelve(site, "draft", state=State.DRAFT, file=None, rules=())
    page = editor.get("/desk/titles/draft").text
    assert "For them there is no page at this address." in page
    assert "There is no file." in page
    with site.portal.database.writing() as db:
        draft = db.exec(select(Edition.title_id)).first()
        assert draft is not None
        title_id = made.id + 1
        intake = Intake(staged_id="s" * 20, file_name="a.pdf", size=1, title_id=title_id, state=IntakeState.CHECKING)
        db.add(intake)
    assert "The file that was sent is still being checked." in editor.get("/desk/titles/draft").text


def test_the_desk_lists_what_lacks_something_leaf_by_leaf(
    site: Site, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lacking, "LEAF", 2)
    for number in range(3):
        shelve(site, f"title-{number}")
    shelve(site, "gone", state=State.WITHDRAWN)
    give_chapters(site, shelve(site, "book", kind=Kind.EDITED_VOLUME))
    seen, address = [], "/desk/readiness?aim=citation"
    while address:
        page = editor.get(address).text
        seen += [part.partition('"')[0] for part in page.split('<th scope="row"><a href="/desk/titles/')[1:]]
        last = page.partition("after=")[2].partition('"')[0]
        address = f"/desk/readiness?aim=citation&after={last}" if last else ""
    assert seen == ["book", "title-2", "title-1", "title-0"]
    assert 'href="/desk/titles/book/record#isbn"' in editor.get("/desk/readiness?aim=onix").text
    everything = editor.get("/desk/readiness").text
    assert everything.count('href="/desk/titles/book/record#published"') == 1
    assert "more<" in everything
    assert editor.get("/desk/readiness?aim=no-such").status_code == 404
    assert editor.get("/desk/readiness?after=no-such").status_code == 404


def test_an_empty_desk_says_so(site: Site) -> None:
    assert "There are no titles to look at." in editor_of(site).get("/desk/readiness").text


def test_the_list_costs_the_same_however_many_titles_follow(site: Site, editor: httpx2.Client) -> None:
    from sqlalchemy import event

    def statements(count: int) -> int:
        asked: list[str] = []
        engine = site.portal.database._read

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if threading.current_thread() is threading.main_thread():  # the portal's own look at the shelf meanwhile
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        with site.portal.database.reading() as db:
            leaf = lacking.leaf(db, clock.now())
        event.remove(engine, "before_cursor_execute", note)
        assert leaf is not None
        assert leaf.looked_at == count
        return len(asked)

    for number in range(3):
        shelve(site, f"title-{number}")
    few = statements(3)
    for number in range(3, 9):
        shelve(site, f"title-{number}")
    assert statements(9) <= few
