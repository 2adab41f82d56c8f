"""Cookies over https carry the prefix that no other host can plant, and only well-formed secrets are read."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from api.seal import new_secret
from api.settings import Settings
from api.signin import reader

SECRET = "k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca"


@pytest.fixture
def https() -> Settings:
    return Settings(_env_file=None, public_url="https://books.example.org", secret_key=SECRET)


def carrying(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})


def test_the_session_cookie_over_https(https: Settings) -> None:
    response = Response()
    reader.set_session(response, https, "s" * 43)
    line = response.headers["set-cookie"]
    assert line.startswith(f"__Host-gatefold={'s' * 43};")
    parts = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/", "max-age=604800"} <= parts
    assert not any(part.startswith("domain") for part in parts)


def test_the_browsers_cookie_over_https(https: Settings) -> None:
    response = Response()
    reader.set_browser(response, https, "b" * 43)
    line = response.headers["set-cookie"]
    assert line.startswith(f"__Host-gatefold-sign-in={'b' * 43};")
    assert {"secure", "httponly", "max-age=600"} <= {part.strip().lower() for part in line.split(";")[1:]}


def test_all_are_cleared_as_they_were_set(https: Settings) -> None:
    response = Response()
    reader.clear(response, https)
    lines = response.headers.getlist("set-cookie")
    assert [line.partition("=")[0] for line in lines] == [
        "__Host-gatefold",
        "__Host-gatefold-sign-in",
        "__Host-gatefold-typed",
    ]
    assert response.headers["clear-site-data"] == '"cache", "storage"'
    assert all("Secure" in line and "Path=/" in line and "Max-Age=0" in line for line in lines)


def test_a_plain_name_is_not_read_over_https(https: Settings) -> None:
    secret = new_secret()
    assert reader.session_secret(carrying(f"gatefold={secret}"), https) is None
    assert reader.session_secret(carrying(f"__Host-gatefold={secret}"), https) == secret


@pytest.mark.parametrize("value", ["", "x", "s" * 42, "s" * 44, "s" * 42 + "!", '"' + "s" * 43 + '\\"', "s" * 5000])
def test_what_we_never_made_is_not_read(https: Settings, value: str) -> None:
    request = carrying(f"__Host-gatefold={value}")
    assert reader.session_secret(request, https) is None
    assert reader.has_session_cookie(request, https)
