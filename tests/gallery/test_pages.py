"""The list of pictures names every page that the portal answers with."""

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, compile_path

from api.app import create_app
from api.settings import Settings
from tests.gallery.pages import all_pages
from tests.test_open_routes import WORKS

NO_PAGES = {  # what these answer with
    "/healthz": "plain text",
    "/readyz": "plain text",
    "/metrics": "plain text",
    "/self-check": "plain text",
    "/robots.txt": "plain text",
    "/kbart.txt": "plain text",
    "/sitemap.xml": "XML",
    "/sitemaps/{part}.xml": "XML",
    "/feeds/titles.atom": "XML",
    "/onix.xml": "XML",
    "/oai": "XML",
    "/unapi": "XML or a title's form",
    "/export": "several titles in one file",
    "/covers/{slug}.{form}": "a picture",
    "/covers/{slug}/preview.png": "a picture",
    "/covers/{slug}/small.webp": "a picture",
    "/house/{digest}.png": "a picture",
    "/house/colours.css": "a style sheet",
    "/t/{ticket}/{filename}": "a file",
    "{work}.pdf": "a file",
    "{work}/read.pdf": "a file",
    "{work}/chapters/{number}.pdf": "a file",
    "{work}/editions/{number}.pdf": "a file",
    "{work}.{suffix}": "a title's form",
    "{work}/chapters/{number}.{suffix}": "a chapter's form",
    "{work}.ics": "a calendar's file",
    "{work}/linkset": "JSON",
    "{work}/chapters/{number}/linkset": "JSON",
    "{work}/comments.atom": "XML",
    "/opds": "a feed",
    "/opds/new": "a feed",
    "/opds/kinds/{kind}": "a feed",
    "/opds/search": "a feed",
    "/opds/search.xml": "XML",
    "/opds/mine": "a feed",
    "/opds/authentication": "JSON",
    "/api/v1/titles": "JSON",
    "/api/v1/titles/{slug}": "JSON",
    "/api/v1/openapi.json": "JSON",
    "/counter/r51/status": "JSON",
    "/counter/r51/members": "JSON",
    "/counter/r51/reports": "JSON",
    "/counter/r51/reports/{report_id}": "JSON",
    "/account/export.json": "JSON",
    "/account/reports/{institution}/{report_id}.{form}": "a file",
    "/desk/export.json": "JSON",
    "/desk/export.csv": "a table",
    "/desk/audit.csv": "a table",
    "/desk/usage.csv": "a table",
    "/desk/titles/{slug}/usage.csv": "a table",
    "/desk/uploads/{staged_id}": "JSON",
}

LED_TO = {"/account/merge/{offer}": "account-merge"}  # addresses that are made when a button is pressed


@pytest.fixture
def engine() -> str:
    return "sqlite"


def pattern(path: str) -> str:
    for work in WORKS:
        path = path.replace(work, "{work}")
    return path


def test_every_page_has_its_picture(settings: Settings) -> None:
    routes = iter_route_contexts(create_app(settings).routes)
    gets = [each for each in routes if not isinstance(each.original_route, Mount) and "GET" in each.methods]
    matching = [(compile_path(each.path)[0], pattern(each.path)) for each in gets]
    seen = set()
    for page in all_pages("/desk/import/1", "/unsubscribe/1"):
        seen.add(next(path for regex, path in matching if regex.match(page.address.partition("?")[0])))
    there = {path for _, path in matching}
    assert sorted(there - seen - set(NO_PAGES) - set(LED_TO)) == [], "pages without a picture"
    assert sorted({*NO_PAGES, *LED_TO} - there) == [], "addresses that are not there"
    assert sorted(seen & set(NO_PAGES)) == []


def test_no_two_pictures_have_one_name() -> None:
    names = [page.name for page in all_pages("/desk/import/1", "/unsubscribe/1")]
    assert len(names) == len(set(names))
    assert set(LED_TO.values()) <= set(names)
