"""The alarm rules ask for figures that the portal has, by labels that these have."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.make import shelve
from tests.site import Site

FILE = Path(__file__).parents[2] / "docs" / "alarms.yml"
FIGURE = re.compile(r"(gatefold_\w+)(?:\{([^}]*)\})?")


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]


@pytest.fixture
def engine() -> str:
    return "sqlite"


def test_every_rule_is_over_figures_that_exist(site: Site) -> None:
    site.browser().get(shelve(site).path)
    figures = site.portal.figures
    figures.sign_ins.labels("campus", "signed-in").inc()
    figures.rate_limited.labels("links").inc()
    labels: dict[str, set[str]] = {}
    for line in figures.text().decode().splitlines():
        if not line.startswith("#"):
            name, given = re.match(r"(\w+)(?:\{(.*)\})?", line).groups()  # type: ignore[union-attr]
            labels.setdefault(name, set()).update(re.findall(r"(\w+)=", given or ""))
    asked = 0
    for rule in rules():
        grouped = re.findall(r"by \((\w+)\)", rule["expr"])
        for name, narrowed in FIGURE.findall(rule["expr"]):
            assert name in labels, rule["alert"]
            assert set(re.findall(r"(\w+)!?=", narrowed)) | set(grouped) <= labels[name], rule["alert"]
            asked += 1
    assert asked > 6


def test_every_rule_says_what_is_the_matter_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "mend"}
        assert all(each.endswith((".", ")")) for each in rule["annotations"].values())
