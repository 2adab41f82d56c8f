"""What a page says to machines: tags, one graph with an honest gate, and the file only to who may read it."""

import json
import re
from dataclasses import replace

from api.formats.record import Person
from api.shelf.shelving import add_draft, publish
from api.tables import Kind, RuleKind
from tests.cast import CLEO, sign_in
from tests.make import give_chapters, shelve
from tests.records import RICH
from tests.site import Site

PDF = '<meta name="citation_pdf_url" content="{}">'
GRAPH = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def test_an_edited_volume_names_editors_and_one_canonical_address(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    page = site.browser().get("/books/edited/rivers").text
    for said in (
        '<meta name="citation_title" content="Rivers of Paper: Archives and Statehood">',
        '<meta name="citation_editor" content="Sample, Ada">',
        '<meta name="citation_publication_date" content="2024/05/17">',
        '<meta name="citation_isbn" content="9783161484100">\n<meta name="citation_isbn" content="9781402894626">',
        '<meta property="og:type" content="book">',
        '<meta name="DC.identifier" content="https://doi.org/10.5555/gf.rivers">',
        '<link rel="unapi-server" type="application/xml" title="unAPI" href="/unapi">',
        f'<abbr class="unapi-id" title="{site.url}/books/edited/rivers"></abbr>',
    ):
        assert said in page
    assert "citation_author" not in page
    assert page.count('rel="canonical"') == 1


def test_the_gate_is_named_and_stands_once(site: Site) -> None:
    made = shelve(site)
    page = site.browser().get(made.path).text
    [graph] = GRAPH.findall(page)
    gate = json.loads(graph)["@graph"][0]["hasPart"]
    assert (gate["isAccessibleForFree"], gate["cssSelector"]) == (False, ".gated")
    assert len(re.findall(r'class="[^"]*\bgated\b', page)) == 1


def test_the_file_is_named_only_to_who_may_read_it(site: Site) -> None:
    made = shelve(site)
    tag = PDF.format(f"{site.url}{made.pdf}")
    assert tag not in site.browser().get(made.path).text
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert tag in cleo.get(made.path).text
    free = shelve(site, "free", rules=[RuleKind.EVERYONE])
    assert PDF.format(f"{site.url}{free.pdf}") in site.browser().get(free.path).text


def test_a_chapter_is_in_its_volume_and_the_volume_leaves_the_file_to_it(site: Site) -> None:
    made = shelve(site, kind=Kind.EDITED_VOLUME, rules=[RuleKind.EVERYONE])
    give_chapters(site, made)
    page = site.browser().get(f"{made.path}/chapters/1").text
    assert '<meta name="citation_inbook_title" content="Rivers of Paper">' in page
    assert '<meta name="citation_firstpage" content="1">' in page
    assert PDF.format(f"{site.url}{made.path}/chapters/1.pdf") in page
    assert "citation_pdf_url" not in site.browser().get(made.path).text


def test_nothing_in_a_record_ends_the_graph_or_a_tag(site: Site) -> None:
    nasty = 'A "b" </script><script>x & <!-- –'
    with site.portal.database.writing() as db:
        add_draft(db, replace(RICH, facts=replace(RICH.facts, title=nasty, full_title=nasty, subtitle=None)))
        publish(db, "rivers")
    page = site.browser().get("/books/edited/rivers").text
    [graph] = GRAPH.findall(page)
    assert json.loads(graph)["@graph"][1]["name"] == nasty
    assert "<script>x" not in page


def test_a_page_with_400_contributors_stays_under_its_limit(site: Site) -> None:
    people = tuple(Person(given=f"Given{n}", family=f"Family{n}", orcid=None) for n in range(400))
    with site.portal.database.writing() as db:
        add_draft(db, replace(RICH, contributors=people))
        publish(db, "rivers")
    answer = site.browser().get("/books/edited/rivers")
    assert answer.text.count('name="citation_author"') == 400
    assert len(answer.content) < 60_000
    assert len(answer.headers["link"]) < 4096


def test_a_list_has_a_context_object_for_each_title(site: Site) -> None:
    for slug in ("one", "two"):
        shelve(site, slug)
    page = site.browser().get("/").text
    assert page.count('<span class="Z3988" title="ctx_ver=Z39.88-2004&amp;') == 2
    assert "rft.btitle=Rivers+of+Paper" in page
