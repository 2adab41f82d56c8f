"""The landing page by another reader of WCAG's rules than axe: HTML CodeSniffer, run by pa11y."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.formats.npm_tools import installed
from tests.make import give_chapters, shelve
from tests.site import Site


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


def test_pa11y_finds_nothing_amiss(site: Site, tmp_path: Path) -> None:
    tools = installed()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    made = shelve(site)
    give_chapters(site, made)
    settings = tmp_path / "pa11y.json"
    browser = {"executablePath": chromium, "args": ["--no-sandbox", "--disable-gpu"]}
    asked = {"runners": ["htmlcs"], "standard": "WCAG2AA", "timeout": 300_000, "chromeLaunchConfig": browser}
    settings.write_text(json.dumps(asked))
    pa11y = str(tools / "node_modules" / ".bin" / "pa11y")
    command = [pa11y, "--config", str(settings), "--reporter", "json", f"{site.url}{made.path}"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.stdout, run.stderr
    assert [f"{each['code']}: {each['context']}" for each in json.loads(run.stdout)] == []
