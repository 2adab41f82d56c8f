"""The house's own pages, open to all; its logo and colours; and the terms of use with their acceptance."""

from typing import Annotated

from fastapi import Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.account.kept import KEPT
from api.catalogue.memory import PublicPages, Rendered, key_of
from api.catalogue.routes import PageResponse
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE, sign_in_address, terms_address
from api.errors import Conflict, NotFound
from api.house import colours, keeping, texts
from api.house.keeping import PAGES
from api.signin import terms
from api.signin.door import Router
from api.signin.next_path import safe_next
from api.signin.reader import CurrentReader, SignedIn, has_session_cookie
from api.spoken import N_, hearer

router = Router()
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


@open_to_all("the house's own pages are for everyone")
def page(request: Request, portal: ThePortal, reader: CurrentReader) -> Response:
    name = request.scope["path"].removeprefix("/")

    def draw() -> str:
        with portal.database.reading() as db:
            own = keeping.text(db, name)
        return portal.pages.render(
            f"house/{name}.html",
            reader=reader,
            here=name,
            heading=PAGES[name],
            own=texts.shown(own),
            **_facts(portal),
        )

    if has_session_cookie(request, portal.settings):
        return HTMLResponse(draw(), headers=PRIVATE)

    def render() -> Rendered:
        return Rendered(draw())

    pages: PublicPages = request.app.state.public_pages
    key = key_of(f"/{name}", request.scope["query_string"], hearer())
    return PageResponse(pages.get(key, render), portal.journal)


def _facts(portal: Portal) -> dict[str, object]:
    """What the house's pages say of this portal, as it is set up."""
    settings = portal.settings
    return {
        "providers": list(portal.providers.values()),
        "kept": KEPT,
        "contact": settings.contact,
        "link_lifetime": settings.ticket_lifetime,
        "link_uses": settings.ticket_uses,
        "opds_address": f"{settings.public_url}/opds",
        "host": settings.public_url.partition("://")[2],
    }


@open_to_all("the terms are for everyone to read")
def terms_of_use(
    request: Request, portal: ThePortal, db: Reading, reader: CurrentReader, next: str | None = None
) -> Response:
    """The terms in force; with `?next=` the page from which a reader who accepts them goes on."""
    current = terms.in_force(db)
    if current is None:
        raise NotFound
    html = portal.pages.render(
        "house/terms.html",
        reader=reader,
        here="terms",
        version=current.version,
        made_at=current.made_at,
        words=texts.shown(current.words),
        accepted=reader is not None and terms.has_accepted(db, reader.user_id, current),
        next_path=safe_next(next) if next else "/",
        sign_in_url=sign_in_address(request),
    )
    return HTMLResponse(html, headers=PRIVATE)


@router.post("/terms/acceptance")
def accept(
    portal: ThePortal, held: SignedIn, version: Annotated[int, Form()], next: Annotated[str, Form()] = "/"
) -> Response:
    next_path = safe_next(next)
    try:
        with portal.database.writing() as db:
            terms.accept(db, held.reader.user_id, version)
    except Conflict as newer:
        raise Conflict(newer.message, way_on=(terms_address(next_path), N_("Read the new terms"))) from newer
    return RedirectResponse(next_path, 303, headers=PRIVATE)


@open_to_all("the logo is on every page")
def logo(db: Reading, digest: Annotated[str, Path(pattern="^[0-9a-f]{16}$")]) -> Response:
    row = keeping.house(db)
    if row.logo is None or row.logo_digest != digest:
        raise NotFound
    return Response(row.logo, media_type="image/png", headers=FOREVER)


@open_to_all("the house's colours are on every page")
def colour_sheet(db: Reading) -> Response:
    row = keeping.house(db)
    sheet = colours.stylesheet(row.colour, row.colour_dark)
    if not sheet:
        raise NotFound
    return Response(sheet, media_type="text/css", headers={"cache-control": "public, max-age=86400"})


for name in PAGES:
    router.add_api_route(f"/{name}", page, methods=["GET", "HEAD"])
router.add_api_route("/terms", terms_of_use, methods=["GET", "HEAD"])
router.add_api_route("/house/{digest}.png", logo, methods=["GET", "HEAD"])
router.add_api_route("/house/colours.css", colour_sheet, methods=["GET", "HEAD"])
