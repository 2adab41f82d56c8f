"""What kind of caller asks: a person's browser, a program, a prefetch, another site's page."""

from starlette.requests import Request


def wants_html(request: Request) -> bool:
    """A browser asking for a page; programs ask for something else or for anything."""
    return "text/html" in request.headers.get("accept", "")


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def is_idle(request: Request) -> bool:
    """Nobody clicked: a prefetch, or another site's page that embeds the address as an image or a frame."""
    purpose = request.headers.get("sec-purpose", "") or request.headers.get("purpose", "")
    if "prefetch" in purpose:
        return True
    fetched_by_other_site = request.headers.get("sec-fetch-site", "") == "cross-site"
    return fetched_by_other_site and request.headers.get("sec-fetch-dest", "document") not in ("document", "empty")
