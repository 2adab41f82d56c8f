"""Headers that every answer carries: what a page may load, and what browsers should not guess or tell."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# `form-action` is left out on purpose: Chromium applies it to every redirect of a sign-in.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
DEFAULTS = {
    "content-security-policy": CONTENT_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
A_YEAR = 31_536_000  # seconds


def safe_headers(*, https: bool) -> dict[str, str]:
    """The headers for a portal reached over https, or over http on loopback."""
    if not https:
        return DEFAULTS
    return DEFAULTS | {"strict-transport-security": f"max-age={A_YEAR}; includeSubDomains"}


class SafeHeaders:
    """Pure ASGI middleware; an answer's own header of the same name stays."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return await self.app(scope, receive, send_with_headers)
