"""One table from refusals to HTTP answers: a page for people, `application/problem+json` for programs."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import errors
from api.edge.caller import wants_html
from api.edge.portal import portal_of
from storage.store import Missing, StorageError, Unreachable

log = logging.getLogger("gatefold.problems")
TRY_AGAIN_AFTER = 30  # seconds
PRIVATE = {"cache-control": "private, no-store", "vary": "Cookie"}


@dataclass(frozen=True)
class Words:
    """What a status says to a person: in the code line, on the page, in its leaf, and as a picture at the foot."""

    status: int
    short: str
    heading: str
    body: str
    leaf: str
    note: str
    art: str
    pair: str


NOT_FOUND = Words(
    404,
    "no such page",
    "There is no page here",
    "The address may be mistyped, or the title may have moved. Nothing is wrong with your account.",
    "Look for it by name",
    "Every title that is published here is in the catalogue.",
    "apart",
    "petrol-coral",
)
BAD = Words(
    400,
    "not understood",
    "That was not understood",
    "Something in what was sent can’t be read. Go back and try once more.",
    "Nothing has changed",
    "What was sent was not acted on.",
    "apart",
    "graphite-cinnabar",
)
TABLE: dict[type[errors.Refusal], Words] = {
    errors.NotFound: NOT_FOUND,
    errors.Invalid: BAD,
    errors.SignInNeeded: Words(
        401,
        "sign-in needed",
        "Sign in first",
        "This page is made for one reader, so it has to know who you are.",
        "No new password",
        "You sign in with an account you already have, and come straight back.",
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.Denied: Words(
        403,
        "not open to you",
        "This is not open to you",
        "The press decides who can read it.",
        "The page stays open",
        "Abstract and contents are open to everyone.",
        "shut",
        "bottle-ochre",
    ),
    errors.Gone: Words(
        410,
        "no longer here",
        "This is no longer here",
        "It was here and has ended.",
        "The page stays open",
        "Did someone send you this link? Open the title’s page and sign in yourself: a link is made for one reader.",
        "spent",
        "cinnabar-ultramarine",
    ),
    errors.Conflict: Words(
        409,
        "not possible now",
        "That is not possible now",
        "Things have changed meanwhile.",
        "Nothing is lost",
        "Look at how it stands now, then decide again.",
        "crowd",
        "plum-mint",
    ),
    errors.Unavailable: Words(
        503,
        "not answering now",
        "This does not answer just now",
        "A part of the house is busy or away for a moment. Try again in a minute.",
        "Nothing is lost",
        "What you were reading is still where it was.",
        "crowd",
        "plum-mint",
    ),
}
BY_STATUS = {words.status: words for words in TABLE.values()} | {
    405: Words(
        405,
        "not that way",
        "That can’t be done here",
        "This address exists, but not for what was asked of it.",
        "Start again",
        "The catalogue leads to everything that is published here.",
        "apart",
        "olive-rose",
    ),
    413: Words(
        413,
        "too large",
        "That was too large",
        "What was sent is larger than this page takes.",
        "Nothing has changed",
        "What was sent was not acted on.",
        "crowd",
        "sky-brick",
    ),
    500: Words(
        500,
        "a fault on our side",
        "Something broke on our side",
        "It has been noted. Try again in a minute.",
        "Nothing is lost",
        "What you were reading is still where it was.",
        "apart",
        "graphite-cinnabar",
    ),
}


def install(app: FastAPI) -> None:
    """Let every refusal and every fault of this app answer through the table."""
    app.add_exception_handler(errors.Refusal, _refused)
    app.add_exception_handler(StorageError, _store_fault)
    for kind in (OperationalError, PoolTimeout):
        app.add_exception_handler(kind, _database_fault)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _broken)


def answer(request: Request, refusal: errors.Refusal) -> Response:
    """The HTTP answer to a refusal."""
    words = next(TABLE[kind] for kind in type(refusal).__mro__ if kind in TABLE)
    if isinstance(refusal, errors.SignInNeeded) and wants_html(request) and request.method == "GET":
        return RedirectResponse(sign_in_address(request), 303, headers=PRIVATE)
    return _answer(request, words, refusal.heading or words.heading, refusal.message or words.body, refusal.way_on)


def sign_in_address(request: Request) -> str:
    """The choice of providers, coming back to what was asked for."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/sign-in?next={quote(request.scope['path'] + query, safe='')}"


def _answer(request: Request, words: Words, heading: str, body: str, way_on: tuple[str, str] | None = None) -> Response:
    headers = dict(PRIVATE)
    if words.status == 401:
        headers["www-authenticate"] = 'Bearer realm="Gatefold"'
    if words.status == 503:
        headers["retry-after"] = str(TRY_AGAIN_AFTER)
    if not wants_html(request):
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(words.status).phrase,
            "status": words.status,
            "detail": f"{heading}. {body}".strip(),
        }
        return JSONResponse(problem, words.status, headers, media_type="application/problem+json")
    page = portal_of(request).pages.render(
        "errors/error.html",
        reader=getattr(request.state, "reader", None),
        here="",
        status=words.status,
        code_line=f"{words.status}, {words.short}",
        heading=heading,
        body=body,
        actions=[("btn", *way_on)] if way_on else [("btn", "/", "See the catalogue")],
        panel_heading=words.leaf,
        panel_note=words.note,
        art=words.art,
        pair=words.pair,
    )
    return HTMLResponse(page, words.status, headers)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, errors.Refusal)
    return answer(request, refusal)


async def _database_fault(request: Request, error: Exception) -> Response:
    """Locks, statements and connections that took too long, or a database that is away."""
    cause = error.orig if isinstance(error, OperationalError) else error
    log.error("the database does not answer: %s", " ".join(str(cause).split()))
    return answer(request, errors.Unavailable())


async def _store_fault(request: Request, error: Exception) -> Response:
    if isinstance(error, Unreachable):
        log.error("the store does not answer: %s", error)
        return answer(request, errors.Unavailable())
    log.error("%s: %s", "missing object" if isinstance(error, Missing) else "the store is at fault", error)
    return _answer(request, BY_STATUS[500], "The file is not where it should be", BY_STATUS[500].body)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = BY_STATUS.get(error.status_code, BAD)
    return _answer(request, words, words.heading, words.body)


async def _unreadable(request: Request, _error: Exception) -> Response:
    return _answer(request, BAD, BAD.heading, BAD.body)


async def _broken(request: Request, error: Exception) -> Response:
    log.error("fault", exc_info=error)
    return _answer(request, BY_STATUS[500], BY_STATUS[500].heading, BY_STATUS[500].body)
