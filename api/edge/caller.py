"""What kind of caller asks: a person's browser, a program, a prefetch, another site's page."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request


def wants_html(request: Request) -> bool:
    """A browser asking for a page; programs ask for something else or for anything."""
    return "text/html" in request.headers.get("accept", "")


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def is_idle(request: Request) -> bool:
    """Nobody clicked: a prefetch, or another site's page that embeds the address as an image or a frame."""
    return is_idle_by(request.headers)


def is_idle_by(headers: Mapping[str, str]) -> bool:
    """The same, told from the headers alone (names in lower case)."""
    purpose = headers.get("sec-purpose", "") or headers.get("purpose", "")
    if "prefetch" in purpose:
        return True
    fetched_by_other_site = headers.get("sec-fetch-site", "") == "cross-site"
    return fetched_by_other_site and headers.get("sec-fetch-dest", "document") not in ("document", "empty")


def peer_address(scope: Mapping[str, Any]) -> str:
    """The address at the other end of the connection, or nothing where there is none."""
    client = scope.get("client")
    return str(client[0]) if client else ""
