"""What the portal is served with is listed whole, and under licences that it can keep."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BILL = ROOT / "docs" / "sbom.cdx.json"
PYTHON = ROOT / ".venv-validators" / "bin" / "python"
NOTICE_ONLY = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0"),
}
KEPT_UNCHANGED = {"LGPL-3.0-only", "MPL-2.0"}  # installed from their packages, as they are
FONTS = {"OFL-1.1"}
COMPONENTS = json.loads(BILL.read_text())["components"]


def licences_of(component: dict[str, list[dict[str, dict[str, str]]]]) -> set[str]:
    [said] = component["licenses"]
    return set(re.split(r" AND | OR ", str(said.get("expression") or said["license"]["id"])))


def test_every_licence_is_one_we_can_keep() -> None:
    for each in COMPONENTS:
        allowed = NOTICE_ONLY | (KEPT_UNCHANGED if "purl" in each else FONTS)
        assert licences_of(each) <= allowed, each["name"]


def test_the_bill_names_what_the_lock_pins() -> None:
    listed = {(each["name"], each["version"]) for each in COMPONENTS if "purl" in each}
    lines = re.findall(r"^([a-z0-9.-]+)==([^ ;]+)(.*)$", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    pinned = {(name, version) for name, version, _ in lines}
    assert listed <= pinned
    assert {name for name, _ in pinned - listed} <= {name for name, _, more in lines if "sys_platform ==" in more}


def test_every_folder_with_a_licence_of_others_is_listed() -> None:
    """So that what is put beside a licence can't be forgotten here."""
    listed = {each["properties"][0]["value"] for each in COMPONENTS if "properties" in each}
    found = {
        str(path.parent.relative_to(ROOT))
        for folder in ("web", "api", "storage", "docs")
        for path in (ROOT / folder).rglob("*")
        if re.match(r"(?i)(licen[cs]e|ofl|copying)(?!s\.md)", path.name) and path.suffix not in (".py", ".pyc", ".html")
    }
    assert found == listed


def test_the_bill_is_up_to_date_and_says_nothing_of_this_machine() -> None:
    command = [sys.executable, "docs/bill.py", "--check"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stderr == ""
    text = BILL.read_text()
    assert set(re.findall(r"https?://[^/\"]+", text)) == {"http://cyclonedx.org"}
    assert str(ROOT) not in text


def test_the_bill_holds_to_the_schema() -> None:
    if not (PYTHON.parents[1] / ".ready").exists():
        pytest.skip("the validators are not installed; `make validators` does it")
    command = [PYTHON, ROOT / "tests" / "bill_schema.py", BILL]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == ""
