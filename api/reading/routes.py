"""`{work}/read`: the page to read in, the links by which it fetches parts of the file, and the page it was left at."""

import re
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.delivery import tickets
from api.delivery.fair_use import fair_use_of
from api.delivery.handing import LINK_HEADERS
from api.delivery.routes import Handed, answer, find, refusal
from api.delivery.stamper import stamper_of
from api.delivery.terms_first import must_have_accepted
from api.delivery.tickets import Issued
from api.edge import limits
from api.edge.caller import is_idle
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.headers import CONTENT_POLICY
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Denied, Invalid
from api.formats.files import FileRecord
from api.formats.record import WORK_PATHS
from api.shelf import offers, reading_places
from api.shelf.offers import Offer
from api.shelf.queries import Shelved
from api.signin.door import Router
from api.signin.reader import CurrentReader, SignedIn
from api.spoken import N_

router = Router()
PAGE = re.compile(r"[A-Za-z0-9.-]{1,20}")  # a printed label or a number, as far as an address carries it
BYTES_AT_A_TIME = 128 * 1024


@open_to_all("the decision, not the door, says who may read")
def reading_page(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """The page to read in. Whoever may not read is sent to the title's page, as from its stable address."""
    page = _asked_page(request)
    shelved, offer = _find(request, portal, reader, slug, page)
    record = shelved.record
    if not shelved.decision.allowed or offer.file is None:
        return refusal(request, portal, shelved, offer, reader)
    place = None
    if reader is not None:
        with portal.database.reading() as db:
            if not shelved.decision.is_open_to_all:
                must_have_accepted(db, reader, _gone_on_with(offer, page))
            place = reading_places.of_reader(db, reader.user_id, record.id)
    html = portal.pages.render(
        "reading/reader.html",
        reader=reader,
        here="",
        record=record,
        offer=offer,
        page=page,
        place=place,
        chapters=[line for line in record.contents if line.first_page],
        bytes_at_a_time=BYTES_AT_A_TIME,
        is_open_to_all=shelved.decision.is_open_to_all,
        link_lifetime=portal.settings.ticket_lifetime,
    )
    return HTMLResponse(html, headers=PRIVATE | {"content-security-policy": _policy(portal)})


@open_to_all("answers as the stable address to whoever is not admitted")
def new_link(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """Where the page fetches the file from, for a while; asked for again when that is over."""
    shelved, offer = _find(request, portal, reader, slug)
    if not shelved.decision.allowed or offer.file is None:
        return refusal(request, portal, shelved, offer, reader)
    if shelved.decision.is_open_to_all:
        return _link(f"{shelved.record.path}/read.pdf", None, offer.file)
    assert reader is not None
    handed = stamper_of(portal).with_copy(lambda: _issue(request, portal, shelved, offer, reader))
    return _link(handed.issued.path, handed.issued, handed.file)


def _link(url: str, issued: Issued | None, file: FileRecord) -> Response:
    ends = issued.expires_at.isoformat(timespec="seconds") if issued is not None else None
    said = {"url": url, "expires_at": ends, "size": file.size, "sha256": file.sha256}
    return JSONResponse(said, 201, LINK_HEADERS)


@open_to_all("the decision, not the door, says who gets the file")
def in_place(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """The file itself, to be shown by the browser: what is there without scripts."""
    shelved, offer = _find(request, portal, reader, slug)
    if is_idle(request):
        return Response(status_code=204, headers=LINK_HEADERS)
    return answer(request, portal, reader, shelved, offer, _issue)


def note_page(
    request: Request,
    portal: ThePortal,
    held: SignedIn,
    slug: str,
    page: Annotated[int, Form()],
    label: Annotated[str, Form()] = "",
) -> Response:
    """Remember the page that the reader sees."""
    shelved, offer = _find(request, portal, held.reader, slug)
    if not shelved.decision.allowed or offer.file is None:
        raise Denied
    if not 1 <= page <= offer.file.page_count:
        pages = N_("It has pages 1 to {n}.", n=offer.file.page_count)
        raise Invalid(pages, heading=N_("There is no such page"))
    with portal.database.writing() as db:
        reading_places.note(db, held.reader.user_id, shelved.record.id, page, label, clock.now())
    return Response(status_code=204, headers=PRIVATE)


for base in WORK_PATHS.values():
    router.add_api_route(f"{base}/{{slug}}/read", reading_page, methods=["GET", "HEAD"])
    router.add_api_route(f"{base}/{{slug}}/read", new_link, methods=["POST"])
    router.add_api_route(f"{base}/{{slug}}/read.pdf", in_place, methods=["GET", "HEAD"])
    router.add_api_route(f"{base}/{{slug}}/read/page", note_page, methods=["POST"])


def _find(request: Request, portal: Portal, reader: Reader | None, slug: str, page: str = "") -> tuple[Shelved, Offer]:
    return find(request, portal, reader, slug, lambda record: offers.in_browser(record, page))


def _asked_page(request: Request) -> str:
    """The page that the address asks for, or nothing."""
    asked = request.query_params.get("page", "")
    return asked if PAGE.fullmatch(asked) else ""


def _gone_on_with(offer: Offer, page: str = "") -> Offer:
    """The offer as one comes back to it from the terms of use: not to the title's page, but to reading."""
    return replace(offer, come_back_to=offers.reader_address(offer.record, page))


def _policy(portal: Portal) -> str:
    """The page fetches and shows parts of the file, which may come from the store."""
    ours = f"'self' {portal.links.link_origin}" if portal.links is not None else "'self'"
    more = f"connect-src {ours}; frame-src {ours}; worker-src 'self'"
    return CONTENT_POLICY.replace("connect-src 'self'", more).replace("object-src 'none'", f"object-src {ours}")


def _issue(request: Request, portal: Portal, shelved: Shelved, offer: Offer, reader: Reader) -> Handed:
    network, way_back = network_of(request), (shelved.record.path, N_("Back to the title"))
    with portal.database.writing() as db:
        must_have_accepted(db, reader, _gone_on_with(offer))
        limits.count(db, portal.seal, limits.READING, network=network, account=reader.user_id, way_on=way_back)
        fair_use_of(portal).must_not_be_paused(db, reader, network, way_back)
        file = stamper_of(portal).file_for(db, reader, shelved, offer)
        issued = tickets.issue(
            db,
            portal.seal,
            shelved,
            offer,
            reader,
            lifetime=portal.settings.ticket_lifetime,
            uses=1,
            now=clock.now(),
        )
    portal.figures.tickets_issued.inc()
    return Handed(issued, file)
