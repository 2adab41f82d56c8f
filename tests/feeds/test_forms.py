"""Titles in other forms: at their addresses, by what is accepted, and many in one file; drafts are nothing."""

import json
import threading

import pytest
import sqlalchemy as sa

from api.formats.forms import FORMS
from api.shelf.shelving import add_draft, publish
from api.tables import Kind, RuleKind, State
from tests.cast import ADA, make_editor, sign_in
from tests.make import give_chapters, shelve
from tests.records import RICH
from tests.site import Site

BIBTEX = "application/x-bibtex"


def test_each_form_has_an_address_that_points_back(site: Site) -> None:
    made = shelve(site)
    for form in FORMS:
        answer = site.program().get(made.path + form.suffix)
        assert (answer.status_code, answer.headers["x-robots-tag"]) == (200, "noindex")
        assert answer.headers["content-type"].partition(";")[0] == form.media_type
        assert answer.headers["link"] == f'<{site.url}{made.path}>; rel="describes"; type="text/html"'
        assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=30"
        assert "set-cookie" not in answer.headers
        again = site.program().get(made.path + form.suffix, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_chapter_has_its_own(site: Site) -> None:
    made = shelve(site, kind=Kind.EDITED_VOLUME)
    give_chapters(site, made)
    answer = site.program().get(f"{made.path}/chapters/1.ris")
    assert answer.text.startswith("TY  - CHAP\r\n")
    assert f"{made.path}/chapters/1>" in answer.headers["link"]


@pytest.mark.parametrize(
    "tail", [".xyz", ".bib.ris", ".", ".csl", "/chapters/9.bib", "/chapters/01.bib", "/chapters/x/linkset"]
)
def test_an_unknown_suffix_or_chapter_is_not_found(site: Site, tail: str) -> None:
    made = shelve(site)
    give_chapters(site, made)
    assert site.program().get(made.path + tail).status_code == 404


def test_a_draft_has_none_for_anyone_but_staff(site: Site) -> None:
    made = shelve(site, state=State.DRAFT)
    for tail in (".bib", ".jsonld", "/linkset"):
        assert site.program().get(made.path + tail).status_code == 404
    assert site.program().get(made.path, headers={"accept": BIBTEX}).status_code == 404
    assert site.program().get("/export", params={"ids": "rivers-of-paper"}).status_code == 404
    assert site.program().get("/unapi", params={"id": site.url + made.path}).status_code == 404
    ada = site.browser()
    make_editor(site, ADA)
    sign_in(ada, ADA)
    answer = ada.get(f"{made.path}.bib")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")


def test_what_is_withdrawn_stays_as_a_citation(site: Site) -> None:
    made = shelve(site, state=State.WITHDRAWN)
    assert site.program().get(f"{made.path}.bib").status_code == 200
    graph = json.loads(site.program().get(f"{made.path}.jsonld").text)["@graph"]
    assert graph[1]["creativeWorkStatus"] == "Withdrawn"
    assert all("isAccessibleForFree" not in node for node in graph)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BIBTEX, BIBTEX),
        (f"text/html;q=0.4, {BIBTEX};q=0.9", BIBTEX),
        (f"text/html, {BIBTEX};q=0.9", "text/html"),
        (f"{BIBTEX};q=0, */*", "text/html"),
        (f"*/*;q=0.1, {BIBTEX}", BIBTEX),
        ("application/ld+json, application/json;q=0.5", "application/ld+json"),
        ("text/*", "text/html"),
        ("", "text/html"),
        ("TEXT/HTML;Q=nonsense", "text/html"),
    ],
)
def test_what_is_accepted_is_what_one_gets(site: Site, accept: str, media_type: str) -> None:
    made = shelve(site)
    site.browser().get(made.path)  # so that the page is at hand
    answer = site.program().get(made.path, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    assert {"Accept", "Cookie"} <= set(answer.headers["vary"].split(", "))
    if media_type == BIBTEX:
        assert answer.headers["content-location"] == f"{made.path}.bib"
        assert answer.content == site.program().get(f"{made.path}.bib").content
        head = site.program().head(made.path, headers={"accept": accept})
        assert head.headers["content-location"] == f"{made.path}.bib"


def test_a_citation_comes_in_a_style(site: Site) -> None:
    made = shelve(site)
    answer = site.program().get(made.path, headers={"accept": "text/x-bibliography; style=mla; locale=en-GB"})
    assert answer.text.startswith("Sample Press. Rivers of Paper. ")
    assert answer.headers["content-type"] == "text/x-bibliography; charset=utf-8"


@pytest.mark.parametrize(
    "accept", ["image/png", "application/pdf", "text/x-bibliography; style=haiku", ",;q=,", "text/html;q=0"]
)
def test_what_is_in_no_form_here_is_refused_with_the_alternatives(site: Site, accept: str) -> None:
    made = shelve(site)
    site.browser().get(made.path)
    answer = site.program().get(made.path, headers={"accept": accept})
    assert answer.status_code == 406
    if "html" not in accept:
        assert BIBTEX in answer.json()["alternatives"]


def test_many_are_one_file(site: Site) -> None:
    made = shelve(site, kind=Kind.EDITED_VOLUME)
    give_chapters(site, made)
    shelve(site, "other")
    answer = site.program().get(
        "/export", params={"ids": "rivers-of-paper,other,rivers-of-paper/1,other", "format": "csl"}
    )
    assert [item["type"] for item in answer.json()] == ["book", "report", "chapter"]
    assert answer.headers["content-disposition"] == 'attachment; filename="titles.csl.json"'


def test_a_long_list_costs_no_more_statements_than_a_short_one(site: Site) -> None:
    slugs = [shelve(site, f"title-{number}").path.rpartition("/")[2] for number in range(12)]
    counts = []
    for many in (2, 12):
        said: list[str] = []

        def note(*arguments: object, said: list[str] = said) -> None:
            if threading.current_thread().name.startswith("AnyIO"):  # where requests are answered; others look too
                said.append(str(arguments[2]))

        sa.event.listen(site.portal.database._read, "before_cursor_execute", note)
        answer = site.program().get("/export", params={"ids": ",".join(slugs[:many]), "format": "ris"})
        sa.event.remove(site.portal.database._read, "before_cursor_execute", note)
        assert answer.text.count("TY  - ") == many
        counts.append(len(said))
    assert counts[0] == counts[1] > 0


def test_the_file_says_where_it_belongs(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    made = shelve(site, "open", rules=(RuleKind.EVERYONE,))
    head = site.program().head(made.pdf)
    assert f'<{site.url}{made.path}>; rel="collection"; type="text/html"' in head.headers["link"]
    assert f'<{site.url}{made.path}.bib>; rel="describedby"' in head.headers["link"]
    assert "cite-as" not in head.headers["link"]
    assert site.program().get(made.pdf).headers["link"] == head.headers["link"]
    walled = shelve(site, "walled")
    reader = site.browser()
    sign_in(reader, ADA)
    link = reader.get(walled.pdf).headers["location"]
    assert f"<{site.url}{walled.path}>" in site.program().get(link).headers["link"]


def test_a_file_in_crossref_s_form_holds_one_title(site: Site) -> None:
    for slug in ("one", "other"):
        shelve(site, slug)
    client = site.program()
    assert client.get("/export", params={"ids": "one", "format": "crossref"}).status_code == 200
    assert client.get("/export", params={"ids": "one,other", "format": "crossref"}).status_code == 400


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"ids": ""}, 400),
        ({"ids": "other", "format": "docx"}, 400),
        ({"ids": ",".join(f"t{n}" for n in range(501))}, 400),
        ({"ids": "none-such"}, 404),
        ({"ids": "../etc"}, 404),
        ({}, 400),
    ],
)
def test_a_list_that_cannot_be_had_is_refused(site: Site, params: dict[str, str], status: int) -> None:
    assert site.program().get("/export", params=params).status_code == status


def test_reference_managers_ask_unapi(site: Site) -> None:
    made = shelve(site)
    client, about = site.program(), site.url + made.path
    assert client.get("/unapi").status_code == 200
    listed = client.get("/unapi", params={"id": about})
    assert (listed.status_code, 'name="bibtex"' in listed.text) == (300, True)
    assert client.get("/unapi", params={"id": about, "format": "bibtex"}).text.startswith("@techreport{")
    assert client.get("/unapi", params={"id": about, "format": "ris"}).status_code == 406
    for unknown in (f"{about}x", "https://elsewhere.example" + made.path, "nonsense", f"{about}/chapters/1"):
        assert client.get("/unapi", params={"id": unknown}).status_code == 404


def test_links_lead_to_every_form_and_stay_short(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    path = "/books/edited/rivers"
    header = site.browser().get(path).headers["link"]
    for link in (
        '<https://doi.org/10.5555/gf.rivers>; rel="cite-as"',
        '<https://schema.org/Book>; rel="type"',
        '<https://orcid.org/0000-0002-1825-0097>; rel="author"',
        '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
        f'<{site.url}{path}.bib>; rel="describedby"; type="{BIBTEX}"',
        f'<{site.url}{path}/linkset>; rel="linkset"; type="application/linkset+json"',
    ):
        assert link in header
    assert len(header) < 4096
    [forward, *back] = site.program().get(f"{path}/linkset").json()["linkset"]
    assert forward["anchor"] == site.url + path
    assert {row["anchor"] for row in back} == {f"{site.url}{path}{form.suffix}" for form in FORMS}
