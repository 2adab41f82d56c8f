"""Writes that another site's page sends are refused, before any route sees them. There are no form tokens.

`Sec-Fetch-Site` is trusted first: a page with `Referrer-Policy: no-referrer` sends `Origin: null` even to
its own site. Programs send neither header and carry no cookie of ours by accident.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.spoken import gettext

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RefuseCrossSiteWrites:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self.public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_write = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if is_write and not is_own_write(Headers(scope=scope), self.public_url):
            words = gettext("This form was sent from another site, so it was not acted on.")
            return await PlainTextResponse(words, 403)(scope, receive, send)
        return await self.app(scope, receive, send)


def is_own_write(headers: Headers, public_url: str) -> bool:
    """Whether an unsafe request comes from our own pages, from a person's own hand, or from a program."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin == public_url
