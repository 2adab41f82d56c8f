"""The addresses of covers: as drawn or chosen, as pictures for those who can't draw, and what link previews show."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import clock
from api.catalogue.routes import caching
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.headers import CONTENT_POLICY
from api.edge.made import made
from api.edge.portal import Portal
from api.errors import Moved, NotFound, Unready
from api.feeds import pictures
from api.formats.cover import cover_file, drawing
from api.formats.record import TitleRecord
from api.shelf import covers, queries
from api.signin.door import Router
from api.signin.reader import CurrentReader
from api.spoken import N_
from api.tables import ChosenCover

router = Router()
SVG = "image/svg+xml"
TYPES = {"png": "image/png", "webp": "image/webp"}
WITH_PICTURE = CONTENT_POLICY.replace("img-src 'self'", "img-src data:")  # of an SVG that holds one
MOST_NAMES = 3
PATIENCE = 20  # seconds that a reader waits for a picture


@router.api_route("/covers/{slug}.{form}", methods=["GET", "HEAD"])
@open_to_all("covers are as public as their titles; a draft's is the common 404")
async def cover_of(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, form: str) -> Response:
    if form != "svg" and form not in TYPES:
        raise NotFound
    found = await run_in_threadpool(_found, request, portal, reader, slug)
    record, chosen = found.record, found.picture
    if form == "svg":
        own = {"content-security-policy": WITH_PICTURE} if chosen is not None else {}
        return made(request, cover_file(record, chosen), SVG, found.headers | own, record.modified_at)
    if chosen is None:
        picture = await _drawn(portal, partial(pictures.cover_picture, drawing(record), form))
    else:
        picture = chosen if form == "webp" else await _drawn(portal, partial(pictures.chosen_png, chosen))
    return made(request, picture, TYPES[form], found.headers, record.modified_at)


@router.api_route("/covers/{slug}/small.webp", methods=["GET", "HEAD"])
@open_to_all("the picture that an editor chose is as public as its title")
def small_cover_of(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    found = _found(request, portal, reader, slug)
    if found.chosen is None:
        raise NotFound
    return made(request, found.chosen.small, TYPES["webp"], found.headers, found.record.modified_at)


@router.api_route("/covers/{slug}/preview.png", methods=["GET", "HEAD"])
@open_to_all("the picture of link previews is as public as its title")
async def preview_of(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    found = await run_in_threadpool(_found, request, portal, reader, slug)
    record = found.record
    shown = pictures.Preview(record.slug, record.full_title, _people(record), portal.pages.house_name)
    picture = await _drawn(portal, partial(pictures.preview_picture, shown, found.picture))
    return made(request, picture, TYPES["png"], found.headers, record.modified_at)


async def _drawn(portal: Portal, draw: Callable[[], bytes]) -> bytes:
    """One at a time, so that whoever wants many keeps no thread from those who read. Raises Unready."""
    try:
        return await portal.picture_threads.run(draw, PATIENCE)
    except TimeoutError as error:
        raise Unready(N_("Many pictures are wanted at this moment. Try again in a minute.")) from error


class _Found(NamedTuple):
    """A title, how its cover may be kept, and the picture that was chosen for it."""

    record: TitleRecord
    headers: dict[str, str]
    chosen: ChosenCover | None

    @property
    def picture(self) -> bytes | None:
        return self.chosen.picture if self.chosen is not None else None


def _found(request: Request, portal: Portal, reader: CurrentReader, slug: str) -> _Found:
    """Raises NotFound, and Moved for a slug that the title has no longer."""
    if not slug.isprintable():
        raise NotFound
    with portal.database.reading() as db:
        shelved = queries.find_by_slug(db, slug, reader, clock.now())
        if shelved is None:
            former = queries.now_called(db, slug)
            if former is None:
                raise NotFound
            raise Moved(f"/covers/{slug}", f"/covers/{former}")
        has_chosen = shelved.record.cover_digest is not None
        chosen = covers.chosen(db, shelved.record.id) if has_chosen else None
    return _Found(shelved.record, caching(request, portal, shelved, "Cookie"), chosen)


def _people(record: TitleRecord) -> str:
    people = record.authors or record.editors
    return ", ".join([each.display for each in people[:MOST_NAMES]]) + (" …" if len(people) > MOST_NAMES else "")
