"""Readers from npm find in each file what was put into it: citation-js, Thorium's own parser, ajv, schema-dts, sdtt."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from api.formats import bibtex, csl, jsonld, ris
from tests.formats.npm_tools import HERE, installed
from tests.formats.samples import EVERY_WORK
from tests.formats.test_readers import page_of
from tests.opds.test_golden import FILES, SCHEMAS, WORKS

WRITTEN = {".bib": bibtex.written, ".ris": ris.written, ".csl.json": csl.written}
FAULTY = {"unknown": '"nome": "x"', "type": '"@type": "BookChapter"', "gate": '"isAccessibleForFree": "no"'}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    tools, folder = installed(), tmp_path_factory.mktemp("written")
    for name, work in EVERY_WORK.items():
        for suffix, written in WRITTEN.items():
            (folder / f"{name}{suffix}").write_bytes(written([work]))
        (folder / f"{name}.jsonld").write_bytes(jsonld.written([work]))
        (folder / f"{name}.html").write_text(page_of(name))
    for name, body in FILES.items():
        stem, _, form = name.partition(".")
        kind = {"authentication": "auth", "search": "description"}.get(stem, "opds")
        (folder / f"{stem}.{kind}.{form}").write_bytes(body)
    (folder / "wrong.opds.json").write_bytes(FILES["list.json"].replace(b'"rel": "self"', b'"rel": "other"'))
    for name, more in FAULTY.items():
        (folder / f"{name}.jsonld").write_text(
            f'{{"@context": "https://schema.org", "@graph": [{{"@type": "Book", {more}}}]}}'
        )
    shutil.copyfile(HERE / "readers.mjs", tools / "readers.mjs")
    schemas = [SCHEMAS] if SCHEMAS.exists() else []
    command = ["node", str(tools / "readers.mjs"), str(folder), *map(str, schemas)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


@pytest.mark.parametrize("name", EVERY_WORK)
def test_citation_js_finds_people_year_doi_and_title(found: dict[str, Any], name: str) -> None:
    work = EVERY_WORK[name]
    for suffix in WRITTEN:
        read = found["citations"][name + suffix]
        assert read["title"] == work.name, suffix
        assert read.get("DOI") == work.doi, suffix
        assert str(read["issued"]["date-parts"][0][0]) == (work.date or "")[:4], suffix
        makers = work.authors or work.editors
        role = "author" if work.authors else "editor"
        assert len(read.get(role, [])) == len(makers), suffix


def test_thoriums_parser_reads_every_feed(found: dict[str, Any]) -> None:
    for name in ("list.opds.json", "list.opds.xml"):
        feed = found["feeds"][name]
        assert len(feed["publications"]) == len(WORKS)
        for publication, work in zip(feed["publications"], WORKS, strict=True):
            acquired = [link["href"] for link in publication["links"] if "acquisition" in link["rel"]]
            assert acquired == [f"{work.url}.pdf"]
            assert publication["images"]
        assert [link["href"] for link in feed["links"] if link["rel"] == "next"]
    assert len(found["feeds"]["start.opds.json"]["navigation"]) == len(found["feeds"]["start.opds.xml"]["navigation"])
    kinds = [each["type"] for each in found["feeds"]["authentication.auth.json"]["authentication"]]
    assert kinds == ["http://opds-spec.org/auth/oauth/implicit", "http://opds-spec.org/auth/basic"]


def test_ajv_finds_feeds_valid_by_their_schemas(found: dict[str, Any]) -> None:
    if not found["schemas"]:
        pytest.skip("the schemas of OPDS are not there")
    assert found["schemas"].pop("wrong.opds.json") != []
    assert {name: faults for name, faults in found["schemas"].items() if faults} == {}


def test_graphs_have_the_types_of_schema_org(found: dict[str, Any]) -> None:
    for name in FAULTY:
        assert found["graphs"].pop(f"{name}.jsonld") != [], name
    assert {name: faults for name, faults in found["graphs"].items() if faults} == {}


def test_pages_have_the_tags_that_link_previews_ask_for(found: dict[str, Any]) -> None:
    faults = {name: page["failed"] for name, page in found["pages"].items() if page["failed"]}
    assert faults == {"chapter-by-nobody.html": ['"twitter:description": must have description']}  # it has no abstract
    assert all(page["passed"] > 8 for page in found["pages"].values())
