"""`/opds`: the shelf in feeds for e-readers, in the version of OPDS that each asks for, and how readers sign in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.edge.accept import best
from api.edge.caller import shown_key
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.made import made
from api.edge.portal import Portal
from api.edge.problems import CHALLENGE, PRIVATE
from api.errors import KeyRefused, NotFound, NotOffered
from api.formats import opds1, opds2, opds_authentication
from api.formats.opds_feed import (
    AUTHENTICATION,
    AUTHENTICATION_TYPE,
    DESCRIPTION,
    DESCRIPTION_TYPE,
    SEARCH,
    SEARCH_WORDS,
    START,
    Feed,
    Way,
)
from api.shelf import e_reading
from api.shelf.e_reading import Wish
from api.shelf.gates import work_of
from api.signin.door import Router
from api.signin.reader import CurrentReader, reader_of_key
from api.spoken import N_, language
from api.tables import KeyScope, Kind

router = Router()
NEW, MINE, KINDS = f"{START}/new", f"{START}/mine", f"{START}/kinds"
KIND_NAMES = {
    Kind.EDITED_VOLUME: N_("Edited volumes"),
    Kind.MONOGRAPH: N_("Monographs"),
    Kind.REPORT: N_("Reports"),
    Kind.PAPER: N_("Working papers"),
}
WAYS = (
    Way(N_("Newest titles"), NEW, N_("Every title, the newest first"), "http://opds-spec.org/sort/new"),
    *(Way(name, f"{KINDS}/{kind}", N_("The newest first")) for kind, name in KIND_NAMES.items()),
    Way(N_("Your titles"), MINE, N_("What you have taken; asks you to sign in"), "http://opds-spec.org/shelf"),
)
OFFERED: dict[str, tuple[Callable[[Feed], bytes], Callable[[Feed], str]]] = {
    media_type: (written, type_of)
    for media_types, written, type_of in (
        ((opds1.MEDIA_TYPE,), opds1.written, opds1.media_type),  # who names nothing knows the older version
        ((opds2.MEDIA_TYPE, "application/json"), opds2.written, lambda _: opds2.MEDIA_TYPE),
        (("application/xml", "text/xml"), opds1.written, opds1.media_type),
    )
    for media_type in media_types
}
CACHED = {"cache-control": "public, max-age=300", "x-robots-tag": "noindex"}
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # what an empty shelf was last changed on
After = Annotated[str | None, Query(max_length=120)]


@open_to_all("the catalogue is public for e-readers too")
def start(request: Request, portal: ThePortal) -> Response:
    with portal.database.reading() as db:
        changed_at = e_reading.last_change(db) or FIRST_DAY
    house = portal.pages.house_name
    feed = Feed(house, START, portal.settings.public_url, house, changed_at, ways=WAYS)
    return _answer(request, feed, CACHED)


@open_to_all("the catalogue is public for e-readers too")
def newest(request: Request, portal: ThePortal, after: After = None) -> Response:
    return _listed(request, portal, N_("Newest titles"), NEW, Wish(), after)


@open_to_all("the catalogue is public for e-readers too")
def of_kind(request: Request, portal: ThePortal, kind: str, after: After = None) -> Response:
    if kind not in list(Kind):
        raise NotFound
    return _listed(request, portal, KIND_NAMES[Kind(kind)], f"{KINDS}/{kind}", Wish(kind=Kind(kind)), after)


@open_to_all("the catalogue is public for e-readers too")
def search(request: Request, portal: ThePortal, after: After = None) -> Response:
    words = " ".join(request.query_params.get(SEARCH_WORDS, "")[: e_reading.LONGEST_WORDS].replace("\x00", "").split())
    return _listed(request, portal, N_("Titles with “{words}”", words=words), SEARCH, Wish(words=words), after)


@open_to_all("e-readers learn here how to search")
def search_description(request: Request, portal: ThePortal) -> Response:
    body = opds1.search_description(portal.settings.public_url, portal.pages.house_name)
    return made(request, body, DESCRIPTION_TYPE, _spoken(CACHED))


@open_to_all("whoever shows no good key is told how to sign in")
def mine(request: Request, portal: ThePortal, reader: CurrentReader, after: After = None) -> Response:
    """What the reader has taken. A key that is not good is answered as none: else Thorium would not ask again."""
    shown = shown_key(request)
    if shown is not None:
        try:
            reader = reader_of_key(portal, shown, (KeyScope.E_READER, KeyScope.API))
        except KeyRefused:
            reader = None
    if reader is None:
        body = _document(portal)
        return Response(body, 401, _spoken({**PRIVATE, **CHALLENGE}), media_type=AUTHENTICATION_TYPE)
    return _listed(request, portal, N_("Your titles"), MINE, Wish(held_by=reader.user_id), after, reader)


@open_to_all("e-readers learn here how their readers sign in")
def authentication(request: Request, portal: ThePortal) -> Response:
    return made(request, _document(portal), AUTHENTICATION_TYPE, _spoken(CACHED))


def _document(portal: Portal) -> bytes:
    return opds_authentication.written(portal.settings.public_url, portal.pages.house_name)


def _listed(
    request: Request,
    portal: Portal,
    title: str,
    path: str,
    wish: Wish,
    after: str | None,
    reader: Reader | None = None,
) -> Response:
    with portal.database.reading() as db:
        leaf = e_reading.leaf(db, wish, reader, clock.now(), after)
        changed_at = e_reading.last_change(db) or FIRST_DAY
    if leaf is None:
        raise NotFound
    url = portal.settings.public_url
    feed = Feed(
        title,
        _address(path, wish, after),
        url,
        portal.pages.house_name,
        changed_at,
        works=tuple(work_of(each, url) for each in leaf.entries),
        next=_address(path, wish, leaf.last) if leaf.last is not None else None,
    )
    return _answer(request, feed, CACHED if wish.held_by is None else PRIVATE)


def _address(path: str, wish: Wish, after: str | None) -> str:
    said = {SEARCH_WORDS: wish.words, "after": after or ""}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{path}?{query}" if query else path


def _answer(request: Request, feed: Feed, headers: dict[str, str]) -> Response:
    """The feed in the version that is wanted most. It is dated, as KOReader asks first whether it is newer."""
    wanted = best(request.headers.get("accept", ""), list(OFFERED))
    if wanted is None:
        raise NotOffered(N_("Feeds are to be had as application/opds+json and as application/atom+xml."))
    written, type_of = OFFERED[wanted.media_type]
    vary = {"vary": f"Accept, {headers['vary']}, Authorization" if "vary" in headers else "Accept"}
    return made(request, written(feed), type_of(feed), _spoken({**headers, **vary}), feed.changed_at)


def _spoken(headers: dict[str, str]) -> dict[str, str]:
    """For an answer whose words are in the reader's language."""
    vary = [headers["vary"]] if "vary" in headers else []
    return {**headers, "vary": ", ".join([*vary, "Accept-Language"]), "content-language": language()}


for address, endpoint in (
    (START, start),
    (NEW, newest),
    (f"{KINDS}/{{kind}}", of_kind),
    (SEARCH, search),
    (DESCRIPTION, search_description),
    (MINE, mine),
    (AUTHENTICATION, authentication),
):
    router.add_api_route(address, endpoint, methods=["GET", "HEAD"])
