"""The stable addresses of PDFs, the tickets made there, and the time-limited link."""

import re
from collections.abc import Callable
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.responses import Response

from api import clock
from api.access.policy import TURNED_AWAY, NextStep, Reader, Reason
from api.delivery import tickets
from api.delivery.allowances import Standing
from api.delivery.fair_use import fair_use_of
from api.delivery.handing import LINK_HEADERS, OPEN_HEADERS, file_of, hand_out, links_of, part_for, sends_bytes
from api.delivery.ranges import Part, may_be_use
from api.delivery.stamper import is_due, stamper_of
from api.delivery.terms_first import must_have_accepted
from api.delivery.tickets import Issued
from api.edge import limits
from api.edge.caller import is_idle, peer_address, wants_html, wants_json
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all, takes_keys
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.edge.sending import AT_WILL
from api.errors import Denied, NotFound, SignInNeeded
from api.formats.files import FileRecord
from api.formats.record import WORK_PATHS, TitleRecord, kind_of
from api.shelf import offers, queries
from api.shelf.offers import Offer
from api.shelf.queries import Shelved
from api.signin.door import Router
from api.signin.reader import CurrentReader
from api.spoken import N_
from api.tables import EventKind, KeyScope
from api.usage.record import Caller, Sighting, item_of

router = Router()
IN_PREPARATION = {"reason": "in-preparation", "next_step": NextStep.WAIT}
NUMBER = re.compile(r"[1-9][0-9]{0,5}")  # of an edition or a chapter: each has one address


@takes_keys(KeyScope.API, KeyScope.E_READER)
@open_to_all("the decision, not the door, says who gets the file")
def stable_address(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """THE address of a title's PDF: always its newest edition."""
    return answer(request, portal, reader, *find(request, portal, reader, slug, offers.whole))


@takes_keys(KeyScope.API, KeyScope.E_READER)
@open_to_all("the decision, not the door, says who gets the file")
def edition_address(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    """The address of one edition, kept when a newer one comes."""
    return answer(request, portal, reader, *find(request, portal, reader, slug, _numbered(offers.of_edition, number)))


@takes_keys(KeyScope.API, KeyScope.E_READER)
@open_to_all("the decision, not the door, says who gets the file")
def chapter_address(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    """The address of a chapter's own PDF."""
    return answer(request, portal, reader, *find(request, portal, reader, slug, _numbered(offers.of_chapter, number)))


def answer(
    request: Request,
    portal: Portal,
    reader: Reader | None,
    shelved: Shelved,
    offer: Offer,
    issue: "Issue | None" = None,
) -> Response:
    """The contract's table of answers, from top to bottom. `issue` makes the link, a download's if not told."""
    decision = shelved.decision
    if offer.file is not None and is_idle(request):
        return Response(status_code=204, headers=LINK_HEADERS)
    if not decision.allowed or offer.file is None:
        return refusal(request, portal, shelved, offer, reader)
    if decision.is_open_to_all:
        return _hand_to_everyone(request, portal, shelved, offer, reader)
    assert reader is not None
    if request.method == "HEAD":
        return _described(request, portal, shelved, offer, reader)
    handed = stamper_of(portal).with_copy(lambda: (issue or _issue)(request, portal, shelved, offer, reader))
    return RedirectResponse(handed.issued.path, 303, headers=LINK_HEADERS)


def _hand_to_everyone(
    request: Request, portal: Portal, shelved: Shelved, offer: Offer, reader: Reader | None
) -> Response:
    """The file of a title that is open to everyone, and its count."""
    file = file_of(offer)
    part = part_for(request, portal, file)
    if request.method == "GET" and part.is_use:
        portal.journal.at_once(_served(request, portal, part, shelved, offer, reader))
        portal.figures.transfers_started.inc()
    return hand_out(request, portal, offer, file, OPEN_HEADERS | links_of(portal, shelved, offer))


@takes_keys(KeyScope.API)
@open_to_all("answers as the stable address to whoever is not admitted")
def new_ticket(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """A new link, on a page that starts the download by itself, or as JSON."""
    return ticket_for(request, portal, reader, *find(request, portal, reader, slug, offers.whole))


@takes_keys(KeyScope.API)
@open_to_all("answers as the stable address to whoever is not admitted")
def new_edition_ticket(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    found = find(request, portal, reader, slug, _numbered(offers.of_edition, number))
    return ticket_for(request, portal, reader, *found)


@takes_keys(KeyScope.API)
@open_to_all("answers as the stable address to whoever is not admitted")
def new_chapter_ticket(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    found = find(request, portal, reader, slug, _numbered(offers.of_chapter, number))
    return ticket_for(request, portal, reader, *found)


def ticket_for(
    request: Request, portal: Portal, reader: Reader | None, shelved: Shelved, offer: Offer | None = None
) -> Response:
    """The answer to whoever wants a link to this title, or to one thing that is offered of it."""
    record, offer = shelved.record, offer or offers.whole(shelved.record)
    if not shelved.decision.allowed or offer.file is None:
        return refusal(request, portal, shelved, offer, reader)
    if shelved.decision.is_open_to_all:
        return RedirectResponse(f"{offer.path}.pdf", 303, headers=PRIVATE)
    assert reader is not None
    handed = stamper_of(portal).with_copy(lambda: _issue(request, portal, shelved, offer, reader))
    issued, file = handed.issued, handed.file
    url = portal.settings.public_url + issued.path
    if wants_json(request):
        answer = {
            "url": url,
            "expires_at": issued.expires_at.isoformat(timespec="seconds"),
            "uses_left": issued.uses_left,
            "filename": issued.filename,
            "size": file.size,
            "sha256": file.sha256,
            "media_type": file.media_type,
        }
        return JSONResponse(answer, 201, LINK_HEADERS)
    page = portal.pages.render(
        "delivery/ticket.html",
        reader=reader,
        here="",
        record=record,
        offer=offer,
        file=file,
        is_stamped=is_due(record, shelved.decision),
        warning=handed.standing.warning,
        url=url,
        made_at=issued.made_at,
        expires_at=issued.expires_at,
        uses_left=issued.uses_left,
        link_lifetime=portal.settings.ticket_lifetime,
    )
    # A page with a form: `no-referrer` would make the browser send `Origin: null`.
    return HTMLResponse(page, headers=LINK_HEADERS | {"referrer-policy": "same-origin"})


@router.api_route("/t/{ticket}/{filename}", methods=["GET", "HEAD"])
@open_to_all("whoever holds the link holds the ticket until it ends")
def time_limited_link(request: Request, portal: ThePortal, ticket: str, filename: str) -> Response:
    """The file behind a ticket. A transfer that starts at byte 0 takes one use; the commit comes before it."""
    return stamper_of(portal).with_copy(lambda: _redeemed(request, portal, ticket, filename))


def _redeemed(request: Request, portal: Portal, ticket: str, filename: str) -> Response:
    if request.method == "GET" and may_be_use(request.headers):
        session = portal.database.writing()
    else:
        session = portal.database.reading()
    with session as db:
        found = tickets.look_up(db, portal.seal, ticket, filename, clock.now(), address=peer_address(request.scope))
        if is_idle(request):
            return Response(status_code=204, headers=LINK_HEADERS)
        file = stamper_of(portal).file_for(db, found.reader, found.shelved, found.offer)
        part = part_for(request, portal, file)
        flow = AT_WILL
        if request.method == "GET":
            flow = fair_use_of(portal).begin(db, found.reader, network_of(request))
        if request.method == "GET" and part.is_use and tickets.take_use(db, found):
            if not sends_bytes(portal) and flow.count is not None:
                flow.count(file.size)
            portal.journal.within(db, _served(request, portal, part, found.shelved, found.offer, found.reader))
            portal.figures.transfers_started.inc()
    headers = LINK_HEADERS | links_of(portal, found.shelved, found.offer)
    return hand_out(request, portal, found.offer, file, headers, flow)


for base in WORK_PATHS.values():
    for path, address, tickets_address in (
        (f"{base}/{{slug}}", stable_address, new_ticket),
        (f"{base}/{{slug}}/editions/{{number}}", edition_address, new_edition_ticket),
        (f"{base}/{{slug}}/chapters/{{number}}", chapter_address, new_chapter_ticket),
    ):
        router.add_api_route(f"{path}.pdf", address, methods=["GET", "HEAD"])
        router.add_api_route(f"{path}/tickets", tickets_address, methods=["POST"])


def _numbered(choose: Callable[[TitleRecord, int], Offer | None], number: str) -> Callable[[TitleRecord], Offer | None]:
    if not NUMBER.fullmatch(number):
        raise NotFound
    return lambda record: choose(record, int(number))


def find(
    request: Request,
    portal: Portal,
    reader: Reader | None,
    slug: str,
    choose: Callable[[TitleRecord], Offer | None],
) -> tuple[Shelved, Offer]:
    with portal.database.reading() as db:
        shelved = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
    shelved = not_withdrawn(shelved)
    offer = choose(shelved.record)
    if offer is None:
        raise NotFound
    return shelved, offer


def not_withdrawn(shelved: Shelved | None) -> Shelved:
    """What was looked up. Raises NotFound where that is nothing, Gone for a tombstone."""
    if shelved is None:
        raise NotFound
    if shelved.decision.reason is Reason.WITHDRAWN:
        raise tickets.withdrawn(shelved.record)
    return shelved


def refusal(request: Request, portal: Portal, shelved: Shelved, offer: Offer, reader: Reader | None) -> Response:
    """Browsers go to the page whose panel says why and what to do next; programs get the status."""
    if shelved.decision.reason in TURNED_AWAY and offer.file is not None:
        status = 303 if wants_html(request) else 401 if reader is None else 403
        item = item_of(shelved.record, shelved.public_decision, offer.edition, offer.chapter)
        portal.journal.later(
            Sighting(clock.now(), EventKind.NO_LICENSE, Caller.of(request.scope), status, item, reader)
        )
    if wants_html(request):
        return RedirectResponse(offer.come_back_to, 303, headers=LINK_HEADERS)
    if offer.file is None:
        raise NotFound(N_("The PDF is not here yet."), heading=N_("In preparation"), members=IN_PREPARATION)
    why = {"reason": shelved.decision.reason, "next_step": shelved.decision.next_step}
    page = offer.come_back_to.partition("?")[0]
    if reader is None:
        raise SignInNeeded(N_("Sign in at {page}, or show an access key, to have this file.", page=page), members=why)
    raise Denied(N_("See {page} for what stands in the way.", page=page), members=why)


def _served(
    request: Request, portal: Portal, part: Part, shelved: Shelved, offer: Offer, reader: Reader | None
) -> Sighting:
    item = item_of(shelved.record, shelved.public_decision, offer.edition, offer.chapter)
    status = part.status if portal.links is None else 303
    seen = Sighting(clock.now(), EventKind.REQUEST, Caller.of(request.scope), status, item, reader)
    return seen._replace(delivery=portal.settings.storage.delivery, in_browser=offer.is_inline)


def _described(request: Request, portal: Portal, shelved: Shelved, offer: Offer, reader: Reader) -> Response:
    """What HEAD hears of the file that this reader would get."""

    def look() -> FileRecord:
        with portal.database.reading() as db:
            must_have_accepted(db, reader, offer)
            return stamper_of(portal).file_for(db, reader, shelved, offer)

    return hand_out(
        request, portal, offer, stamper_of(portal).with_copy(look), LINK_HEADERS | links_of(portal, shelved, offer)
    )


class Handed(NamedTuple):
    """A ticket, the file as its reader gets it, and where the reader stands with fair use."""

    issued: Issued
    file: FileRecord
    standing: Standing = Standing()


Issue = Callable[[Request, Portal, Shelved, Offer, Reader], Handed]


def _issue(request: Request, portal: Portal, shelved: Shelved, offer: Offer, reader: Reader) -> Handed:
    settings, fair_use = portal.settings, fair_use_of(portal)
    network, way_back = network_of(request), (shelved.record.path, N_("Back to the title"))
    with portal.database.writing() as db:
        must_have_accepted(db, reader, offer)
        limits.count(db, portal.seal, limits.TICKETS, network=network, account=reader.user_id, way_on=way_back)
        standing = fair_use.take_link(db, reader, network, way_back, is_store_sending=portal.links is not None)
        file = stamper_of(portal).file_for(db, reader, shelved, offer)
        uses, lifetime = settings.ticket_uses, settings.ticket_lifetime
        issued = tickets.issue(db, portal.seal, shelved, offer, reader, lifetime=lifetime, uses=uses, now=clock.now())
    portal.figures.tickets_issued.inc()
    return Handed(issued, file, standing)
