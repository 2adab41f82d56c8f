"""Where a reader enters a code, asks the press to be let in, or for an accessible copy."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api import clock
from api.access import requests, vouchers
from api.access.policy import TURNED_AWAY, Reader, Reason
from api.admission import copies
from api.catalogue.pages import Tried, title_page
from api.edge import limits
from api.edge.caller import wants_html
from api.edge.deps import ThePortal
from api.edge.limits import Limit
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Gone, Invalid, NotFound
from api.formats.record import WORK_PATHS, kind_of
from api.shelf import queries
from api.shelf.queries import Shelved
from api.signin.door import Router
from api.signin.reader import CurrentReader
from api.spoken import N_
from api.tables import RuleKind

router = Router()


def enter_voucher(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, code: Annotated[str, Form()] = ""
) -> Response:
    """Redeem a code. Every code that fails has one and the same answer, whatever is wrong with it."""
    assert reader is not None  # closed by default, as all of this file
    shelved = _shelved(request, portal, reader, slug)
    if shelved.decision.allowed:
        return _to_title(shelved)
    try:
        if not _offers(shelved, RuleKind.VOUCHER):
            raise vouchers.does_not_open()
        _count(limits.VOUCHERS, request, portal, shelved, reader)
        with portal.database.writing() as db:
            vouchers.redeem(db, portal.seal, shelved.record.id, reader, code, clock.now())
    except NotFound as refusal:
        if not wants_html(request):
            raise
        return _page(portal, shelved, reader, Tried(code=code[:60], code_fault=refusal.heading), 404)
    return _to_title(shelved)


def ask(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, sentence: Annotated[str, Form()] = ""
) -> Response:
    """Ask to be let in, once; while a request is open, asking again changes nothing."""
    assert reader is not None
    shelved = _shelved(request, portal, reader, slug)
    if shelved.decision.allowed:
        return _to_title(shelved)
    if not _offers(shelved, RuleKind.ON_REQUEST):
        raise Conflict(
            N_("“{full_title}” is not opened on request.", full_title=shelved.record.full_title),
            way_on=_way_back(shelved),
        )
    _count(limits.REQUESTS, request, portal, shelved, reader)
    try:
        with portal.database.writing() as db:
            requests.ask(db, shelved.record.id, reader, sentence, clock.now())
    except Invalid as refusal:
        if not wants_html(request):
            raise
        kept = sentence[: 2 * requests.LONGEST]
        return _page(portal, shelved, reader, Tried(sentence=kept, sentence_fault=refusal.message), 400)
    return _to_title(shelved)


def ask_for_copy(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, words: Annotated[str, Form()] = ""
) -> Response:
    """Ask for a copy that the reader can use, of any title that has a file; whoever may read it, anyone may ask."""
    assert reader is not None
    shelved = _shelved(request, portal, reader, slug)
    if shelved.record.edition is None:
        raise Conflict(N_("There is no file yet to have a copy of."), way_on=_way_back(shelved))
    _count(limits.COPIES, request, portal, shelved, reader)
    try:
        with portal.database.writing() as db:
            copies.ask(db, shelved.record.id, reader, words, clock.now())
    except Invalid as refusal:
        refusal.way_on = _way_back(shelved)
        raise
    return RedirectResponse("/account#copies", 303, headers=PRIVATE)


for base in WORK_PATHS.values():
    router.add_api_route(f"{base}/{{slug}}/vouchers", enter_voucher, methods=["POST"])
    router.add_api_route(f"{base}/{{slug}}/requests", ask, methods=["POST"])
    router.add_api_route(f"{base}/{{slug}}/copies", ask_for_copy, methods=["POST"])


def _shelved(request: Request, portal: Portal, reader: Reader, slug: str) -> Shelved:
    with portal.database.reading() as db:
        shelved = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
    if shelved is None:
        raise NotFound
    if shelved.decision.reason is Reason.WITHDRAWN:
        raise Gone(N_("The press has withdrawn this title."), way_on=_way_back(shelved))
    return shelved


def _count(held: tuple[Limit, ...], request: Request, portal: Portal, shelved: Shelved, reader: Reader) -> None:
    """In a transaction of its own, so that a try which fails is counted."""
    network = network_of(request)
    with portal.database.writing() as db:
        limits.count(db, portal.seal, held, network=network, account=reader.user_id, way_on=_way_back(shelved))


def _offers(shelved: Shelved, kind: RuleKind) -> bool:
    """Whether the title has a rule of that kind which a reader may use now."""
    return shelved.decision.reason in TURNED_AWAY and any(rung.kind is kind for rung in shelved.rungs)


def _way_back(shelved: Shelved) -> tuple[str, str]:
    return shelved.record.path, N_("See the title")


def _page(portal: Portal, shelved: Shelved, reader: Reader, tried: Tried, status: int) -> Response:
    return HTMLResponse(title_page(portal, shelved, reader, wants_pdf=False, tried=tried), status, headers=PRIVATE)


def _to_title(shelved: Shelved) -> Response:
    return RedirectResponse(shelved.record.path, 303, headers=PRIVATE)
