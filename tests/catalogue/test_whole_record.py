"""A landing page says what the record knows, and no more than that."""

from dataclasses import replace

import pytest

from api.formats.record import Person
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, publish
from api.tables import Contribution, Kind
from tests.records import RICH
from tests.site import Site


def page(site: Site, draft: TitleDraft, path: str = "/books/edited/rivers") -> str:
    with site.portal.database.writing() as db:
        add_draft(db, draft)
        publish(db, draft.facts.slug)
    answer = site.program().get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_all_of_it(site: Site) -> None:
    shown = page(site, RICH)
    for said in (
        "Edited by Ada Sample, translated by Ludwig van der Muster Jr., with a foreword by Sukarno",
        '<p class="lead">What <em>archives</em> carry.</p> <p>And what they leave.</p>',
        '<h2 id="h-in-de">In German</h2> <div class="prose" lang="de"> <h3>Flüsse aus Papier',
        "Was <em>Archive</em> tragen.",
        'href="https://orcid.org/0000-0002-1825-0097" rel="author"',
        '<a href="https://ror.org/02mhbdp94">Example University</a>',
        "Keeps records.",
        "Series editor",
        "Studies in Record Keeping, 7 (ISSN 2049-3630)",
        "<dt>ISBN of the printed book</dt><dd>9781402894626</dd>",
        "<dt>Report number</dt><dd>R-12</dd>",
        "<dt>Edition</dt><dd>2nd edition</dd>",
        "<dt>Issued by</dt><dd>Sample Institute</dd>",
        '<a href="https://creativecommons.org/licenses/by/4.0/" rel="license">CC BY 4.0</a>',
        "© 2024 Gatefold Press",
        '<a href="https://ror.org/02mhbdp94">Sample Foundation</a>, SF-7; Friends',
        "<dt>Keywords</dt><dd>archives</dd>",
        "<dt>Subjects</dt><dd>Archiving (Thema GLP); BISAC LAN025000</dd>",
        "<dt>Length</dt><dd>xii, 312 pages</dd>",
        '>The Clerk’s Hand</a><span class="who">Mo Specimen and Jo Pattern</span>',
    ):
        assert said in shown, said


def test_what_is_not_known_has_no_line(site: Site) -> None:
    draft = TitleDraft(
        TitleFacts("least", Kind.REPORT, "Least", "Least"),
        contributors=(Person(given="Ada", family="Sample", role=Contribution.EDITOR),),
    )
    shown = page(site, draft, "/reports/least")
    assert "Edited by Ada Sample" in shown
    for term in ("Contributors", "Series", "Subjects", "Keywords", "Funded by", "Copyright", "Edition", "Length</dt>"):
        assert term not in shown.partition("<main")[2], term


@pytest.mark.parametrize("field", ["title", "publisher", "rights_holder", "imprint", "genre", "series", "licence"])
def test_markup_in_a_field_is_text(site: Site, field: str) -> None:
    facts = replace(RICH.facts, **{field: "<script>x</script>", "full_title": ""})
    assert "<script>x" not in page(site, replace(RICH, facts=facts))


def test_a_known_person_in_two_roles_stands_once(site: Site) -> None:
    ada = RICH.contributors[0]
    shown = page(site, replace(RICH, contributors=(ada, replace(ada, role=Contribution.AUTHOR))))
    assert shown.count("ORCID 0000-0002-1825-0097") == 1
    assert "Editor, Author" in shown
