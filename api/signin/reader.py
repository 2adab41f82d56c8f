"""The reader of a request, and the cookies: the session's, the browser's on its way, its words', the provider's."""

import logging
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

from fastapi import Depends
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import clock
from api.access import keys
from api.access.policy import Reader
from api.edge.caller import peer_address, shown_key
from api.edge.doors import keys_taken, why_open
from api.edge.language import heed_account
from api.edge.portal import Portal, portal_of
from api.errors import KeyRefused, NotFound, SignInAgain, SignInNeeded
from api.settings import Settings
from api.signin import attempts, sessions, strength
from api.signin.people import reader_of_user
from api.signin.sessions import Held
from api.spoken import N_

log = logging.getLogger("gatefold.signin")
SESSION, BROWSER, LAST = "gatefold", "gatefold-sign-in", "gatefold-last-provider"
TYPED = "gatefold-typed"
DESK = "/desk"
CHOICE = "/sign-in"  # the only addresses that the last provider's cookie is sent to
A_YEAR = 31_536_000  # seconds
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # what `new_secret` makes


async def closed_by_default(request: Request) -> None:
    """Find out who asks; nobody gets past a route's door unless it is marked open.

    The whole application depends on this, before anything else of a route; what it finds is in the request's state.
    """
    portal = portal_of(request)
    held = await _session_of(request, portal)
    request.state.session, request.state.reader = held, held.reader if held is not None else None
    if request.state.reader is not None:
        heed_account(request.state.reader.language, portal.pages.offered)
    shown = shown_key(request)
    if shown is not None and (scopes := keys_taken(request.scope.get("endpoint"))):
        found = await run_in_threadpool(reader_of_key, portal, shown, scopes)
        request.state.reader = replace(found, address=peer_address(request.scope))
    if request.state.reader is None and why_open(request.scope.get("endpoint")) is None:
        raise SignInNeeded


async def _session_of(request: Request, portal: Portal) -> Held | None:
    """The session of whoever asks, or None. Without a session cookie neither database nor thread is used."""
    secret = session_secret(request, portal.settings)
    held = await run_in_threadpool(_held, portal, secret) if secret is not None else None
    if held is None:
        return None
    return replace(held, reader=replace(held.reader, address=peer_address(request.scope)))


def _held(portal: Portal, secret: str) -> Held | None:
    with portal.database.reading() as db:
        held = sessions.hold(db, portal.seal, secret)
    if held is None:
        return None
    if not any(provider.vouches_for(held.reader.issuer) for provider in portal.providers.values()):
        _end_without_provider(portal, secret)
        return None
    if sessions.is_due(held):
        _mark_in_use(portal, held)
    return replace(held, reader=strength.weighed(held.reader, held.context, portal.providers.values()))


def _end_without_provider(portal: Portal, secret: str) -> None:
    """A provider that is not in the settings any more vouches for nobody; its sessions don't wait for its return."""
    try:
        with portal.database.writing() as db:
            sessions.end(db, portal.seal, secret)
    except OperationalError:
        log.warning("a session of a provider that is gone was not deleted")


def _mark_in_use(portal: Portal, held: Held) -> None:
    """A transaction of its own; where the database is busy the next request does it."""
    try:
        with portal.database.writing() as db:
            sessions.seen(db, held)
    except OperationalError:
        log.warning("a session's last use was not written down")


async def current_reader(request: Request) -> Reader | None:
    """Who asks, or None: by an access key where one is shown and taken, else by the session's cookie."""
    reader: Reader | None = request.state.reader
    return reader


CurrentReader = Annotated[Reader | None, Depends(current_reader)]


async def signed_in(request: Request) -> Held:
    """The session of whoever asks; for routes that are closed anyway."""
    held: Held | None = request.state.session
    if held is None:
        raise SignInNeeded
    return held


SignedIn = Annotated[Held, Depends(signed_in)]


def staff_only(reader: CurrentReader) -> Reader:
    """Someone of the press; for all others there is nothing at this address.

    Raises SignInAgain for someone who works at the desk and has not signed in strongly enough for it.
    """
    if reader is not None and reader.must_prove:
        raise SignInAgain(DESK, sessions.NOT_STRONG)
    if reader is None or not reader.is_staff:
        raise NotFound
    return reader


Staff = Annotated[Reader, Depends(staff_only)]


def administrators_only(reader: Staff) -> Reader:
    """An administrator; for all others, editors included, there is nothing at this address."""
    if not reader.is_administrator:
        raise NotFound
    return reader


Administrator = Annotated[Reader, Depends(administrators_only)]


def reader_of_key(portal: Portal, shown: str, scopes: Collection[str]) -> Reader:
    """The reader who made the key. Raises KeyRefused; a session's cookie beside a bad key is no help."""
    now = clock.now()
    with portal.database.reading() as db:
        key = keys.find(db, portal.seal, shown, scopes, now)
        reader = reader_of_user(db, key.user_id) if key is not None else None
    if reader is not None:  # a key has no second factor
        reader = strength.weighed(reader, None, portal.providers.values())
    if key is None or reader is None:
        raise KeyRefused(
            N_("Make a new one at {page}.", page=keys.PAGE), heading=N_("This access key is not good, or not any more")
        )
    if key.last_used_on != now.date():
        try:
            with portal.database.writing() as db:
                keys.note_use(db, key, now.date())
        except OperationalError:  # the database is busy; the next request does it
            log.warning("the day of a key's last use was not written down")
    return reader


def session_cookie(settings: Settings) -> str:
    """The name of the cookie that tells a reader from nobody."""
    return _name(SESSION, settings)


def has_session_cookie(request: Request, settings: Settings) -> bool:
    """Whether the request carries a session cookie at all, good or not: then no public bytes are served."""
    return session_cookie(settings) in request.cookies


def session_secret(request: Request, settings: Settings) -> str | None:
    return _secret(request, _name(SESSION, settings))


def browser_secret(request: Request, settings: Settings) -> str | None:
    """What ties an attempt to sign in to this browser; its tabs share it."""
    return _secret(request, _name(BROWSER, settings))


def set_session(response: Response, settings: Settings, secret: str) -> None:
    _set(response, settings, SESSION, secret, int(sessions.LIFETIME.total_seconds()))


def set_browser(response: Response, settings: Settings, secret: str) -> None:
    """Keep the browser's secret for as long as an attempt that begins now can live."""
    _set(response, settings, BROWSER, secret, int(attempts.LIFETIME.total_seconds()))


def typed_secret(request: Request, settings: Settings) -> str | None:
    """What leads this browser back to the words it sent when its session had ended."""
    return _secret(request, _name(TYPED, settings))


def set_typed(response: Response, settings: Settings, secret: str, seconds: int) -> None:
    _set(response, settings, TYPED, secret, seconds)


def last_provider(request: Request, settings: Settings) -> str:
    """The id of the provider that this browser came back from last; it may not be one any more."""
    return request.cookies.get(_last_name(settings), "")


def set_last_provider(response: Response, settings: Settings, provider_id: str) -> None:
    """Remember the provider, and nothing else, for the page where one is chosen."""
    response.set_cookie(
        _last_name(settings),
        provider_id,
        max_age=A_YEAR,
        path=CHOICE,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def clear(response: Response, settings: Settings) -> None:
    """Let the browser forget who was here: our cookies by name (others on this host have theirs), and what it kept."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    for name in (SESSION, BROWSER, TYPED):
        response.delete_cookie(_name(name, settings), path="/", secure=settings.is_https, httponly=True, samesite="lax")


def _set(response: Response, settings: Settings, name: str, secret: str, seconds: int) -> None:
    response.set_cookie(
        _name(name, settings),
        secret,
        max_age=seconds,
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def _name(name: str, settings: Settings) -> str:
    """The prefix `__Host-` makes browsers refuse a cookie that another host planted; it needs https."""
    return f"__Host-{name}" if settings.is_https else name


def _last_name(settings: Settings) -> str:
    """`__Host-` would need the path `/`; `__Secure-` at least can't be set from plain http."""
    return f"__Secure-{LAST}" if settings.is_https else LAST


def _secret(request: Request, name: str) -> str | None:
    value = request.cookies.get(name, "")
    return value if SECRET.fullmatch(value) else None
