"""What stands in the headers of answers: the policy for browsers, also where nginx answers, and texts' charset."""

import re
from pathlib import Path

import pytest

from api.edge.headers import CONTENT_POLICY, safe_headers
from api.formats.forms import FORMS
from tests.make import shelve
from tests.site import Site

SHIPPED = Path(__file__).parents[2] / "docs" / "nginx.conf"
LISTS = (
    *("/", "/sitemap.xml", "/sitemaps/pages.xml", "/robots.txt", "/feeds/titles.atom", "/onix.xml", "/kbart.txt"),
    *("/unapi", "/opds", "/opds/new", "/opds/search.xml", "/oai?verb=Identify", "/no-such-page", "/healthz"),
    *("/static/mark.svg", "/static/css/base.css", "/static/js/gatefold.js"),
)


def directives() -> dict[str, str]:
    return dict(each.strip().split(" ", 1) for each in CONTENT_POLICY.split(";"))


@pytest.mark.parametrize("name", ["default-src", "object-src", "base-uri", "frame-ancestors"])
def test_nothing_is_allowed_that_is_not_named(name: str) -> None:
    assert directives()[name] == "'none'"


def test_pages_load_from_their_own_origin_alone() -> None:
    assert set(directives().values()) == {"'none'", "'self'"}


def test_over_https_browsers_stay_with_it_for_a_year_on_all_names() -> None:
    said = safe_headers(https=True)["strict-transport-security"]
    assert re.fullmatch(r"max-age=(\d+); includeSubDomains", said)
    assert int(said.removeprefix("max-age=").partition(";")[0]) >= 365 * 24 * 3600
    assert "strict-transport-security" not in safe_headers(https=False)


def test_text_and_xml_say_how_they_are_written(site: Site) -> None:
    made = shelve(site, "rivers")
    paths = [*LISTS, made.path, f"{made.path}/comments.atom", *(made.path + form.suffix for form in FORMS)]
    seen = set()
    for path in paths:
        answer = site.browser().get(path)
        kind, _, more = answer.headers["content-type"].partition(";")
        seen.add((answer.status_code, kind))
        if kind.startswith("text/") or kind.endswith("xml"):
            assert "charset=utf-8" in more.lower() or kind == "image/svg+xml", (path, answer.headers["content-type"])
    assert {(200, "application/atom+xml"), (200, "application/onix+xml"), (404, "text/html")} <= seen
    assert len([status for status, _ in seen if status == 200]) > 10


def test_no_answer_lets_another_origin_read_it(site: Site) -> None:
    made, origin = shelve(site, "rivers"), {"origin": "https://evil.example"}
    for path in (*LISTS, made.path, f"{made.path}.pdf", f"{made.path}.jsonld", "/api/v1/titles", "/account"):
        answer = site.browser().get(path, headers=origin)
        assert not [name for name in answer.headers if name.startswith("access-control-")], path
    preflight = site.browser().options("/api/v1/titles", headers=origin | {"access-control-request-method": "POST"})
    assert not [name for name in preflight.headers if name.startswith("access-control-")]


def test_nginx_speaks_tls_of_today_only() -> None:
    text = SHIPPED.read_text()
    assert re.findall(r"ssl_protocols (.+);", text) == ["TLSv1.2 TLSv1.3"]
    [ciphers] = re.findall(r"ssl_ciphers (.+);", text)
    assert all(
        re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305)", each) for each in ciphers.split(":")
    )
    assert "ssl_prefer_server_ciphers on;" in text


def test_without_tls_nginx_leads_pages_on_and_no_program() -> None:
    plain = SHIPPED.read_text().partition("listen 80;")[2].partition("listen 443")[0]
    places = dict(re.findall(r"location (.+?) \{\s*return (\d+)", plain))
    [refused] = [pattern.removeprefix("~ ") for pattern, status in places.items() if status == "403"]
    assert places["/"] == "301"
    for path in ("/api/v1/titles", "/counter/r51/status", "/opds", "/opds/new"):
        assert re.match(refused, path), path
    assert not re.match(refused, "/reports/opds-in-practice")
