"""`/api/v1`: what is on the shelf, one title, and a download link, for programs. JSON whatever is accepted."""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.catalogue.memory import shared_caching
from api.catalogue.pages import good_until
from api.delivery.routes import not_withdrawn, ticket_for
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all, takes_keys
from api.edge.portal import Portal
from api.errors import Invalid, NotFound
from api.search.asked import LONGEST, Asked
from api.search.routes import looked_for
from api.shelf import queries
from api.shelf.queries import Shelved
from api.signin.door import Router
from api.signin.reader import CurrentReader, has_session_cookie
from api.tables import KeyScope
from api.v1.description import described, description
from api.v1.shapes import TITLES, Leaf, Ticket, Title, found_of, leaf_of, title_of

router = Router()
AT_MOST = 100  # titles in one answer
SLUG = r"^[a-z0-9-]{1,120}$"
VARY = {"vary": "Cookie, Authorization"}


@takes_keys(KeyScope.API)
@open_to_all("the catalogue is public for programs too")
def titles(
    request: Request,
    portal: ThePortal,
    reader: CurrentReader,
    after: Annotated[
        str | None, Query(pattern=SLUG, description="Begin behind the title with this slug; `next` has it.")
    ] = None,
    q: Annotated[
        str | None,
        Query(max_length=LONGEST, description="Search for these words instead, also inside what the caller may read."),
    ] = None,
    page: Annotated[int, Query(ge=1, le=9999, description="Of a search; `next` has it.")] = 1,
) -> Response:
    if q is not None:
        return _found(request, portal, reader, Asked.of({"q": q, "page": str(page)}))
    with portal.database.reading() as db:
        leaf = queries.catalogue(db, reader, clock.now(), after=after, at_most=AT_MOST)
    if leaf is None:
        raise Invalid(f"No title “{after}” was ever published here, so nothing comes after it.")
    return _answer(request, portal, reader, leaf.entries, leaf_of(leaf, portal.settings.public_url))


@takes_keys(KeyScope.API)
@open_to_all("the public record, as on the title's page; a draft is the common 404")
def title(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    shelved = _find(portal, reader, slug)
    if shelved is None:
        raise NotFound
    return _answer(request, portal, reader, [shelved], title_of(shelved, portal.settings.public_url))


@takes_keys(KeyScope.API)
@open_to_all("answers as the stable address to whoever is not admitted")
def new_ticket(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    return ticket_for(request, portal, reader, not_withdrawn(_find(portal, reader, slug)))


@open_to_all("programs read here what they can ask")
def openapi(portal: ThePortal) -> Response:
    return JSONResponse(_description(portal.settings.public_url), headers={"cache-control": "public, max-age=300"})


ADDRESSES: tuple[tuple[str, str, Callable[..., Response], type[BaseModel]], ...] = (
    ("GET", TITLES, titles, Leaf),
    ("GET", f"{TITLES}/{{slug}}", title, Title),
    ("POST", f"{TITLES}/{{slug}}/tickets", new_ticket, Ticket),
)
for method, path, endpoint, _ in ADDRESSES:
    router.add_api_route(path, endpoint, methods=["GET", "HEAD"] if method == "GET" else [method])
router.add_api_route("/api/v1/openapi.json", openapi, methods=["GET", "HEAD"])


@cache
def _description(public_url: str) -> dict[str, Any]:
    routes = APIRouter()  # of their own: HEAD is not described
    for method, path, endpoint, shape in ADDRESSES:
        routes.add_api_route(path, endpoint, methods=[method], **described(endpoint.__name__, shape))
    return description(public_url, routes.routes)


def _find(portal: Portal, reader: Reader | None, slug: str) -> Shelved | None:
    if not re.fullmatch(SLUG, slug):
        return None
    with portal.database.reading() as db:
        return queries.find_by_slug(db, slug, reader, clock.now())


def _found(request: Request, portal: Portal, reader: Reader | None, asked: Asked) -> Response:
    """The same search as on the page, by the same rules; like there it is kept nowhere."""
    wanted = asked.wanted(is_signed_in=reader is not None)
    if wanted.is_nothing:
        raise Invalid("There is no word in `q` to search for.")
    results = looked_for(request, portal, reader, asked, wanted)
    body = found_of(results, asked.text, portal.settings.public_url).model_dump_json().encode()
    return Response(body, headers=VARY | {"cache-control": "private, no-store"}, media_type="application/json")


def _answer(request: Request, portal: Portal, reader: Reader | None, shelf: list[Shelved], body: BaseModel) -> Response:
    """The body as JSON: private where the caller may be known, else the same for all and shortly cached."""
    content = body.model_dump_json().encode()
    if reader is not None or "authorization" in request.headers or has_session_cookie(request, portal.settings):
        return Response(content, headers=VARY | {"cache-control": "private, no-store"}, media_type="application/json")
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = VARY | {"cache-control": shared_caching(good_until(shelf, clock.now())), "etag": etag}
    known = request.headers.get("if-none-match", "")
    if etag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
