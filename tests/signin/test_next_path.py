"""Where sign-in may lead: paths of this portal, and home for everything else."""

import pytest

from api.signin.next_path import LONGEST, safe_next

GOOD = [
    "/",
    "/account",
    "/books/edited/a-volume",
    "/books/edited/a-volume?get=pdf",
    "/books/edited/a-volume#contents",
    "/search?q=https://example.org/",
    "/search?q=caf%C3%A9&page=2",
    "/papers/x.pdf",
    "/sign-inside",
]

HOSTILE = [
    None,
    "",
    " ",
    "account",
    "?get=pdf",
    "#top",
    "//evil.example",
    "///evil.example",
    "////evil.example/a",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/a\\..\\b",
    "https://evil.example/",
    "http:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@example.org",
    "evil.example",
    "@evil.example",
    " /account",
    "/ account",
    "\t/account",
    "/\tevil.example",
    "/\n/evil.example",
    "/a\r\nSet-Cookie: x=y",
    "/a\x00b",
    "/a\x7fb",
    "/%2Fevil.example",
    "/%2f%2fevil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "/a%0d%0aSet-Cookie:%20x=y",
    "/a%00",
    "/%E2%80%A8evil",
    "/a//evil.example",
    "/./a",
    "/../a",
    "/a/..//evil.example",
    "/%2e%2e/a",
    "/.%2e//evil.example",
    "/caf\u00e9",
    "/\u2028evil",
    "\uff0f\uff0fevil.example",
    "/\u2044evil.example",
    "/sign-in",
    "/sign-in?next=/sign-in",
    "/sign-in/demo/callback?state=x",
    "/sign-out",
    "/" + "a" * LONGEST,
]


@pytest.mark.parametrize("path", GOOD)
def test_own_paths_stay_as_they_are(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize("text", HOSTILE)
def test_everything_else_leads_home(text: str | None) -> None:
    assert safe_next(text) == "/"
