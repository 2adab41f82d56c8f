"""Every address that answers people who are not signed in, with the reason. Add to it on purpose only."""

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount

from api.app import create_app
from api.edge.doors import keys_taken, why_open
from api.settings import Settings
from tests.site import Site

OPEN = {
    "GET,HEAD /robots.txt": "robots read here where they may go",
    "GET,HEAD /sitemap.xml": "search engines find the public pages by it",
    "GET,HEAD /sitemaps/{part}.xml": "search engines find the public pages by it",
    "GET,HEAD /feeds/titles.atom": "the catalogue is public in a feed too",
    "GET,HEAD /opds": "the catalogue is public for e-readers too",
    "GET,HEAD /opds/new": "the catalogue is public for e-readers too",
    "GET,HEAD /opds/kinds/{kind}": "the catalogue is public for e-readers too",
    "GET,HEAD /opds/search": "the catalogue is public for e-readers too",
    "GET,HEAD /opds/search.xml": "e-readers learn here how to search",
    "GET,HEAD /opds/mine": "whoever shows no good key is told how to sign in",
    "GET,HEAD /opds/authentication": "e-readers learn here how their readers sign in",
    "GET,HEAD /covers/{slug}.{form}": "covers are as public as their titles; a draft's is the common 404",
    "GET,HEAD /covers/{slug}/preview.png": "the picture of link previews is as public as its title",
    "GET,HEAD /covers/{slug}/small.webp": "the picture that an editor chose is as public as its title",
    "GET,HEAD /kbart.txt": "libraries learn from it what there is",
    "GET,HEAD /onix.xml": "the trade learns from it what there is",
    "GET,HEAD,POST /oai": "harvesters copy what is public of every title",
    "GET,HEAD /healthz": "tells whether the process lives",
    "GET,HEAD /readyz": "tells whether the portal can do its work",
    "GET,HEAD /metrics": "the operator's port or a token opens it; to others it is not there",
    "GET,HEAD /self-check": "a mark of the secret key opens it; to others it is not there",
    "GET,HEAD /": "the catalogue is public",
    "GET,HEAD {work}": "landing pages are public; a draft is the common 404",
    "GET,HEAD {work}.pdf": "the decision, not the door, says who gets the file",
    "GET,HEAD {work}.{suffix}": "what is public of a title, in other forms; a draft is the common 404",
    "GET,HEAD {work}.ics": "the day a title opens is as public as the title",
    "GET,HEAD {work}/linkset": "the typed links of a title are as public as the title",
    "GET,HEAD {work}/chapters/{number}.{suffix}": "a chapter's forms are as public as its title's",
    "GET,HEAD {work}/chapters/{number}/linkset": "the typed links of a chapter are as public as its title",
    "GET,HEAD /search": "everyone searches what is public, and inside what they may read",
    "GET,HEAD /unapi": "reference managers read public titles here",
    "GET,HEAD /export": "several public titles in one file; a draft is the common 404",
    "GET,HEAD {work}/comments": "looking at comments is free",
    "GET,HEAD {work}/comments/{number}": "looking at comments is free",
    "GET,HEAD {work}/comments.atom": "the comments that everyone sees, as a feed",
    "POST {work}/comments": "what somebody typed whose session had ended is kept until they are back",
    "POST {work}/comments/{number}/edit": "what somebody typed whose session had ended is kept until they are back",
    "GET,HEAD {work}/chapters/{number}": "a chapter's page is as public as its title's",
    "GET,HEAD {work}/chapters/{number}.pdf": "the decision, not the door, says who gets the file",
    "POST {work}/chapters/{number}/tickets": "answers as the stable address to whoever is not admitted",
    "GET,HEAD {work}/editions/{number}.pdf": "the decision, not the door, says who gets the file",
    "POST {work}/editions/{number}/tickets": "answers as the stable address to whoever is not admitted",
    "POST {work}/tickets": "answers as the stable address to whoever is not admitted",
    "GET,HEAD {work}/read": "the decision, not the door, says who may read",
    "POST {work}/read": "answers as the stable address to whoever is not admitted",
    "GET,HEAD {work}/read.pdf": "the decision, not the door, says who gets the file",
    "GET,HEAD /t/{ticket}/{filename}": "whoever holds the link holds the ticket until it ends",
    "GET /sign-in": "this is where nobody becomes somebody",
    "POST /sign-in/{provider_id}": "the first step of signing in",
    "GET /sign-in/{provider_id}/trial": "all but staff get the common 404",
    "POST /sign-in/{provider_id}/trial": "all but staff get the common 404",
    "GET /sign-in/{provider_id}/callback": "the provider sends readers back here before they have a session",
    "POST /sign-in/{provider_id}/backchannel-logout": "the provider speaks for itself, by its signature",
    "GET /unsubscribe/{token}": "who gets a mail can end them without signing in",
    "POST /unsubscribe/{token}": "who gets a mail can end them without signing in",
    "POST /sign-out": "leaving is never refused",
    "GET,HEAD /api/v1/titles": "the catalogue is public for programs too",
    "GET,HEAD /api/v1/titles/{slug}": "the public record, as on the title's page; a draft is the common 404",
    "POST /api/v1/titles/{slug}/tickets": "answers as the stable address to whoever is not admitted",
    "GET,HEAD /api/v1/openapi.json": "programs read here what they can ask",
    "GET /counter/r51/status": "libraries' programs look here whether the service runs",
    "GET /counter/r51/members": "a key for reports, which is part of the request, says whose",
    "GET /counter/r51/reports": "a key for reports, which is part of the request, says whose",
    "GET /counter/r51/reports/{report_id}": "a key for reports, which is part of the request, says whose",
    "GET,HEAD /help": "the house's own pages are for everyone",
    "GET,HEAD /privacy": "the house's own pages are for everyone",
    "GET,HEAD /accessibility": "the house's own pages are for everyone",
    "GET,HEAD /imprint": "the house's own pages are for everyone",
    "GET,HEAD /for-libraries": "the house's own pages are for everyone",
    "GET,HEAD /terms": "the terms are for everyone to read",
    "GET,HEAD /house/{digest}.png": "the logo is on every page",
    "GET,HEAD /house/colours.css": "the house's colours are on every page",
    "POST /desk/institutions/{slug}/librarians": "all but staff get the common 404",
    "POST /desk/institutions/{slug}/librarians/{librarian_id}/removal": "all but staff get the common 404",
    "GET /desk/usage": "all but staff get the common 404",
    "GET /desk/usage.csv": "all but staff get the common 404",
    "POST /desk/usage/summary": "all but staff get the common 404",
    "GET /desk/titles/{slug}/usage": "all but staff get the common 404",
    "GET /desk/titles/{slug}/usage.csv": "all but staff get the common 404",
    "GET /desk": "all but staff get the common 404",
    "GET /desk/titles/new": "all but staff get the common 404",
    "POST /desk/titles/new": "all but staff get the common 404",
    "GET /desk/titles/{slug}/record": "all but staff get the common 404",
    "POST /desk/titles/{slug}/record": "all but staff get the common 404",
    "GET /desk/titles/{slug}/contents": "all but staff get the common 404",
    "POST /desk/titles/{slug}/contents": "all but staff get the common 404",
    "POST /desk/preview": "all but staff get the common 404",
    "GET /desk/titles/{slug}": "all but staff get the common 404",
    "GET /desk/titles/{slug}/preview": "all but staff get the common 404",
    "POST /desk/titles/{slug}/preview": "all but staff get the common 404",
    "GET /desk/titles/{slug}/publishing": "all but staff get the common 404",
    "POST /desk/titles/{slug}/publishing/now": "all but staff get the common 404",
    "POST /desk/titles/{slug}/publishing/plan": "all but staff get the common 404",
    "POST /desk/titles/{slug}/publishing/no-plan": "all but staff get the common 404",
    "POST /desk/titles/{slug}/publishing/withdrawal": "all but staff get the common 404",
    "GET /desk/titles/{slug}/notices": "all but staff get the common 404",
    "POST /desk/titles/{slug}/notices": "all but staff get the common 404",
    "GET /desk/readiness": "all but staff get the common 404",
    "GET /desk/outbox": "all but staff get the common 404",
    "GET /desk/deposits": "all but staff get the common 404",
    "GET /desk/deposits/{slug}": "all but staff get the common 404",
    "POST /desk/deposits/{slug}": "all but staff get the common 404",
    "GET /desk/titles/{slug}/file": "all but staff get the common 404",
    "POST /desk/titles/{slug}/file": "all but staff get the common 404",
    "POST /desk/uploads": "all but staff get the common 404",
    "GET /desk/uploads/{staged_id}": "all but staff get the common 404",
    "POST /desk/uploads/{staged_id}/parts": "all but staff get the common 404",
    "PUT /desk/uploads/{staged_id}/parts/{number}": "all but staff get the common 404",
    "POST /desk/uploads/{staged_id}/completion": "all but staff get the common 404",
    "POST /desk/uploads/{staged_id}/end": "all but staff get the common 404",
    "GET /desk/import": "all but staff get the common 404",
    "POST /desk/import": "all but staff get the common 404",
    "GET /desk/import/{kept}": "all but staff get the common 404",
    "POST /desk/import/{kept}": "all but staff get the common 404",
    "GET /desk/export.json": "all but staff get the common 404",
    "GET /desk/export.csv": "all but staff get the common 404",
    "GET /desk/self-check": "all but staff get the common 404",
    "GET /desk/house": "all but staff get the common 404",
    "POST /desk/house/look": "all but staff get the common 404",
    "POST /desk/house/languages": "all but staff get the common 404",
    "POST /desk/house/logo": "all but staff get the common 404",
    "POST /desk/house/terms": "all but staff get the common 404",
    "GET /desk/house/pages/{page}": "all but staff get the common 404",
    "POST /desk/house/pages/{page}": "all but staff get the common 404",
    "GET /desk/titles/{slug}/access": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/search": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access": "all but staff get the common 404",
    "GET /desk/titles/{slug}/access/readers": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/readers": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/readers/{grant_id}/removal": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/readers/invitations/{invitation_id}/removal": "all but staff get the common 404",
    "GET /desk/titles/{slug}/access/readers/list": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/readers/list": "all but staff get the common 404",
    "GET /desk/titles/{slug}/access/vouchers": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/vouchers": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/vouchers/{voucher_id}/revocation": "all but staff get the common 404",
    "GET /desk/titles/{slug}/access/links": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/links/revocation": "all but staff get the common 404",
    "GET /desk/titles/{slug}/access/trial": "all but staff get the common 404",
    "POST /desk/titles/{slug}/access/trial": "all but staff get the common 404",
    "GET /desk/comments": "all but staff get the common 404",
    "GET /desk/comments/{comment_id}": "all but staff get the common 404",
    "POST /desk/comments/{comment_id}": "all but staff get the common 404",
    "GET /desk/titles/{slug}/comments": "all but staff get the common 404",
    "POST /desk/titles/{slug}/comments": "all but staff get the common 404",
    "POST /desk/titles/{slug}/comments/marks": "all but staff get the common 404",
    "POST /desk/titles/{slug}/comments/marks/{mark_id}/removal": "all but staff get the common 404",
    "GET /desk/requests": "all but staff get the common 404",
    "POST /desk/requests/{request_id}/approval": "all but staff get the common 404",
    "POST /desk/requests/{request_id}/refusal": "all but staff get the common 404",
    "GET /desk/copies": "all but staff get the common 404",
    "GET /desk/copies/{request_id}": "all but staff get the common 404",
    "POST /desk/copies/{request_id}": "all but staff get the common 404",
    "GET /desk/titles/{slug}/accessibility": "all but staff get the common 404",
    "POST /desk/titles/{slug}/accessibility": "all but staff get the common 404",
    "GET /desk/titles/{slug}/cover": "all but staff get the common 404",
    "POST /desk/titles/{slug}/cover": "all but staff get the common 404",
    "GET /desk/institutions": "all but staff get the common 404",
    "GET /desk/institutions/new": "all but staff get the common 404",
    "POST /desk/institutions": "all but staff get the common 404",
    "GET /desk/institutions/{slug}": "all but staff get the common 404",
    "POST /desk/institutions/{slug}": "all but staff get the common 404",
    "POST /desk/institutions/{slug}/removal": "all but staff get the common 404",
    "GET /desk/readers": "all but staff get the common 404",
    "GET /desk/staff": "all but staff get the common 404",
    "GET /desk/readers/{user_id}": "all but staff get the common 404",
    "POST /desk/readers/{user_id}/disabling": "all but staff get the common 404",
    "POST /desk/readers/{user_id}/enabling": "all but staff get the common 404",
    "POST /desk/readers/{user_id}/role": "all but staff get the common 404",
    "POST /desk/readers/{user_id}/links/revocation": "all but staff get the common 404",
    "POST /desk/readers/{user_id}/titles": "all but staff get the common 404",
    "POST /desk/readers/{user_id}/titles/revocation": "all but staff get the common 404",
    "GET /desk/audit": "all but staff get the common 404",
    "GET /desk/audit.csv": "all but staff get the common 404",
    "GET /desk/fair-use": "all but staff get the common 404",
    "GET,HEAD /{anything:path}": "an address that leads nowhere says so to everyone",
}
CLOSED = {
    "GET /account/reports",
    "GET /account/reports/{institution}/{report_id}.{form}",
    "GET /account",
    "GET /account/closure",
    "GET /account/export.json",
    "GET /account/merge/{offer}",
    "GET /account/sign-in-again",
    "POST /account/closure",
    "POST /account/connections",
    "POST /account/disconnections",
    "POST /account/language",
    "POST /account/mail",
    "POST /account/merge/{offer}",
    "POST /account/notices/seen",
    "POST /account/removals",
    "POST /account/places",
    "POST {work}/read/page",
    "POST /account/reopening",
    "POST /account/sign-in-again",
    "POST /account/sign-outs",
    "POST {work}/vouchers",
    "POST {work}/requests",
    "POST {work}/copies",
    "GET /opds/sign-in",
    "POST /opds/sign-in",
    "GET /account/keys",
    "GET {work}/comments/new",
    "GET {work}/comments/{number}/edit",
    "GET {work}/comments/{number}/deletion",
    "POST {work}/comments/{number}/deletion",
    "GET {work}/comments/{number}/report",
    "POST {work}/comments/{number}/report",
    "POST /account/keys",
    "POST /account/keys/{key_id}/revocation",
    "POST /terms/acceptance",
}
FOR_KEYS = {
    "GET,HEAD {work}.pdf",
    "POST {work}/tickets",
    "GET,HEAD {work}/chapters/{number}.pdf",
    "POST {work}/chapters/{number}/tickets",
    "GET,HEAD {work}/editions/{number}.pdf",
    "POST {work}/editions/{number}/tickets",
    "GET,HEAD /api/v1/titles",
    "GET,HEAD /api/v1/titles/{slug}",
    "POST /api/v1/titles/{slug}/tickets",
}
MOUNTED = {"/static", "/demo-provider", "/demo-campus"}
WORKS = ("/books/edited/{slug}", "/books/mono/{slug}", "/reports/{slug}", "/papers/{slug}")


def name_of(route: RouteContext) -> str:
    path = route.path
    for work in WORKS:
        path = path.replace(work, "{work}")
    return f"{','.join(sorted(route.methods))} {path}"


def test_the_open_routes_are_these(settings: Settings) -> None:
    app = create_app(settings)
    routes = [route for route in iter_route_contexts(app.routes) if not isinstance(route.original_route, Mount)]
    assert {name_of(route): why_open(route.endpoint) for route in routes if why_open(route.endpoint)} == OPEN
    assert {name_of(route) for route in routes if not why_open(route.endpoint)} == CLOSED
    assert {route.path for route in app.routes if isinstance(route, Mount)} == MOUNTED


def test_a_key_is_taken_at_these_and_none_of_them_is_closed(settings: Settings) -> None:
    app = create_app(settings)
    routes = [route for route in iter_route_contexts(app.routes) if not isinstance(route.original_route, Mount)]
    assert {name_of(route) for route in routes if keys_taken(route.endpoint)} == FOR_KEYS
    assert set(OPEN) >= FOR_KEYS


def test_outside_the_demo_there_is_no_demo_provider(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"demo": False}))
    assert {route.path for route in app.routes if isinstance(route, Mount)} == {"/static"}
    assert not app.state.portal.providers


def test_a_closed_route_sends_nobody_to_sign_in(site: Site) -> None:
    answer = site.browser().get("/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Faccount")
    assert site.program().get("/account").status_code == 401


def test_no_schema_or_debug_page_is_served(site: Site) -> None:
    for path in (
        "/docs",
        "/redoc",
        "/openapi.json",
        "/api/v1/docs",
        "/api/v1",
        "/.git/config",
        "/static/",
        "/static/css",
    ):
        assert site.program().get(path).status_code == 404, path
