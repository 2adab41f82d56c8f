"""One table from refusals to HTTP answers: a page for people, `application/problem+json` for programs."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from math import ceil
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import clock, errors
from api.edge import request_id
from api.edge.caller import API, is_own_script, wants_html
from api.edge.doors import open_to_all
from api.edge.portal import portal_of
from api.edge.problem_words import BAD, BY_STATUS, MISSING_FILE, TABLE, Words
from api.spoken import N_, language, told
from storage.store import Full, Missing, StorageError, Unreachable

log = logging.getLogger("gatefold.problems")
NOTHING_MORE: Mapping[str, str] = {}
CHALLENGE = {"www-authenticate": 'Bearer realm="Gatefold"'}  # RFC 6750, section 3
KEY_REFUSED = {"www-authenticate": 'Bearer realm="Gatefold", error="invalid_token"'}
TRY_AGAIN_AFTER = 10  # seconds; what is told to those who come while the database or the store is away
BROUGHT_BACK_AFTER = 3600  # seconds; a missing file doesn't come back by itself
KEY_SHOWN = 12  # digits of an object's key in the log
DISK_FULL = "53100"  # PostgreSQL's word for it
PRIVATE = {"cache-control": "private, no-store", "vary": "Cookie"}


def install(app: FastAPI) -> None:
    """Let every refusal and every fault of this app answer through the table."""
    app.add_exception_handler(errors.Refusal, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(kind, _out_of_reach)
    app.add_exception_handler(StorageError, _store_fault)
    app.add_exception_handler(Exception, _broken)


def answer(request: Request, refusal: errors.Refusal) -> Response:
    """The HTTP answer to a refusal."""
    words = next(TABLE[kind] for kind in type(refusal).__mro__ if kind in TABLE)
    if isinstance(refusal, errors.SignInAgain) and wants_html(request):
        return RedirectResponse(f"/account/sign-in-again?next={quote(refusal.next_path, safe='')}", 303, PRIVATE)
    if isinstance(refusal, errors.TermsNeeded):
        return _terms(request, refusal, words)
    if isinstance(refusal, errors.SignInNeeded) and wants_html(request) and request.method == "GET":
        return RedirectResponse(sign_in_address(request), 303, headers=PRIVATE)
    if isinstance(refusal, errors.Moved) and request.method in ("GET", "HEAD"):
        return RedirectResponse(_address_now(request, refusal), 301, {"cache-control": "public, max-age=0"})
    said = replace(words, heading=refusal.heading or words.heading, body=refusal.message or words.body)
    is_of_api = request.scope["path"].startswith(API)  # Thorium takes `error=` for the end, and asks nobody again
    headers = KEY_REFUSED if isinstance(refusal, errors.KeyRefused) and is_of_api else NOTHING_MORE
    facts: Sequence[tuple[str, str]] = ()
    if isinstance(refusal, errors.TooMany):
        wait = max(1, ceil((refusal.until - clock.now()).total_seconds()))
        headers, facts = {"retry-after": str(wait)}, refusal.facts
    elif isinstance(refusal, errors.Unready):
        headers = {"retry-after": str(TRY_AGAIN_AFTER)}
    return _answer(request, said, headers=headers, facts=facts, way_on=refusal.way_on, members=refusal.members)


def _terms(request: Request, refusal: errors.TermsNeeded, words: Words) -> Response:
    """Browsers are asked on the page of the terms; programs hear where their reader can accept them."""
    page = terms_address(refusal.next_path)
    if wants_html(request):
        return RedirectResponse(page, 303, PRIVATE)
    address = portal_of(request).settings.public_url + page
    said = replace(words, body=N_("{body} The reader accepts them at {address}.", body=words.body, address=address))
    return _answer(request, said, members={**refusal.members, "terms": address})


def terms_address(next_path: str) -> str:
    """The terms of use, going on to `next_path` once they are accepted."""
    return f"/terms?next={quote(next_path, safe='')}"


def sign_in_address(request: Request) -> str:
    """The choice of providers, coming back to what was asked for."""
    query = request.scope["query_string"].decode("latin-1")
    return f"/sign-in?next={quote(request.scope['path'] + (f'?{query}' if query else ''), safe='')}"


def _address_now(request: Request, moved: errors.Moved) -> str:
    """The same page, file or question at the new address."""
    query = request.scope["query_string"].decode("latin-1")
    below = quote(request.scope["path"].removeprefix(moved.old), safe="/")
    return f"{moved.new}{below}{f'?{query}' if query else ''}"


def _answer(
    request: Request,
    words: Words,
    *,
    headers: Mapping[str, str] = NOTHING_MORE,
    facts: Sequence[tuple[str, str]] = (),
    way_on: tuple[str, str] | None = None,
    members: Mapping[str, str] = NOTHING_MORE,
) -> Response:
    all_headers = {**PRIVATE, **(_way_in(request) if words.status == 401 else NOTHING_MORE), **headers}
    if not wants_html(request):
        detail = f"{words.heading}. {words.body}"
        if is_own_script(request):  # which shows it to its reader
            detail = f"{told(words.heading)}. {told(words.body)}"
            all_headers["content-language"] = language()
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(words.status).phrase,
            "status": words.status,
            "detail": detail.strip(),
            **members,
        }
        return JSONResponse(problem, words.status, all_headers, media_type="application/problem+json")
    page = portal_of(request).pages.render(
        "errors/error.html",
        reader=getattr(request.state, "reader", None),
        here="",
        status=words.status,
        code_line=N_("{status}, {short}", status=words.status, short=words.short),
        heading=words.heading,
        body=words.body,
        actions=[("btn", *way_on)] if way_on else [("btn", "/", N_("See the catalogue"))],
        panel_heading=words.leaf,
        panel_note=words.note,
        facts=facts,
        art=words.art,
        pair=words.pair,
    )
    return HTMLResponse(page, words.status, all_headers)


def _way_in(request: Request) -> dict[str, str]:
    """What a program hears that has to say who it is; e-readers find there how their reader signs in."""
    document = f"{portal_of(request).settings.public_url}/opds/authentication"
    link = f'<{document}>; rel="http://opds-spec.org/auth/document"; type="application/opds-authentication+json"'
    return CHALLENGE if wants_html(request) else {**CHALLENGE, "link": link}


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, errors.Refusal)
    if isinstance(refusal, errors.TooMany):
        portal_of(request).figures.rate_limited.labels(refusal.limit).inc()
    return answer(request, refusal)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.scope.get("endpoint") is nothing_here:  # asked in a way that even this address does not know
        return answer(request, errors.NotFound())
    return _answer(request, BY_STATUS.get(error.status_code, BAD), headers=error.headers or NOTHING_MORE)


@open_to_all("an address that leads nowhere says so to everyone")
def nothing_here(request: Request) -> Response:
    raise errors.NotFound


async def _unreadable(request: Request, _error: Exception) -> Response:
    return _answer(request, BAD)


async def _out_of_reach(request: Request, error: Exception) -> Response:
    """The database is away or busy, which passes. What SQLite calls an error in the statement is a fault."""
    if getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_ERROR":
        raise error
    cause = getattr(error, "orig", None) or error
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(cause, "sqlstate", "") == DISK_FULL:
        return _full(request, cause)
    log.error("the database does not answer: %s", " ".join(str(cause).split()))
    return _away(request, BY_STATUS[503])


async def _store_fault(request: Request, error: Exception) -> Response:
    faults = portal_of(request).figures.store_faults
    if isinstance(error, Unreachable):
        log.error("the store does not answer: %s", error)
        faults.labels("away").inc()
        return _away(request, replace(BY_STATUS[503], body=N_("The files can’t be reached. Try again in a minute.")))
    if isinstance(error, Missing):
        log.error("missing object: %s", str(error)[:KEY_SHOWN])
        faults.labels("missing").inc()
        return _away(request, MISSING_FILE, BROUGHT_BACK_AFTER)
    if isinstance(error, Full):
        faults.labels("full").inc()
        return _full(request, error)
    log.error("the store is at fault: %s", error)
    return _answer(request, replace(BY_STATUS[500], heading=N_("The file is not where it should be")), facts=_number())


def _full(request: Request, error: BaseException) -> Response:
    log.error("there is no room: %s", " ".join(str(error).split()))
    return _answer(request, BY_STATUS[507], facts=_number())


def _away(request: Request, words: Words, retry_after: int = TRY_AGAIN_AFTER) -> Response:
    return _answer(request, words, headers={"retry-after": str(retry_after)}, facts=_number())


async def _broken(request: Request, error: Exception) -> Response:
    log.error("fault", exc_info=error)
    return _answer(request, BY_STATUS[500], facts=_number())


def _number() -> list[tuple[str, str]]:
    """What a person can tell the press, who finds it in the log."""
    return [(N_("Request"), request_id.current())]
