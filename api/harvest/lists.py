"""The addresses of lists: robots.txt, sitemaps, the feed of new titles, KBART and ONIX."""

import hashlib
import re
from datetime import datetime

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from api import clock
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.made import with_charset
from api.errors import Invalid, NotFound
from api.formats import atom, kbart, onix, sitemap
from api.harvest.asked import Fault, moment
from api.harvest.exports import kbart_file, onix_message
from api.harvest.robots import robots_txt
from api.shelf import places, queries
from api.shelf.gates import work_of
from api.signin.door import Router

router = Router()
PART = re.compile(r"pages|titles-(0|[1-9][0-9]{0,6})")
FEED = "/feeds/titles.atom"
IN_FEED = 50  # titles
CACHED = {"cache-control": "public, max-age=300"}
NOT_A_PAGE = {"x-robots-tag": "noindex"}


@open_to_all("robots read here where they may go")
def robots(portal: ThePortal) -> Response:
    settings = portal.settings
    words = robots_txt(settings.public_url, admits_ai=settings.ai_crawlers)
    return Response(words, media_type="text/plain; charset=utf-8", headers=CACHED)


@open_to_all("search engines find the public pages by it")
def sitemap_index(request: Request, portal: ThePortal) -> Response:
    with portal.database.reading() as db:
        blocks = places.blocks(db)
    url = portal.settings.public_url
    parts = [(f"{url}/sitemaps/pages.xml", None), *((f"{url}/sitemaps/titles-{n}.xml", at) for n, at in blocks)]
    return _answer(request, sitemap.sitemap_index(parts), sitemap.MEDIA_TYPE)


@open_to_all("search engines find the public pages by it")
def sitemap_part(request: Request, portal: ThePortal, part: str) -> Response:
    asked = PART.fullmatch(part)
    if asked is None:
        raise NotFound
    found: list[places.Place] = [("/", None)]
    if asked[1] is not None:
        with portal.database.reading() as db:
            found = places.pages(db, int(asked[1]))
    if not found:
        raise NotFound
    url = portal.settings.public_url
    return _answer(request, sitemap.sitemap((url + path, at) for path, at in found), sitemap.MEDIA_TYPE)


@open_to_all("the catalogue is public in a feed too")
def titles_feed(request: Request, portal: ThePortal) -> Response:
    with portal.database.reading() as db:
        leaf = queries.catalogue(db, None, clock.now(), at_most=IN_FEED)
    url = portal.settings.public_url
    works = [work_of(each, url) for each in leaf.entries] if leaf is not None else []
    body = atom.atom(works, name=portal.pages.house_name, public_url=url, address=FEED)
    return _answer(request, body, atom.MEDIA_TYPE, {**NOT_A_PAGE, "vary": "Accept-Language"})


@open_to_all("libraries learn from it what there is")
def kbart_list(portal: ThePortal) -> Response:
    now = clock.now()
    name = kbart.file_name(portal.pages.house_name, f"{now:%Y-%m-%d}")
    headers = {"content-disposition": f'attachment; filename="{name}"', **NOT_A_PAGE, **CACHED}
    return StreamingResponse(kbart_file(portal, now), media_type=with_charset(kbart.MEDIA_TYPE), headers=headers)


@open_to_all("the trade learns from it what there is")
def onix_list(portal: ThePortal, since: str | None = None) -> Response:
    written = onix_message(portal, clock.now(), _date(since) if since is not None else None)
    return StreamingResponse(written, media_type=with_charset(onix.MEDIA_TYPE), headers={**NOT_A_PAGE, **CACHED})


def _date(since: str) -> datetime:
    try:
        return moment("since", since)[0]
    except Fault as fault:
        raise Invalid(fault.words) from None


def _answer(request: Request, body: bytes, media_type: str, more: dict[str, str] | None = None) -> Response:
    """The body, or 304 where the caller has it."""
    headers = {"etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', **CACHED, **(more or {})}
    known = request.headers.get("if-none-match", "")
    if headers["etag"] in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=with_charset(media_type), headers=headers)


for path, endpoint in (
    ("/robots.txt", robots),
    ("/sitemap.xml", sitemap_index),
    ("/sitemaps/{part}.xml", sitemap_part),
    (FEED, titles_feed),
    ("/kbart.txt", kbart_list),
    ("/onix.xml", onix_list),
):
    router.add_api_route(path, endpoint, methods=["GET", "HEAD"])
