"""The addresses of the catalogue and of landing pages."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import clock
from api.access.policy import Reader
from api.catalogue.memory import CATALOGUE, Key, Page, PublicPages, Rendered, key_of, send_page
from api.catalogue.pages import catalogue_page, good_until, title_page
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import NotFound
from api.formats.record import WORK_PATHS, kind_of
from api.shelf import queries
from api.shelf.queries import Leaf
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
    """The newest titles, or with `?after=` and a slug those that were posted before that title."""
    after = _key(request).after

    def look_up() -> Leaf:
        with portal.database.reading() as db:
            leaf = queries.catalogue(db, reader, clock.now(), after=after)
        if leaf is None:
            raise NotFound
        return leaf

    def draw(leaf: Leaf) -> str:
        if after is None and len(leaf.entries) == 1:
            return title_page(portal, leaf.entries[0], reader, wants_pdf=_key(request).wants_pdf)
        return catalogue_page(portal, leaf, reader, is_newest=after is None)

    return _answer(request, portal, reader, look_up, draw)


@open_to_all("landing pages are public; a draft is the common 404")
def landing(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    def look_up() -> Leaf:
        with portal.database.reading() as db:
            found = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
        if found is None:
            raise NotFound
        return Leaf([found], None)

    def draw(leaf: Leaf) -> str:
        return title_page(portal, leaf.entries[0], reader, wants_pdf=_key(request).wants_pdf)

    return _answer(request, portal, reader, look_up, draw)


def _answer(
    request: Request,
    portal: Portal,
    reader: Reader | None,
    look_up: Callable[[], Leaf],
    draw: Callable[[Leaf], str],
) -> Response:
    if has_session_cookie(request, portal.settings):
        leaf = look_up()
        response = HTMLResponse(draw(leaf), headers=PRIVATE)
        if (item := _item_seen(request, leaf)) is not None:
            seen = Sighting(
                clock.now(), EventKind.INVESTIGATION, Caller.of(request.scope), response.status_code, item, reader
            )
            portal.journal.later(seen)
        return response

    def render() -> Rendered:
        leaf = look_up()
        return draw(leaf), good_until(leaf.entries, clock.now()), _item_seen(request, leaf)

    pages: PublicPages = request.app.state.public_pages
    return PageResponse(pages.get(_key(request), render), portal.journal)


def _item_seen(request: Request, leaf: Leaf) -> Item | None:
    """What a view counts for: the title whose page it is; nothing for a list of several or the end of one."""
    is_its_page = len(leaf.entries) == 1 and _key(request).after is None
    return item_of(leaf.entries[0].record, leaf.entries[0].public_decision) if is_its_page else None


def _key(request: Request) -> Key:
    return key_of(request.scope["path"], request.scope["query_string"])


router.add_api_route(CATALOGUE, catalogue, methods=["GET", "HEAD"])
for base in WORK_PATHS.values():
    router.add_api_route(f"{base}/{{slug}}", landing, methods=["GET", "HEAD"])
