"""Readers by other hands find in each file what was put into it, and pandoc cites as we do."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.formats import bibtex, csl, ris
from api.formats.citation import STYLES, cite
from api.formats.jsonld import in_page
from api.formats.tags import tags
from tests.formats.made_up import works
from tests.formats.samples import EVERY_WORK, WORKS

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".venv-validators" / "bin" / "python"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each reader found in the files of the sample works."""
    if not (PYTHON.parents[1] / ".ready").exists():
        pytest.skip("the validators are not installed; `make validators` does it")
    folder = tmp_path_factory.mktemp("written")
    for name, work in EVERY_WORK.items():
        (folder / f"{name}.bib").write_bytes(bibtex.written([work]))
        (folder / f"{name}.ris").write_bytes(ris.written([work]))
        (folder / f"{name}.csl.json").write_bytes(csl.written([work]))
        (folder / f"{name}.html").write_text(page_of(name))
    items = [{**csl.item(work), "id": f"w{number}"} for number, work in enumerate(works())]
    (folder / "oracle.json").write_text(json.dumps(items))
    command = [str(PYTHON), "-W", "ignore", str(HERE / "readers.py"), str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def page_of(name: str) -> str:
    from markupsafe import escape

    work = EVERY_WORK[name]
    head = "".join(f'<meta {t.attribute}="{t.name}" content="{escape(t.content)}">' for t in tags(work, may_read=True))
    return (
        f'<html prefix="og: https://ogp.me/ns#"><head><title>x</title>{head}'
        f'<script type="application/ld+json">{in_page(work)}</script></head><body></body></html>'
    )


@pytest.mark.parametrize("name", EVERY_WORK)
def test_bibtex(found: dict[str, Any], name: str) -> None:
    work, read = EVERY_WORK[name], found["bibtex"][name]
    assert read["fields"].get("doi") == work.doi
    assert read["fields"]["date"] == work.date
    assert len(read["people"].get("author", [])) == len(work.authors)
    assert len(read["people"].get("editor", [])) == len(work.editors)
    if name == "monograph":
        assert read["people"]["author"] == ["van der Muster"]


@pytest.mark.parametrize("name", EVERY_WORK)
def test_ris(found: dict[str, Any], name: str) -> None:
    work, read = EVERY_WORK[name], found["ris"][name]
    makers = work.authors or ([] if work.chapter else work.editors)
    assert len(read.get("authors", [])) == len(makers)
    assert (read.get("doi"), read["year"]) == (work.doi, (work.date or "")[:4])
    assert read.get("title", read.get("primary_title")) == work.name
    if name == "chapter":
        assert (read["start_page"], read["end_page"]) == ("39", "71")
        assert read["secondary_authors"] == ["Sample, Ada", "Example, Lee"]


def test_csl_json_keeps_to_its_schema(found: dict[str, Any]) -> None:
    assert found["csl"] == {f"{name}.csl.json": [] for name in EVERY_WORK}


@pytest.mark.parametrize("name", WORKS)
def test_the_graph_of_a_page(found: dict[str, Any], name: str) -> None:
    work = WORKS[name]
    [graph] = found["pages"][name]["json-ld"]
    page, thing = graph["@graph"]
    assert (thing["name"], page["mainEntity"]["@id"]) == (work.name, thing["@id"])
    assert thing.get("identifier", {}).get("value") == work.doi
    assert page.get("isAccessibleForFree") is (
        False if name in ("volume", "chapter", "chapter-by-nobody", "report") else None
    )


@pytest.mark.parametrize("name", WORKS)
def test_dublin_core_and_opengraph(found: dict[str, Any], name: str) -> None:
    read, work = found["pages"][name], WORKS[name]
    assert read["dublincore"]
    properties = dict(read["opengraph"][0]["properties"])
    assert (properties["og:title"], properties["og:url"]) == (" ".join(work.name.split()), work.url)


@pytest.mark.parametrize("style", STYLES)
def test_citations_are_those_of_pandoc(found: dict[str, Any], style: str) -> None:
    ours = {f"w{number}": cite(work, style).text for number, work in enumerate(works())}
    assert len(ours) == 50
    assert found["pandoc"][style] == ours


def test_a_title_open_to_all_has_no_gate() -> None:
    graph = json.loads(in_page(replace(WORKS["volume"], is_open=True)))["@graph"]
    assert "hasPart" not in graph[0]
    assert graph[1]["isAccessibleForFree"] is True
