"""The addresses of covers: as drawn, as pictures for those who can't draw, and what link previews show."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import clock
from api.catalogue.routes import caching
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.made import made
from api.edge.portal import Portal
from api.errors import NotFound
from api.formats.cover import cover_file, drawing
from api.formats.record import TitleRecord
from api.shelf import queries
from api.signin.reader import CurrentReader

router = APIRouter()
SVG = "image/svg+xml"
TYPES = {"png": "image/png", "webp": "image/webp"}
MOST_NAMES = 3


@router.api_route("/covers/{slug}.{form}", methods=["GET", "HEAD"])
@open_to_all("covers are as public as their titles; a draft's is the common 404")
def cover_of(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, form: str) -> Response:
    record, headers = _found(request, portal, reader, slug)
    if form == "svg":
        return made(request, cover_file(record), SVG, headers, record.modified_at)
    if form not in TYPES:
        raise NotFound
    from api.feeds.pictures import cover_picture  # a worker that draws none does without 12 MB

    return made(request, cover_picture(drawing(record), form), TYPES[form], headers, record.modified_at)


@router.api_route("/covers/{slug}/preview.png", methods=["GET", "HEAD"])
@open_to_all("the picture of link previews is as public as its title")
def preview_of(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    from api.feeds.pictures import Preview, preview_picture

    record, headers = _found(request, portal, reader, slug)
    shown = Preview(record.slug, record.full_title, _people(record), portal.pages.house_name)
    return made(request, preview_picture(shown), TYPES["png"], headers, record.modified_at)


def _found(request: Request, portal: Portal, reader: CurrentReader, slug: str) -> tuple[TitleRecord, dict[str, str]]:
    if not slug.isprintable():
        raise NotFound
    with portal.database.reading() as db:
        shelved = queries.find_by_slug(db, slug, reader, clock.now())
    if shelved is None:
        raise NotFound
    return shelved.record, caching(request, portal, shelved, "Cookie")


def _people(record: TitleRecord) -> str:
    people = record.authors or record.editors
    return ", ".join([each.display for each in people[:MOST_NAMES]]) + (" …" if len(people) > MOST_NAMES else "")
