"""Handing a file out: which file, which part of it, under what name, and by whom its bytes are sent."""

from email.utils import format_datetime
from functools import partial

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from api.delivery.ranges import Part, part_of
from api.edge.disposition import attachment, inline
from api.edge.portal import Portal
from api.edge.sending import AT_WILL, FilePart, Flow, OnceThere
from api.formats import links
from api.formats.files import FileRecord
from api.shelf.gates import work_of
from api.shelf.offers import Offer
from api.shelf.queries import Shelved
from storage.keys import place
from storage.store import LinkingStore

X_ACCEL = "x-accel"
INTERNAL_FILES = "/_files/"  # nginx's internal location over the local store; docs/nginx.conf has it
LINK_HEADERS = {"cache-control": "private, no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
OPEN_HEADERS = {"cache-control": "public, max-age=0", "vary": "Cookie, Authorization"}


def file_of(offer: Offer) -> FileRecord:
    """The file whose bytes are handed out for an offer that has one. Nothing else chooses it."""
    assert offer.file is not None
    return offer.file


def links_of(portal: Portal, shelved: Shelved, offer: Offer) -> dict[str, str]:
    """Where a file belongs and what it is cited by, for whoever has nothing but the file."""
    return {"link": links.of_file(work_of(shelved, portal.settings.public_url, offer.chapter))}


def hand_out(
    request: Request,
    portal: Portal,
    offer: Offer,
    file: FileRecord,
    headers: dict[str, str],
    flow: Flow = AT_WILL,
) -> Response:
    """The bytes, or the way to them in the store. HEAD, and what needs no bytes, is always answered here."""
    part = part_for(request, portal, file)
    if request.method == "HEAD" or part.status not in (200, 206):
        return _send(portal, offer, file, part, headers)
    if portal.settings.storage.delivery == X_ACCEL:
        return _leave_to_nginx(portal, offer, file, headers, flow)
    if portal.links is None:
        return _send(portal, offer, file, part, headers, flow)
    # looked for first, so that a store's fault is a page here and not its own words there
    return OnceThere(portal.links, file.sha256, partial(_lead_to_store, portal.links, portal, offer, file))


def _lead_to_store(store: LinkingStore, portal: Portal, offer: Offer, file: FileRecord) -> Response:
    link = store.link(
        file.sha256,
        disposition=disposition(offer),
        media_type=file.media_type,
        lifetime=portal.settings.store_link_lifetime,
    )
    return RedirectResponse(link, 303, headers=LINK_HEADERS)


def sends_bytes(portal: Portal) -> bool:
    """Whether the portal itself sends the bytes, and not nginx or the store."""
    return portal.links is None and portal.settings.storage.delivery != X_ACCEL


def part_for(request: Request, portal: Portal, file: FileRecord) -> Part:
    """The part of the file that the request asks for."""
    wanted = dict(request.headers) if request.method == "GET" else {}
    if not sends_bytes(portal):
        # the part a reader has came from the store or from nginx, which will compare its own ETag
        wanted.pop("if-range", None)
    return part_of(file.size, _etag(file), file.made_at, wanted)


def disposition(offer: Offer) -> str:
    return (inline if offer.is_inline else attachment)(offer.saved_name, offer.link_name)


def _how(offer: Offer) -> dict[str, str]:
    """How the file is to be taken: as a download, or within the page of the reader."""
    embedded = {"content-security-policy": "frame-ancestors 'self'"} if offer.is_inline else {}
    return {"content-disposition": disposition(offer)} | embedded


def _leave_to_nginx(portal: Portal, offer: Offer, file: FileRecord, headers: dict[str, str], flow: Flow) -> Response:
    """Where nginx finds the file; it sends the bytes and reads the request's range itself (X-Accel-Redirect)."""
    described = _how(offer) | {
        "content-type": file.media_type,
        "x-accel-redirect": INTERNAL_FILES + "/".join(place(file.sha256)),
    }
    if flow.pace is not None:
        described["x-accel-limit-rate"] = str(flow.pace)
    # looked for first, so that a missing file is a page here and not nginx's own words
    return OnceThere(portal.store, file.sha256, partial(Response, headers=headers | described))


def _etag(file: FileRecord) -> str:
    return f'"{file.sha256}"'


def _send(
    portal: Portal, offer: Offer, file: FileRecord, part: Part, headers: dict[str, str], flow: Flow = AT_WILL
) -> Response:
    answer = headers | _how(offer)
    answer |= {
        "accept-ranges": "bytes",
        "content-type": file.media_type,
        "etag": _etag(file),
        "last-modified": format_datetime(file.made_at, usegmt=True),
    }
    if part.status in (200, 206):
        answer["content-length"] = str(part.length)
    if part.status == 206:
        answer["content-range"] = f"bytes {part.start}-{part.start + part.length - 1}/{file.size}"
    elif part.status == 416:
        answer["content-range"] = f"bytes */{file.size}"
    return FilePart(portal.store, file.sha256, part.start, part.length, status=part.status, headers=answer, flow=flow)
