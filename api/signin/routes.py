"""The addresses of sign-in: choose a provider, go there, come back, leave; and, for the press, try a provider."""

import logging
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session as Db
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.edge import limits
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.network import network_of
from api.edge.portal import Portal
from api.errors import NotFound, SignInFailed
from api.seal import new_secret
from api.shelf.queries import find_by_path
from api.signin import attempts, choice, device, doctor, faults, reader, sessions
from api.signin.arrivals import Arrival, Comer, arrive, turned_away
from api.signin.attempts import SIGN_IN, Errand
from api.signin.door import Router
from api.signin.next_path import HOME, safe_next
from api.signin.providers import Provider
from api.signin.reader import CurrentReader, Staff
from api.signin.shown import as_json
from api.tables import EventKind, Purpose
from api.usage.record import Caller, Sighting, item_of

log = logging.getLogger("gatefold.signin")
router = Router()
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Cookie"}
DONE = {Purpose.SIGN_IN: "signed in", Purpose.AGAIN: "signed in again", Purpose.CONNECT: "came back to connect"}
ON_THE_WAY = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get("/sign-in")
@open_to_all("this is where nobody becomes somebody")
def choose(
    request: Request,
    portal: ThePortal,
    db: Reading,
    who: CurrentReader,
    next_path: Annotated[str, Query(alias="next")] = HOME,
) -> Response:
    next_path = safe_next(next_path)
    if who is not None:
        return RedirectResponse(next_path, 303, headers=PRIVATE)
    destination = find_by_path(db, next_path, clock.now())
    last = reader.last_provider(request, portal.settings)
    rungs, houses = (
        destination.rungs if destination is not None else (),
        choice.institutions_of(db, portal.providers.values()),
    )
    page = portal.pages.render(
        "signin/choose.html",
        reader=None,
        here="signin",
        providers=choice.in_order(portal.providers.values(), rungs, houses, last),
        doors=choice.doors(portal.providers.values(), houses),
        last=last,
        contact=portal.settings.contact,
        next_path=next_path,
        destination=destination.record if destination is not None else None,
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.post("/sign-in/{provider_id}")
@open_to_all("the first step of signing in")
async def start(
    request: Request, portal: ThePortal, provider_id: str, next_path: Annotated[str, Form(alias="next")] = HOME
) -> Response:
    return await depart(request, portal, provider_id, safe_next(next_path))


async def depart(
    request: Request,
    portal: Portal,
    provider_id: str,
    next_path: str,
    errand: Errand = SIGN_IN,
    *,
    strongly: bool = False,
) -> Response:
    """To the provider, with an attempt that remembers what for and where to come back to."""
    provider = _provider(portal, provider_id)
    browser = reader.browser_secret(request, portal.settings) or new_secret()
    begun = await run_in_threadpool(_begin, portal, request, browser, provider, next_path, errand)
    try:
        address = await provider.start(begun, afresh=errand.purpose is Purpose.AGAIN, strongly=strongly)
    except SignInFailed as failure:
        return _failed(portal, provider, failure, next_path)
    return _on_the_way(portal, address, browser)


@router.get("/sign-in/{provider_id}/trial")
@open_to_all("all but staff get the common 404")
async def examine(portal: ThePortal, provider_id: str, who: Staff) -> Response:
    """What the doctor finds, and the button that begins a trial."""
    provider = _provider(portal, provider_id)
    return _trial_page(portal, provider, who, PRIVATE, findings=await doctor.examine(provider))


@router.post("/sign-in/{provider_id}/trial")
@open_to_all("all but staff get the common 404")
async def start_trial(request: Request, portal: ThePortal, provider_id: str, who: Staff) -> Response:
    provider = _provider(portal, provider_id)
    browser = reader.browser_secret(request, portal.settings) or new_secret()
    begun = await run_in_threadpool(_begin_trial, portal, request, browser, provider)
    try:
        address = await provider.start(begun)
    except SignInFailed as failure:
        return _trial_failed(portal, provider, who, failure)
    return _on_the_way(portal, address, browser)


@router.get("/sign-in/{provider_id}/callback")
@open_to_all("the provider sends readers back here before they have a session")
async def callback(request: Request, portal: ThePortal, who: CurrentReader, provider_id: str) -> Response:
    """One transaction counts, one ends the attempt, one begins the session; before the last the provider is asked."""
    provider = _provider(portal, provider_id)
    browser = reader.browser_secret(request, portal.settings)
    old_session = reader.session_secret(request, portal.settings)
    next_path = HOME
    await run_in_threadpool(_count_callback, portal, network_of(request))
    try:
        answer = _each_once(request)
        attempt = await run_in_threadpool(_spend, portal, answer.get("state", ""), browser, provider)
        next_path = attempt.next_path
        if attempt.is_trial:
            return await _try(portal, provider, attempt, answer, reader.staff_only(who))
        profile = await provider.finish(attempt, answer)
        browsers_name = device.in_words(request.headers.get("user-agent", ""))
        comer = Comer(provider.id, profile, old_session, browsers_name, list(portal.providers.values()))
        arrival = await run_in_threadpool(_arrive, portal, request, attempt, comer)
    except SignInFailed as failure:
        return _failed(portal, provider, failure, next_path)
    log.info("%s provider=%s", DONE[attempt.errand.purpose], provider.id)
    if attempt.errand.purpose is Purpose.SIGN_IN:
        portal.figures.sign_ins.labels(provider.id, "signed-in").inc()
    response = RedirectResponse(arrival.next_path, 303, headers=ON_THE_WAY)
    if arrival.secret is not None:
        reader.set_session(response, portal.settings, arrival.secret)
        reader.set_last_provider(response, portal.settings, provider.id)
    return response


async def _try(
    portal: Portal, provider: Provider, attempt: attempts.Spent, answer: dict[str, str], who: Reader
) -> Response:
    """What the provider says of whoever came back, shown to staff; no session and no user come of it."""
    try:
        claims = await provider.prove(attempt, answer)
        profile = provider.kind.profile(claims)
    except SignInFailed as failure:
        return _trial_failed(portal, provider, who, failure)
    log.info("trial finished provider=%s", provider.id)
    return _trial_page(portal, provider, who, ON_THE_WAY, claims=as_json(claims), profile=profile)


@router.post("/sign-out")
@open_to_all("leaving is never refused")
def sign_out(
    request: Request, portal: ThePortal, who: CurrentReader, at_provider: Annotated[str, Form()] = ""
) -> Response:
    """End the session here and, where it was asked for and is offered, go on to end the provider's own."""
    secret = reader.session_secret(request, portal.settings)
    if secret is not None:
        with portal.database.writing() as db:
            sessions.end(db, portal.seal, secret)
    provider = portal.providers.get(who.provider) if who is not None and at_provider else None
    address = provider.sign_out_address(f"{portal.settings.public_url}/") if provider is not None else None
    response = RedirectResponse(address or "/", 303, headers=PRIVATE)
    reader.clear(response, portal.settings)
    return response


def _provider(portal: Portal, provider_id: str) -> Provider:
    provider: Provider | None = portal.providers.get(provider_id)
    if provider is None:
        raise NotFound
    return provider


def _each_once(request: Request) -> dict[str, str]:
    """The callback's parameters; a repeated one could be read differently by two readers, so it is refused."""
    given = request.query_params.multi_items()
    if len({name for name, _ in given}) != len(given):
        raise SignInFailed("callback-repeated")
    return dict(given)


def _begin(
    portal: Portal, request: Request, browser: str, provider: Provider, next_path: str, errand: Errand
) -> attempts.Begun:
    with portal.database.writing() as db:
        limits.count(db, portal.seal, limits.SIGN_IN_START, network=network_of(request))
        begun = attempts.begin(db, portal.seal, browser, provider.id, next_path, errand)
        if errand.purpose is Purpose.SIGN_IN:
            _note(db, portal, request, EventKind.SIGN_IN_STARTED, next_path, provider=provider.id)
    return begun


def _count_callback(portal: Portal, network: str) -> None:
    with portal.database.writing() as db:
        limits.count(db, portal.seal, limits.SIGN_IN_CALLBACK, network=network)


def _begin_trial(portal: Portal, request: Request, browser: str, provider: Provider) -> attempts.Begun:
    with portal.database.writing() as db:
        limits.count(db, portal.seal, limits.SIGN_IN_START, network=network_of(request))
        return attempts.begin(db, portal.seal, browser, provider.id, HOME, is_trial=True)


def _on_the_way(portal: Portal, address: str, browser: str) -> Response:
    response = RedirectResponse(address, 303, headers=ON_THE_WAY)
    reader.set_browser(response, portal.settings, browser)
    return response


def _spend(portal: Portal, state: str, browser: str | None, provider: Provider) -> attempts.Spent:
    with portal.database.writing() as db:
        return attempts.spend(db, portal.seal, state, browser, provider.id)


def _arrive(portal: Portal, request: Request, attempt: attempts.Spent, comer: Comer) -> Arrival:
    try:
        with portal.database.writing() as db:
            arrival = arrive(db, portal.seal, attempt, comer, portal.settings.admins)
            if attempt.errand.purpose is Purpose.SIGN_IN:
                _note(db, portal, request, EventKind.SIGNED_IN, attempt.next_path, who=arrival.reader)
    except SignInFailed:
        with portal.database.writing() as db:  # the first one took back all that it had begun
            turned_away(db, comer)
        raise
    return arrival


def _note(
    db: Db,
    portal: Portal,
    request: Request,
    kind: EventKind,
    next_path: str,
    *,
    who: Reader | None = None,
    provider: str | None = None,
) -> None:
    """A step on the way from a title's page to its file and back, for the journal of use."""
    found = find_by_path(db, next_path, clock.now())
    item = item_of(found.record, found.public_decision) if found is not None else None
    portal.journal.within(db, Sighting(clock.now(), kind, Caller.of(request.scope), 303, item, who, provider))


def _failed(portal: Portal, provider: Provider, failure: SignInFailed, next_path: str) -> Response:
    log.warning("sign-in failed reason=%s provider=%s", failure.code, provider.id)
    portal.figures.sign_ins.labels(provider.id, failure.code).inc()
    heading, body = faults.for_reader(failure.code, provider.label)
    page = portal.pages.render(
        "signin/failed.html",
        reader=None,
        here="signin",
        heading=heading,
        body=body,
        retry_url=f"/sign-in?next={quote(next_path, safe='')}",
    )
    status = 502 if failure.code.startswith("provider-") else 400
    return HTMLResponse(page, status, headers=ON_THE_WAY)


def _trial_failed(portal: Portal, provider: Provider, who: Reader, failure: SignInFailed) -> Response:
    log.warning("trial failed reason=%s provider=%s", failure.code, provider.id)
    return _trial_page(portal, provider, who, ON_THE_WAY, fault=faults.in_words(failure.code), code=failure.code)


def _trial_page(portal: Portal, provider: Provider, who: Reader, headers: dict[str, str], **found: Any) -> Response:
    nothing: dict[str, Any] = {"findings": [], "claims": None, "profile": None, "fault": None, "code": None}
    page = portal.pages.render("signin/trial.html", reader=who, provider=provider, **(nothing | found))
    return HTMLResponse(page, headers=headers)
