"""Errors: a page for people, problem+json for programs, and nothing told that need not be."""

import pytest

from api.shelf import queries
from tests.site import Site


def test_people_get_a_page_and_programs_a_problem(site: Site) -> None:
    page, problem = site.browser().get("/no-such-page"), site.program().get("/no-such-page")
    assert page.status_code == problem.status_code == 404
    assert "There is no page here" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["title"] == "Not Found"
    for answer in (page, problem):
        assert answer.headers["cache-control"] == "private, no-store"


def test_an_address_that_has_no_such_method(site: Site) -> None:
    assert site.browser().put("/").status_code == 405
    assert site.browser().request("TRACE", "/").status_code == 405
    assert site.browser().put("/no-such-page").status_code == 404


def test_what_is_too_large_is_not_read(site: Site) -> None:
    answer = site.browser().post("/sign-in/demo", data={"next": "x" * 70_000})
    assert answer.status_code == 413


def test_a_fault_is_our_fault_and_says_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the key is hunter2")

    monkeypatch.setattr(queries, "catalogue", broken)
    page, problem = site.browser().get("/"), site.program().get("/")
    assert page.status_code == problem.status_code == 500
    assert "Something broke on our side" in page.text
    assert "hunter2" not in page.text + problem.text


def test_every_answer_carries_the_safe_headers(site: Site) -> None:
    for path in ("/", "/no-such-page", "/sign-in", "/static/mark.svg"):
        headers = site.browser().get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert "form-action" not in headers["content-security-policy"], path
