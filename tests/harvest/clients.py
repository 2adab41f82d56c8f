"""Clients by other hands go through a portal. Run by the validators' Python, with its address and sitemaps' schema."""

import json
import sys
from collections.abc import Callable
from typing import Any

URL = sys.argv[1]
FORMATS = ("oai_dc", "mods", "marc21")


def sickle() -> dict[str, Any]:
    from sickle import Sickle

    client = Sickle(f"{URL}/oai")
    [first, *_] = client.ListRecords(metadataPrefix="oai_dc")
    one = client.GetRecord(metadataPrefix="oai_dc", identifier=first.header.identifier)
    return {
        "name": client.Identify().repositoryName,
        "sets": [each.setSpec for each in client.ListSets()],
        "title": first.metadata["title"],
        "one": one.header.identifier,
        "records": {
            prefix: [[each.header.identifier, each.deleted] for each in client.ListRecords(metadataPrefix=prefix)]
            for prefix in FORMATS
        },
        "errors": raised(
            lambda: client.GetRecord(metadataPrefix="oai_dc", identifier="oai:localhost:title-999"),
            lambda: client.ListRecords(metadataPrefix="none"),
            lambda: client.ListRecords(resumptionToken="bent"),
            lambda: client.ListRecords(metadataPrefix="oai_dc", until="1999-01-01"),
        ),
    }


def scythe() -> dict[str, Any]:
    from oaipmh_scythe import Scythe

    with Scythe(f"{URL}/oai") as client:
        return {
            "name": client.identify().repositoryName,
            "records": {
                prefix: [[each.header.identifier, each.deleted] for each in client.list_records(metadata_prefix=prefix)]
                for prefix in FORMATS
            },
            "errors": raised(
                lambda: client.get_record(identifier="oai:localhost:title-999"),
                lambda: next(client.list_records(metadata_prefix="none")),
                lambda: next(client.list_records(resumption_token="bent")),
                lambda: next(client.list_records(metadata_prefix="oai_dc", until="1999-01-01")),
            ),
        }


def sitemaps() -> dict[str, Any]:
    from usp.tree import sitemap_tree_for_homepage

    return {"pages": sorted({page.url for page in sitemap_tree_for_homepage(f"{URL}/").all_pages()})}


def robots() -> dict[str, Any]:
    from protego import Protego

    rules = Protego.parse(text("/robots.txt"))
    asked = ("/", "/reports/x.pdf", "/oai", "/account", "/t/abc/x.pdf", "/search?q=x")
    return {path: rules.can_fetch(URL + path, "AnyBot") for path in asked}


def feeds() -> dict[str, Any]:
    import feedparser

    found = {path: feedparser.parse(text(path)) for path in ("/feeds/titles.atom", "/opds/new?version=1.2")}
    return {path: [bool(feed.bozo), sorted(each.link for each in feed.entries)] for path, feed in found.items()}


def schemas() -> list[str]:
    from lxml import etree
    from openapi_spec_validator import validate

    validate(json.loads(text("/api/v1/openapi.json")))
    if len(sys.argv) < 3:
        return []
    rules = etree.XMLSchema(etree.parse(sys.argv[2]))
    part = etree.fromstring(text("/sitemaps/titles-0.xml").encode())
    rules.validate(part)
    return [str(error) for error in rules.error_log]


def text(path: str) -> str:
    import requests

    answer = requests.get(URL + path, timeout=120)
    answer.raise_for_status()
    answer.encoding = "utf-8"
    return answer.text


def raised(*asking: Callable[[], object]) -> list[str]:
    found = []
    for ask in asking:
        try:
            ask()
        except Exception as error:
            found.append(type(error).__name__)
    return found


if __name__ == "__main__":
    json.dump({look.__name__: look() for look in (sickle, scythe, sitemaps, robots, feeds, schemas)}, sys.stdout)
