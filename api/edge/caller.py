"""What kind of caller asks: a person's browser, a program, a prefetch, another site's page."""

import base64
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

API = "/api/"  # below it all is JSON
KEY_BEGINS = "gf_"  # every access key does


def wants_html(request: Request) -> bool:
    """A browser asking for a page; programs ask for something else or for anything."""
    return "text/html" in request.headers.get("accept", "") and not _is_program(request)


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "") or _is_program(request)


def is_own_script(request: Request) -> bool:
    """A script on a page of this portal, and no program that is told things in English."""
    return request.headers.get("sec-fetch-site", "") == "same-origin" and not _is_program(request)


def shown_key(request: Request) -> str | None:
    """What is shown as `Authorization: Bearer`, be it a key or not; None where nothing is. A query never shows one.

    E-readers show a key as the password of `Basic`, beside any name. A password that is none is not meant for us: it
    may be for a proxy on the way.
    """
    parts = [header.partition(" ") for header in request.headers.getlist("authorization")]
    shown = [rest.strip() for scheme, _, rest in parts if scheme.lower() == "bearer"]
    shown += [key for scheme, _, rest in parts if scheme.lower() == "basic" and (key := _password(rest)) is not None]
    return shown[0] if len(shown) == 1 else "" if shown else None


def _password(encoded: str) -> str | None:
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return None
    password = pair.partition(":")[2].strip()
    return password if password.startswith(KEY_BEGINS) else None


def _is_program(request: Request) -> bool:
    """Known as one, whatever it accepts: it asks the API, or it shows a key."""
    return request.scope["path"].startswith(API) or shown_key(request) is not None


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
