"""The addresses of the catalogue, of landing pages and of the pages of chapters."""

import re
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session as Db
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import clock
from api.access.policy import Reader
from api.catalogue.forms import cited, in_form, not_offered, work_of
from api.catalogue.memory import CATALOGUE, Key, Page, PublicPages, Rendered, key_of, send_page, shared_caching
from api.catalogue.pages import catalogue_page, chapter_page, good_until, title_page
from api.edge.codings import PLAIN
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import NotFound
from api.formats import links
from api.formats.negotiation import asked_for
from api.formats.record import WORK_PATHS, kind_of
from api.shelf import queries, reading_places
from api.shelf.queries import Leaf, Shelved
from api.signin.door import Router
from api.signin.reader import CurrentReader, has_session_cookie
from api.spoken import hearer
from api.tables import EventKind, ReadingPlace
from api.usage.journal import Journal
from api.usage.record import Caller, Item, Sighting, item_of

router = Router()
NUMBER = re.compile(r"[1-9][0-9]{0,5}")  # of a chapter, which has one address


class PageResponse(Response):
    """A page from memory as an answer."""

    def __init__(self, page: Page, journal: Journal) -> None:
        super().__init__(page.coded[PLAIN].body)
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
    if (other := _other_form(request, portal, reader, slug)) is not None:
        return other
    place: ReadingPlace | None = None

    def look_up() -> Leaf:
        nonlocal place
        with portal.database.reading() as db:
            leaf = _found(db, request, reader, slug)
            if reader is not None:
                place = reading_places.of_reader(db, reader.user_id, leaf.entries[0].record.id)
        return leaf

    def draw(leaf: Leaf) -> str:
        key = _key(request)
        return title_page(
            portal,
            leaf.entries[0],
            reader,
            wants_pdf=key.wants_pdf,
            edition=key.edition,
            reads_from=key.reads_from,
            place=place,
        )

    return _answer(request, portal, reader, look_up, draw)


@open_to_all("a chapter's page is as public as its title's")
def chapter(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    if not NUMBER.fullmatch(number):
        raise NotFound
    address = int(number)
    if (other := _other_form(request, portal, reader, slug, address)) is not None:
        return other

    def draw(leaf: Leaf) -> str:
        return chapter_page(portal, leaf.entries[0], reader, address, wants_pdf=_key(request).wants_pdf)

    return _answer(request, portal, reader, lambda: _title(request, portal, reader, slug), draw, address)


def _other_form(
    request: Request, portal: Portal, reader: Reader | None, slug: str, address: int | None = None
) -> Response | None:
    """The title or chapter in the form that the Accept header asks for, or None where that is the page."""
    asked = asked_for(request.headers.get("accept", ""), address is not None)
    if asked is not None and asked.is_page:
        return None
    shelved = _title(request, portal, reader, slug).entries[0]
    work = work_of(portal, shelved, address)
    if asked is None:
        raise not_offered(work)
    headers = caching(request, portal, shelved, "Accept, Cookie")
    if asked.style is not None:
        return cited(request, work, asked.style, headers)
    assert asked.form is not None
    return in_form(request, asked.form, work, headers | {"content-location": work.path + asked.form.suffix})


def caching(request: Request, portal: Portal, shelved: Shelved, vary: str) -> dict[str, str]:
    """How long a form of this title may be kept: by nobody else where staff may have seen a draft."""
    if has_session_cookie(request, portal.settings):
        return PRIVATE | {"vary": vary}
    now = clock.now()
    return {"cache-control": shared_caching(good_until([shelved], now)), "vary": vary}


def _title(request: Request, portal: Portal, reader: Reader | None, slug: str) -> Leaf:
    with portal.database.reading() as db:
        return _found(db, request, reader, slug)


def _found(db: Db, request: Request, reader: Reader | None, slug: str) -> Leaf:
    found = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
    if found is None:
        raise NotFound
    return Leaf([found], None)


def _answer(
    request: Request,
    portal: Portal,
    reader: Reader | None,
    look_up: Callable[[], Leaf],
    draw: Callable[[Leaf], str],
    address: int | None = None,
) -> Response:
    """The page for this reader, or for nobody from memory. `address` is that of the chapter whose page it is."""
    if has_session_cookie(request, portal.settings):
        leaf = look_up()
        header = _links(request, portal, leaf, address)
        more = (
            {"link": header, "vary": "Accept, Accept-Encoding, Accept-Language, Cookie"} if header is not None else {}
        )
        response = HTMLResponse(draw(leaf), headers=PRIVATE | more)
        if (item := _item_seen(request, leaf, address)) is not None:
            seen = Sighting(
                clock.now(), EventKind.INVESTIGATION, Caller.of(request.scope), response.status_code, item, reader
            )
            portal.journal.later(seen)
        return response

    def render() -> Rendered:
        leaf = look_up()
        item = _item_seen(request, leaf, address)
        return Rendered(draw(leaf), good_until(leaf.entries, clock.now()), item, _links(request, portal, leaf, address))

    pages: PublicPages = request.app.state.public_pages
    return PageResponse(pages.get(_key(request), render), portal.journal)


def _links(request: Request, portal: Portal, leaf: Leaf, address: int | None) -> str | None:
    """The Link header of the page of a title or a chapter; the catalogue has none."""
    if request.scope["path"] == CATALOGUE:
        return None
    return links.header(links.short(work_of(portal, leaf.entries[0], address)))


def _item_seen(request: Request, leaf: Leaf, address: int | None) -> Item | None:
    """What a view counts for: the title or chapter whose page it is; nothing for a list or the end of one."""
    if len(leaf.entries) != 1 or _key(request).after is not None:
        return None
    record = leaf.entries[0].record
    line = next((each for each in record.contents if address is not None and each.address == address), None)
    return item_of(record, leaf.entries[0].public_decision, chapter=line)


def _key(request: Request) -> Key:
    return key_of(request.scope["path"], request.scope["query_string"], hearer())


router.add_api_route(CATALOGUE, catalogue, methods=["GET", "HEAD"])
for base in WORK_PATHS.values():
    router.add_api_route(f"{base}/{{slug}}", landing, methods=["GET", "HEAD"])
    router.add_api_route(f"{base}/{{slug}}/chapters/{{number}}", chapter, methods=["GET", "HEAD"])
