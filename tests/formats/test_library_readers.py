"""MARC, MARCXML, ONIX and OAI-PMH answers as pymarc, onixcheck and the standards' own schemas read them."""

import subprocess
from pathlib import Path

import pytest

from tests.harvest.test_oai import ERRORS, shelve_some
from tests.site import Site

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHON = ROOT / ".venv-validators" / "bin" / "python"
SCHEMAS = ROOT.parent / "shared" / "schemas"


@pytest.fixture(scope="module", autouse=True)
def validators() -> None:
    needed = [PYTHON, "-c", "import lxml, onixcheck, pymarc"]
    if not PYTHON.exists() or subprocess.run(needed, capture_output=True).returncode:
        pytest.skip("the validators of libraries' formats are not installed")


def faults(files: list[Path]) -> str:
    script = HERE / "library_readers.py"
    ran = subprocess.run([PYTHON, script, SCHEMAS, *files], capture_output=True, text=True)
    return ran.stdout.strip() + ran.stderr


def test_the_golden_files_are_valid() -> None:
    golden = HERE / "golden"
    assert faults([*golden.glob("*.mrc"), *golden.glob("*.onix.xml")]) == ""


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the schemas are not there")
def test_marcxml_is_valid() -> None:
    assert faults(list((HERE / "golden").glob("*.marcxml"))) == ""


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the schemas are not there")
def test_answers_to_harvesters_are_valid(site: Site, tmp_path: Path) -> None:
    shelve_some(site)
    client = site.program()
    asked = [{"verb": verb} for verb in ("Identify", "ListSets", "ListMetadataFormats")]
    asked += [{"verb": verb, "metadataPrefix": "oai_dc"} for verb in ("ListIdentifiers", "ListRecords")]
    asked += [arguments for arguments, _ in ERRORS]
    files = []
    for number, arguments in enumerate(asked):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(client.get("/oai", params=arguments).content)
    assert faults(files) == ""


def test_a_wrong_file_is_found_out(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.onix.xml"
    wrong.write_bytes(
        (HERE / "golden" / "volume.onix.xml").read_bytes().replace(b"<ProductForm>EB", b"<ProductForm>ZZZ")
    )
    assert "ProductForm" in faults([wrong])
