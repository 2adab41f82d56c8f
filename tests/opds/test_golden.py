"""Feeds are what their golden files hold (`WRITE_GOLDEN=1` writes them), and the golden files are what schemas ask."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from api.formats import opds1, opds2, opds_authentication
from api.formats.gate import Gate
from api.formats.opds_feed import Feed
from api.formats.works import Work
from api.opds.routes import WAYS
from tests.formats.samples import AWKWARD, FILE, HERE, MONOGRAPH, NOON, REPORT, VOLUME, replace

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-validators" / "bin" / "python"
SCHEMAS = ROOT.parent / "shared" / "schemas" / "opds"
HOUSE = "Gatefold & Söhne"
LATER = replace(VOLUME, opens_at=NOON + timedelta(days=30))
WORKS = (
    Work(LATER, HERE, gate=Gate.NOT_YET),
    Work(MONOGRAPH, HERE, is_open=True, gate=Gate.OPEN),
    Work(REPORT, HERE, gate=Gate.RESTRICTED),
    Work(replace(AWKWARD, edition=FILE), HERE),
)
START = Feed(HOUSE, "/opds", HERE, HOUSE, NOON, ways=WAYS)
LIST = Feed("Newest titles", "/opds/new", HERE, HOUSE, NOON, works=WORKS, next="/opds/new?after=awkward")
NOTHING = Feed("Titles with “x & y”", "/opds/search?query=x+%26+y", HERE, HOUSE, NOON)
FILES = {
    "start.json": opds2.written(START),
    "start.xml": opds1.written(START),
    "list.json": opds2.written(LIST),
    "list.xml": opds1.written(LIST),
    "nothing.json": opds2.written(NOTHING),
    "nothing.xml": opds1.written(NOTHING),
    "search.xml": opds1.search_description(HERE, HOUSE),
    "authentication.json": opds_authentication.written(HERE, HOUSE),
}


@pytest.mark.parametrize("name", FILES)
def test_is_as_its_golden_file_has_it(name: str) -> None:
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_bytes(FILES[name])
    assert FILES[name] == (GOLDEN / name).read_bytes()


def test_each_xml_is_well_formed() -> None:
    for name, written in FILES.items():
        if name.endswith(".xml"):
            ElementTree.fromstring(written)


def test_the_golden_files_are_what_the_schemas_ask(tmp_path: Path) -> None:
    if not SCHEMAS.exists() or not PYTHON.exists():
        pytest.skip("the schemas of OPDS, or the validators, are not there")

    def faults(*files: Path) -> str:
        ran = subprocess.run([PYTHON, Path(__file__).with_name("schemas.py"), SCHEMAS, *files], capture_output=True)
        return (ran.stdout.strip() + ran.stderr).decode()

    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(FILES["list.json"].replace(b'"rel": "self"', b'"rel": "other"'))
    assert faults(*GOLDEN.glob("*.json")) == ""
    assert faults(wrong) != ""
