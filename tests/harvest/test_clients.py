"""Clients by other hands take the whole shelf, page after page, and understand each error, list and feed."""

import json
import subprocess
from pathlib import Path

import pytest

from api.harvest import oai
from api.tables import State
from tests.formats.npm_tools import TOOLS
from tests.formats.test_readers import PYTHON
from tests.harvest.test_oai import shelve_some
from tests.make import shelve
from tests.site import Site

SITEMAP_SCHEMA = TOOLS / "node_modules" / "sitemap" / "schema" / "sitemap.xsd"


def test_others_take_everything(site: Site, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine != "sqlite":
        pytest.skip("once is enough: pages are tested on both by our own harvester")
    if not (PYTHON.parents[1] / ".ready").exists():
        pytest.skip("the validators are not installed; `make validators` does it")
    monkeypatch.setattr(oai, "PAGE", 2)
    made = shelve_some(site)
    gone = shelve(site, "gone", state=State.WITHDRAWN)
    schema = [str(SITEMAP_SCHEMA)] if SITEMAP_SCHEMA.exists() else []
    script = Path(__file__).with_name("clients.py")
    command = [str(PYTHON), "-W", "ignore", str(script), site.url, *schema]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)

    sickle, scythe = found["sickle"], found["scythe"]
    assert sickle["title"] == ["Rivers of Paper"]
    assert sickle["one"] == f"oai:localhost:title-{made['volume'].id}"
    assert "books:edited" in sickle["sets"]
    assert len(sickle["records"]["oai_dc"]) == 7
    assert [f"oai:localhost:title-{gone.id}", True] in sickle["records"]["oai_dc"]
    assert sickle["records"]["mods"] == sickle["records"]["marc21"] == sickle["records"]["oai_dc"]
    assert sickle["errors"] == ["IdDoesNotExist", "CannotDisseminateFormat", "BadResumptionToken", "NoRecordsMatch"]
    assert scythe == {key: sickle[key] for key in ("name", "records", "errors")}

    assert {f"{site.url}{made['volume'].path}", f"{site.url}/"} <= set(found["sitemaps"]["pages"])
    assert not [page for page in found["sitemaps"]["pages"] if "gone" in page]
    assert list(found["robots"].values()) == [True, True, True, False, False, False]
    for is_broken, links in found["feeds"].values():
        assert not is_broken
        assert f"{site.url}{made['volume'].path}" in links
    assert found["schemas"] == []
