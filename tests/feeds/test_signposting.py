"""A signposting client finds the same typed links in the headers, in the page and in the linkset."""

import json
import subprocess

import pytest

from api.shelf.shelving import add_draft, publish
from tests.formats.test_readers import PYTHON
from tests.records import RICH
from tests.site import Site

CLIENT = """
import json, sys
from signposting import find_signposting_html, find_signposting_http, find_signposting_linkset
found = [find_signposting_http(sys.argv[1]), find_signposting_html(sys.argv[1])]
[linkset] = found[0].linksets
found.append(find_signposting_linkset(linkset.target))
print(json.dumps([sorted({f"{post.rel} {post.target}" for post in each.signposts}) for each in found]))
"""


def test_all_three_agree(site: Site, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("once is enough: the links are made from the record alone")
    if not (PYTHON.parents[1] / ".ready").exists():
        pytest.skip("the validators are not installed; `make validators` does it")
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    command = [str(PYTHON), "-W", "ignore", "-c", CLIENT, f"{site.url}/books/edited/rivers"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    http, html, linkset = (set(each) for each in json.loads(run.stdout))
    assert "cite-as https://doi.org/10.5555/gf.rivers" in http
    assert html == http
    assert http - linkset == {f"linkset {site.url}/books/edited/rivers/linkset"}
