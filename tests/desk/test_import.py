"""The desk's import and export: a dry run first, ticks, one transaction, and nothing twice; refusals in words."""

import io
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import sqlalchemy as sa

from api.desk.imports import LONGEST_PASTE
from api.shelf import everything
from api.shelf.everything import all_drafts
from api.shelf.record_csv import table
from api.shelf.record_json import pieces
from api.shelf.shelving import add_draft
from api.tables import Title
from storage.keys import staged_id
from tests.cast import CLEO, sign_in
from tests.records import RICH, made_up
from tests.site import Site

BIB = b"""@book{a, title={Rivers of Paper}, editor={Ada Sample}, year=2024, doi={10.5555/gf.rivers}}
@incollection{c, title={A Hand}, author={Mo Specimen}, booktitle={Rivers of Paper}, pages={1--9}}
@book{b, title={Broken}, isbn={9781402894627}}
@incollection{d, title={Lost <b>}, author={Mo Specimen}, booktitle={Elsewhere}}
"""


def send(client: httpx2.Client, content: bytes, **fields: str) -> httpx2.Response:
    return client.post("/desk/import", files={"file": ("a.txt", content)}, data=fields)


def looked(client: httpx2.Client, content: bytes, **fields: str) -> str:
    answer = send(client, content, **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def ticks(page: str) -> dict[str, bool]:
    """Every record that can be ticked, and whether it is."""
    return {value: bool(rest) for value, rest in re.findall(r'name="take" value="([^"]+)"( checked)?', page)}


def slugs(site: Site) -> list[str]:
    return [draft.facts.slug for draft in all_drafts(site.portal.database)]


def test_a_file_is_looked_over_then_taken_in(site: Site, editor: httpx2.Client) -> None:
    run = looked(editor, BIB, form="", extra="ignored")
    page = editor.get(run).text
    assert "BibTeX, 3 records: 1 new, 0 would change a title, 0 on the shelf already, 2 refused" in page
    assert "the check digit of 9781402894627 is wrong. Look it up in the imprint" in page
    assert "It is a chapter, and its volume, “Elsewhere”, is not in this file. Add it to the file." in page
    assert "“Lost &lt;b&gt;”" in page
    assert ticks(page) == {"1:new": True}
    assert slugs(site) == []
    answer = editor.post(run, data={"take": ["1:new"], "more": "ignored"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{run}?added=1&changed=0&already=0")
    done = editor.get(answer.headers["location"]).text
    assert "1 title was made" in done
    assert '<a href="/desk/titles/rivers-of-paper">' in done
    assert slugs(site) == ["rivers-of-paper"]


def test_sent_twice_at_once_it_is_one_title(site: Site, editor: httpx2.Client) -> None:
    run = looked(editor, BIB)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: editor.post(run, data={"take": "1:new"}).status_code, range(2)))
    assert answers == [303, 303]
    assert slugs(site) == ["rivers-of-paper"]


def test_what_is_here_changes_only_where_it_is_ticked(site: Site, editor: httpx2.Client) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
    run = looked(editor, BIB)
    page = editor.get(run).text
    assert ticks(page) == {"1:1": False}
    assert "Would change" in page
    assert "known by its DOI" in page
    assert "<del>2024-05-17</del>" in page
    assert "Tick at least one record" in editor.post(run, data={}).text
    assert next(all_drafts(site.portal.database)) == RICH
    assert editor.post(run, data={"take": "1:1"}).status_code == 303
    assert next(all_drafts(site.portal.database)).facts.published == "2024"
    stale = editor.post(run, data={"take": "1:7"})
    assert stale.status_code == 303  # it is as the file has it, whatever was seen


def test_a_stale_choice_does_nothing_and_keeps_the_ticks(site: Site, editor: httpx2.Client) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
    run = looked(editor, BIB)
    answer = editor.post(run, data={"take": "1:new"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "has been changed since you looked" in answer.text
    assert next(all_drafts(site.portal.database)) == RICH


def test_pasted_text_with_its_format_chosen(editor: httpx2.Client) -> None:
    answer = editor.post("/desk/import", data={"pasted": "TY  - BOOK\nTI  - A\nER  - \n", "form": "ris"})
    assert answer.status_code == 303
    assert "RIS, 1 record: 1 new" in editor.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("content", "fields", "field", "words"),
    [
        (b"", {}, "file", "Choose a file, or paste records below"),
        (b"Dear editor", {}, "file", "The format was not recognised"),
        (b"%PDF-1.7", {}, "file", "The format was not recognised"),
        (bytes(100_000), {}, "file", "The format was not recognised"),
        (BIB, {"form": "ris"}, "file", "looks like BibTeX; choose that"),
        (BIB, {"form": "novel"}, "form", "Choose one of the list"),
        (b"[" * 100_000, {}, "file", "nested too deeply"),
        (b"<!DOCTYPE l [<!ENTITY a 'ha'>]><ONIXMessage>&a;</ONIXMessage>", {}, "file", "declares entities"),
        (b"TY  - BOOK\nER  - \n" * 501, {}, "file", "501 titles; 500 can be taken at a time"),
        (BIB + bytes(10_000_000), {}, "file", "more than 10 MB"),
        (b"title,kind\n", {}, "file", "There is no record in it"),
        (b"", {"pasted": "x" * (LONGEST_PASTE + 1)}, "pasted", "Send it as a file"),
        (b"", {"pasted": "Dear <i>editor</i>"}, "pasted", "The format was not recognised"),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    editor: httpx2.Client, content: bytes, fields: dict[str, str], field: str, words: str
) -> None:
    answer = send(editor, content, **fields) if content else editor.post("/desk/import", data=fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{field}-fault"' in answer.text
    assert 'role="alert"' in answer.text
    if "pasted" in fields:
        assert fields["pasted"].replace("<", "&lt;").replace(">", "&gt;") in answer.text


def test_what_waits_is_nobody_elses(site: Site, editor: httpx2.Client) -> None:
    run = looked(editor, BIB)
    reader = site.browser()
    sign_in(reader, CLEO)
    for client in (reader, site.browser()):
        for path in ("/desk/import", run, "/desk/export.json", "/desk/export.csv"):
            assert client.get(path).status_code == 404
        assert client.post(run, data={"take": "1:new"}).status_code == 404
        assert send(client, BIB).status_code == 404
    for path in ("/desk/import/x", "/desk/import/" + "0" * 32):
        assert editor.get(path).status_code == 404
        assert editor.post(path, data={"take": "1:new"}).status_code == 404


def test_what_waits_for_something_else_is_no_import(site: Site, editor: httpx2.Client) -> None:
    other = staged_id()
    site.portal.store.stage(other, io.BytesIO(BIB))
    assert editor.get(f"/desk/import/{other}").status_code == 404


def test_everything_is_sent_as_json_and_as_a_table(
    site: Site, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everything, "AT_ONCE", 4)
    drafts = sorted([RICH, *map(made_up, range(10))], key=lambda draft: draft.facts.slug)
    with site.portal.database.writing() as db:
        for draft in drafts:
            add_draft(db, draft)
    as_json, as_csv = editor.get("/desk/export.json"), editor.get("/desk/export.csv")
    assert as_json.text == "".join(pieces(drafts))
    assert as_csv.content == "".join(table(drafts)).encode()
    assert re.fullmatch(r'attachment; filename="titles-\d{4}-\d\d-\d\d\.csv"', as_csv.headers["content-disposition"])
    assert "no-store" in as_json.headers["cache-control"]
    run = looked(editor, as_csv.content)
    assert "11 on the shelf already" in editor.get(run).text


def test_an_export_of_many_needs_no_more_memory_than_one_of_few(site: Site) -> None:
    rows = [{"slug": f"t-{n:04}", "kind": "report", "title": "T", "full_title": "T"} for n in range(600)]
    with site.portal.database.writing() as db:
        db.execute(sa.insert(Title), [{**row, "abstract": "x" * 10_000} for row in rows])

    def peak(count: int) -> int:
        tracemalloc.start()
        written = table(all_drafts(site.portal.database))
        assert sum(len(next(written)) > 10_000 for _ in range(count + 1)) == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(600) < peak(100) + 1_000_000  # of the 6 MB that the abstracts have
