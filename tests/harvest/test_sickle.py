"""A harvester by other hands takes the whole shelf, page after page, and understands each error."""

import json
import subprocess

import pytest

from api.harvest import oai
from api.tables import State
from tests.formats.test_readers import PYTHON
from tests.harvest.test_oai import shelve_some
from tests.make import shelve
from tests.site import Site

CLIENT = """
import json, sys
from sickle import Sickle
sickle = Sickle(sys.argv[1])
found = {"name": sickle.Identify().repositoryName, "sets": [each.setSpec for each in sickle.ListSets()]}
for prefix in ("oai_dc", "mods", "marc21"):
    records = list(sickle.ListRecords(metadataPrefix=prefix))
    found[prefix] = [[each.header.identifier, each.deleted] for each in records]
[first, *_] = sickle.ListRecords(metadataPrefix="oai_dc")
found["title"] = first.metadata["title"]
found["one"] = sickle.GetRecord(metadataPrefix="oai_dc", identifier=first.header.identifier).header.identifier
found["errors"] = []
for ask in (
    lambda: sickle.GetRecord(metadataPrefix="oai_dc", identifier="oai:localhost:title-999"),
    lambda: sickle.ListRecords(metadataPrefix="none"),
    lambda: sickle.ListRecords(resumptionToken="bent"),
    lambda: sickle.ListRecords(metadataPrefix="oai_dc", until="1999-01-01"),
):
    try:
        ask()
    except Exception as error:
        found["errors"].append(type(error).__name__)
print(json.dumps(found))
"""


def test_sickle_takes_everything(site: Site, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine != "sqlite":
        pytest.skip("once is enough: pages are tested on both by our own harvester")
    if not (PYTHON.parents[1] / ".ready").exists():
        pytest.skip("the validators are not installed; `make validators` does it")
    monkeypatch.setattr(oai, "PAGE", 2)
    made = shelve_some(site)
    gone = shelve(site, "gone", state=State.WITHDRAWN)
    run = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", CLIENT, f"{site.url}/oai"], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["title"] == ["Rivers of Paper"]
    assert found["one"] == f"oai:localhost:title-{made['volume'].id}"
    assert "books:edited" in found["sets"]
    assert len(found["oai_dc"]) == 7
    assert [f"oai:localhost:title-{gone.id}", True] in found["oai_dc"]
    assert found["mods"] == found["marc21"] == found["oai_dc"]
    assert found["errors"] == ["IdDoesNotExist", "CannotDisseminateFormat", "BadResumptionToken", "NoRecordsMatch"]
