"""The stable address of a PDF, the tickets made there, and the time-limited link."""

from email.utils import format_datetime
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.responses import Response

from api import clock
from api.access.policy import TURNED_AWAY, NextStep, Reader, Reason
from api.delivery import tickets
from api.delivery.ranges import Part, may_be_use, part_of
from api.delivery.tickets import Issued
from api.edge import limits
from api.edge.caller import is_idle, peer_address, wants_html, wants_json
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all, takes_keys
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.edge.sending import FilePart, OnceThere
from api.errors import Denied, NotFound, SignInNeeded
from api.formats.record import WORK_PATHS, EditionRecord, TitleRecord, kind_of
from api.shelf import queries
from api.shelf.queries import Shelved
from api.signin.reader import CurrentReader
from api.tables import EventKind
from api.usage.record import Caller, Item, Sighting, item_of
from storage.keys import place
from storage.store import LinkingStore

router = APIRouter()
X_ACCEL = "x-accel"
INTERNAL_FILES = "/_files/"  # nginx's internal location over the local store; docs/nginx.conf has it
LINK_HEADERS = {"cache-control": "private, no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
OPEN_HEADERS = {"cache-control": "public, max-age=0", "vary": "Cookie, Authorization"}
IN_PREPARATION = {"reason": "in-preparation", "next_step": NextStep.WAIT}


@takes_keys
@open_to_all("the decision, not the door, says who gets the file")
def stable_address(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """THE address of the PDF; the contract's table of answers, from top to bottom."""
    shelved = _shelved(request, portal, reader, slug)
    record, decision = shelved.record, shelved.decision
    if record.edition is not None and is_idle(request):
        return Response(status_code=204, headers=LINK_HEADERS)
    if not decision.allowed or record.edition is None:
        return _refusal(request, portal, shelved, reader)
    if decision.is_open_to_all:
        part = _part(request, portal, record.edition)
        if request.method == "GET" and part.is_use:
            item = item_of(record, shelved.public_decision)
            portal.journal.at_once(_served(request, portal, part, item, reader))
            portal.figures.transfers_started.inc()
        return _hand_out(request, portal, record, record.edition, OPEN_HEADERS)
    assert reader is not None
    if request.method == "HEAD":
        return _hand_out(request, portal, record, record.edition, LINK_HEADERS)
    return RedirectResponse(_issue(request, portal, shelved, reader).path, 303, headers=LINK_HEADERS)


@takes_keys
@open_to_all("answers as the stable address to whoever is not admitted")
def new_ticket(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """A new link, on a page that starts the download by itself, or as JSON."""
    return ticket_for(request, portal, reader, _shelved(request, portal, reader, slug))


def ticket_for(request: Request, portal: Portal, reader: Reader | None, shelved: Shelved) -> Response:
    """The answer to whoever wants a link to this title."""
    record = shelved.record
    if not shelved.decision.allowed or record.edition is None:
        return _refusal(request, portal, shelved, reader)
    if shelved.decision.is_open_to_all:
        return RedirectResponse(f"{record.path}.pdf", 303, headers=PRIVATE)
    assert reader is not None
    issued = _issue(request, portal, shelved, reader)
    url = portal.settings.public_url + issued.path
    if wants_json(request):
        answer = {
            "url": url,
            "expires_at": issued.expires_at.isoformat(timespec="seconds"),
            "uses_left": issued.uses_left,
            "filename": issued.filename,
            "size": record.edition.size,
            "sha256": record.edition.sha256,
            "media_type": record.edition.media_type,
        }
        return JSONResponse(answer, 201, LINK_HEADERS)
    page = portal.pages.render(
        "delivery/ticket.html",
        reader=reader,
        here="",
        record=record,
        url=url,
        filename=issued.filename,
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
    if request.method == "GET" and may_be_use(request.headers):
        session = portal.database.writing()
    else:
        session = portal.database.reading()
    with session as db:
        found = tickets.look_up(db, portal.seal, ticket, filename, clock.now(), address=peer_address(request.scope))
        if is_idle(request):
            return Response(status_code=204, headers=LINK_HEADERS)
        part = _part(request, portal, found.edition)
        if request.method == "GET" and part.is_use:
            tickets.take_use(db, found)
            item = item_of(found.record, found.shelved.public_decision, found.edition)
            portal.journal.within(db, _served(request, portal, part, item, found.reader))
            portal.figures.transfers_started.inc()
    return _hand_out(request, portal, found.record, found.edition, LINK_HEADERS)


for base in WORK_PATHS.values():
    router.add_api_route(f"{base}/{{slug}}.pdf", stable_address, methods=["GET", "HEAD"])
    router.add_api_route(f"{base}/{{slug}}/tickets", new_ticket, methods=["POST"])


def _shelved(request: Request, portal: Portal, reader: Reader | None, slug: str) -> Shelved:
    with portal.database.reading() as db:
        shelved = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
    return not_withdrawn(shelved)


def not_withdrawn(shelved: Shelved | None) -> Shelved:
    """What was looked up. Raises NotFound where that is nothing, Gone for a tombstone."""
    if shelved is None:
        raise NotFound
    if shelved.decision.reason is Reason.WITHDRAWN:
        raise tickets.withdrawn(shelved.record)
    return shelved


def _refusal(request: Request, portal: Portal, shelved: Shelved, reader: Reader | None) -> Response:
    """Browsers go to the landing page, whose panel says why and what to do next; programs get the status."""
    record = shelved.record
    if shelved.decision.reason in TURNED_AWAY and record.edition is not None:
        status = 303 if wants_html(request) else 401 if reader is None else 403
        item = item_of(record, shelved.public_decision)
        portal.journal.later(
            Sighting(clock.now(), EventKind.NO_LICENSE, Caller.of(request.scope), status, item, reader)
        )
    if wants_html(request):
        return RedirectResponse(f"{record.path}?get=pdf", 303, headers=LINK_HEADERS)
    if record.edition is None:
        raise NotFound("The PDF is not here yet.", heading="In preparation", members=IN_PREPARATION)
    why = {"reason": shelved.decision.reason, "next_step": shelved.decision.next_step}
    if reader is None:
        raise SignInNeeded(f"Sign in at {record.path}, or show an access key, to have this file.", members=why)
    raise Denied(f"See {record.path} for what stands in the way.", members=why)


def _served(request: Request, portal: Portal, part: Part, item: Item, reader: Reader | None) -> Sighting:
    delivery = portal.settings.storage.delivery
    status = part.status if portal.links is None else 303
    return Sighting(clock.now(), EventKind.REQUEST, Caller.of(request.scope), status, item, reader, delivery=delivery)


def _issue(request: Request, portal: Portal, shelved: Shelved, reader: Reader) -> Issued:
    settings = portal.settings
    network, way_back = network_of(request), (shelved.record.path, "Back to the title")
    with portal.database.writing() as db:
        limits.count(db, portal.seal, limits.TICKETS, network=network, account=reader.user_id, way_on=way_back)
        issued = tickets.issue(
            db,
            portal.seal,
            shelved,
            reader,
            lifetime=settings.ticket_lifetime,
            uses=settings.ticket_uses,
            now=clock.now(),
        )
    portal.figures.tickets_issued.inc()
    return issued


def _hand_out(
    request: Request, portal: Portal, record: TitleRecord, edition: EditionRecord, headers: dict[str, str]
) -> Response:
    """The bytes, or the way to them in the store. HEAD, and what needs no bytes, is always answered here."""
    part = _part(request, portal, edition)
    if request.method == "HEAD" or part.status not in (200, 206):
        return _send(portal, record, edition, part, headers)
    if portal.settings.storage.delivery == X_ACCEL:
        return _leave_to_nginx(portal, record, edition, headers)
    if portal.links is None:
        return _send(portal, record, edition, part, headers)
    # looked for first, so that a store's fault is a page here and not its own words there
    return OnceThere(portal.links, edition.sha256, partial(_lead_to_store, portal.links, portal, record, edition))


def _lead_to_store(store: LinkingStore, portal: Portal, record: TitleRecord, edition: EditionRecord) -> Response:
    link = store.link(
        edition.sha256,
        filename=record.filename,
        media_type=edition.media_type,
        lifetime=portal.settings.store_link_lifetime,
    )
    return RedirectResponse(link, 303, headers=LINK_HEADERS)


def _leave_to_nginx(portal: Portal, record: TitleRecord, edition: EditionRecord, headers: dict[str, str]) -> Response:
    """Where nginx finds the file; it sends the bytes and reads the request's range itself (X-Accel-Redirect)."""
    described = {
        "content-disposition": _disposition(record),
        "content-type": edition.media_type,
        "x-accel-redirect": INTERNAL_FILES + "/".join(place(edition.sha256)),
    }
    # looked for first, so that a missing file is a page here and not nginx's own words
    return OnceThere(portal.store, edition.sha256, partial(Response, headers=headers | described))


def _part(request: Request, portal: Portal, edition: EditionRecord) -> Part:
    wanted = dict(request.headers) if request.method == "GET" else {}
    if portal.links is not None or portal.settings.storage.delivery == X_ACCEL:
        # the part a reader has came from the store or from nginx, which will compare its own ETag
        wanted.pop("if-range", None)
    return part_of(edition.size, _etag(edition), edition.made_at, wanted)


def _disposition(record: TitleRecord) -> str:
    return f'attachment; filename="{record.filename}"'


def _etag(edition: EditionRecord) -> str:
    return f'"{edition.sha256}"'


def _send(portal: Portal, record: TitleRecord, edition: EditionRecord, part: Part, headers: dict[str, str]) -> Response:
    answer = headers | {
        "accept-ranges": "bytes",
        "content-disposition": _disposition(record),
        "content-type": edition.media_type,
        "etag": _etag(edition),
        "last-modified": format_datetime(edition.made_at, usegmt=True),
    }
    if part.status in (200, 206):
        answer["content-length"] = str(part.length)
    if part.status == 206:
        answer["content-range"] = f"bytes {part.start}-{part.start + part.length - 1}/{edition.size}"
    elif part.status == 416:
        answer["content-range"] = f"bytes */{edition.size}"
    return FilePart(portal.store, edition.sha256, part.start, part.length, status=part.status, headers=answer)
