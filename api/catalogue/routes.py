"""The addresses of the catalogue and of landing pages."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import clock
from api.access.policy import Reader
from api.catalogue.memory import Page, PublicPages, Rendered, key_of, send_page
from api.catalogue.pages import catalogue_page, good_until, title_page
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import NotFound
from api.formats.record import WORK_PATHS, kind_of
from api.shelf import queries
from api.shelf.queries import Shelved
from api.signin.reader import CurrentReader, has_session_cookie
from api.tables import EventKind
from api.usage.journal import Journal
from api.usage.record import Caller, Item, Sighting, item_of

router = APIRouter()


class PageResponse(Response):
    """A page from memory as an answer."""

    def __init__(self, page: Page, journal: Journal) -> None:
        super().__init__(page.body)
        self.page = page
        self.journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_page(self.page, scope, send, self.journal)


@open_to_all("the catalogue is public")
def catalogue(request: Request, portal: ThePortal, reader: CurrentReader) -> Response:
    def look_up() -> list[Shelved]:
        with portal.database.reading() as db:
            return queries.catalogue(db, reader, clock.now())

    def draw(shelf: list[Shelved]) -> str:
        if len(shelf) == 1:
            return title_page(portal, shelf[0], reader, wants_pdf=_wants_pdf(request))
        return catalogue_page(portal, shelf, reader)

    return _answer(request, portal, reader, look_up, draw)


@open_to_all("landing pages are public; a draft is the common 404")
def landing(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    def look_up() -> list[Shelved]:
        with portal.database.reading() as db:
            found = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
        if found is None:
            raise NotFound
        return [found]

    def draw(shelf: list[Shelved]) -> str:
        return title_page(portal, shelf[0], reader, wants_pdf=_wants_pdf(request))

    return _answer(request, portal, reader, look_up, draw)


def _answer(
    request: Request,
    portal: Portal,
    reader: Reader | None,
    look_up: Callable[[], list[Shelved]],
    draw: Callable[[list[Shelved]], str],
) -> Response:
    if has_session_cookie(request, portal.settings):
        shelf = look_up()
        response = HTMLResponse(draw(shelf), headers=PRIVATE)
        if (item := _item_seen(shelf)) is not None:
            seen = Sighting(
                clock.now(), EventKind.INVESTIGATION, Caller.of(request.scope), response.status_code, item, reader
            )
            portal.journal.later(seen)
        return response

    def render() -> Rendered:
        shelf = look_up()
        return draw(shelf), good_until(shelf, clock.now()), _item_seen(shelf)

    pages: PublicPages = request.app.state.public_pages
    return PageResponse(pages.get(key_of(request.scope["path"], request.scope["query_string"]), render), portal.journal)


def _item_seen(shelf: list[Shelved]) -> Item | None:
    """What a view counts for: the title whose page it is; nothing for the list of several."""
    return item_of(shelf[0].record, shelf[0].public_decision) if len(shelf) == 1 else None


def _wants_pdf(request: Request) -> bool:
    return key_of(request.scope["path"], request.scope["query_string"])[1]


router.add_api_route("/", catalogue, methods=["GET", "HEAD"])
for base in WORK_PATHS.values():
    router.add_api_route(f"{base}/{{slug}}", landing, methods=["GET", "HEAD"])
