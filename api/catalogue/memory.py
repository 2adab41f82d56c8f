"""Anonymous pages as bytes in memory, rendered once per revision of the shelf and answered before any route.

A browser without a session cookie gets the same bytes as a machine, compressed ahead if it takes that. Whether the
shelf has changed is asked of the database at most once a second; a page that depends on an opening date ends with it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import clock
from api.database import Database
from api.edge.codings import CODINGS, coding_of
from api.edge.front import ROUTE
from api.formats.negotiation import asked_for
from api.shelf import queries
from api.spoken import ENGLISH, Hearer, hearer
from api.tables import EventKind
from api.usage.journal import Journal
from api.usage.record import Caller, Item, Sighting

ASK_AGAIN_AFTER = 0.9  # seconds between two looks at the shelf's revision: fresh on every worker within one
SHARED_CACHE_LIFE = 30  # seconds, the contract's s-maxage
MAY_BE_STALE = "stale-while-revalidate=30, stale-if-error=600"  # seconds; a shared cache may, a browser never
CATALOGUE = "/"
VARY = b"Accept-Encoding, Accept-Language, Cookie"
KEEP_AT_MOST = 1024  # pages in memory, of some 15 kB

AFTER = re.compile(rb"after=([a-z0-9-]{1,120})")  # slugs only, so that one page has one key
EDITION = re.compile(rb"edition=([1-9][0-9]{0,5})")
PAGE = re.compile(rb"page=([A-Za-z0-9.-]{1,20})")
CHAPTER = re.compile(r"(.+)/[^/]+/chapters/[^/]+")


class Key(NamedTuple):
    """What tells two anonymous pages apart: which page, for the PDF or not, and which leaf of the catalogue.

    With `edition` one came for the PDF of that edition, with `reads_from` to read in the browser: from a page of the
    file on, or ("") from wherever. `language` is that of the page; the links
    of one whose address names it (`is_chosen`) do so too.
    """

    path: str
    wants_pdf: bool = False
    after: str | None = None
    edition: int | None = None
    reads_from: str | None = None
    language: str = ENGLISH
    is_chosen: bool = False

    @property
    def is_one_of_many(self) -> bool:
        """Whether there are as many such pages as anybody likes to make up, so that none is kept."""
        return bool(self.reads_from)


class Rendered(NamedTuple):
    """HTML, until when it is good, what a view of it counts for, and its links where it comes in other forms too."""

    html: str
    good_until: datetime | None = None
    item: Item | None = None
    links: str | None = None


class Coded(NamedTuple):
    """A page's bytes in one coding, their ETag, and the headers that never change."""

    body: bytes
    etag: str
    headers: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Page:
    """A rendered page. `good_until` is when an opening date makes it old, if one does; a view counts for `item`.

    `coded` has its bytes by the name of their coding. With `has_forms` it is what a browser gets; the address has
    other forms for those who ask for them.
    """

    coded: Mapping[str, Coded]
    good_until: datetime | None
    item: Item | None
    has_forms: bool


class PublicPages:
    """The pages of one worker. `renewed` is called before the first page of a new revision is rendered."""

    def __init__(self, database: Database, headers: dict[str, str], renewed: Callable[[], None]) -> None:
        self._database = database
        self._renewed = renewed
        self._extra = tuple((name.encode(), value.encode()) for name, value in headers.items())
        self._pages: dict[Key, Page] = {}
        self._revision = -1
        self._asked_at = float("-inf")

    def at_hand(self, key: Key) -> Page | None:
        """The page if it is known to be fresh without asking the database."""
        return self._good(key) if clock.ticks() - self._asked_at <= ASK_AGAIN_AFTER else None

    def get(self, key: Key, render: Callable[[], Rendered]) -> Page:
        """The page, rendered now if the shelf has changed since it was."""
        asked_at = clock.ticks()  # an answer is as old as its question, however long it took
        with self._database.reading() as db:
            revision = queries.revision(db)
        if revision != self._revision:
            self._renewed()
            self._pages, self._revision = {}, revision
        self._asked_at = asked_at
        page = self._good(key)
        if page is None:
            page = self._made(render(), key.language)
            self._keep(key, page, revision)
        return page

    def _good(self, key: Key) -> Page | None:
        page = self._pages.get(key)
        is_old = page is not None and page.good_until is not None and clock.now() >= page.good_until
        return None if is_old else page

    def _keep(self, key: Key, page: Page, revision: int) -> None:
        if revision != self._revision or key.is_one_of_many:  # another thread has seen a newer shelf meanwhile
            return
        if len(self._pages) >= KEEP_AT_MOST:
            self._pages.pop(next(iter(self._pages)), None)
        self._pages[key] = page

    def _made(self, rendered: Rendered, language: str) -> Page:
        fixed = (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-language", language.encode()),
            (b"vary", VARY if rendered.links is None else b"Accept, " + VARY),
            *([(b"link", rendered.links.encode())] if rendered.links is not None else []),
            *self._extra,
        )
        body = rendered.html.encode()
        coded = {coding: _coded(body, coding, fixed) for coding in CODINGS}
        return Page(coded, rendered.good_until, rendered.item, rendered.links is not None)


def _coded(body: bytes, coding: str, fixed: tuple[tuple[bytes, bytes], ...]) -> Coded:
    """In each coding the page has an ETag of its own, as that names the very bytes."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}{coding and "-"}{coding}"'
    named = [(b"content-encoding", coding.encode())] if coding else []
    return Coded(CODINGS[coding](body), etag, ((b"etag", etag.encode()), *named, *fixed))


async def send_page(page: Page, scope: Scope, send: Send, journal: Journal) -> None:
    """Answer with a page, or 304 where the caller has it; then note the view."""
    given = Headers(scope=scope)
    coded = page.coded[coding_of(given.get("accept-encoding", "").encode("latin-1"))]
    known = given.get("if-none-match", "")
    unchanged = coded.etag in known or known.strip() == "*"
    headers = [*coded.headers, *_caching(page.good_until, given)]
    body = b"" if unchanged else coded.body
    if not unchanged:
        headers.append((b"content-length", str(len(body)).encode()))
    status = 304 if unchanged else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
    if page.item is not None:
        journal.later(Sighting(clock.now(), EventKind.INVESTIGATION, Caller.of(scope), status, page.item))


def _caching(good_until: datetime | None, given: Headers) -> list[tuple[bytes, bytes]]:
    """The life of a page in memory. Shared caches are told apart that they may hand it out a little old.

    Some browsers do as `stale-while-revalidate` in Cache-Control says, so it stands in the header for shared caches
    alone (RFC 9213), and in Cache-Control for one that asks so and takes it off again, as docs/nginx.conf does.
    """
    life = shared_caching(good_until)
    stale = f", {MAY_BE_STALE}" if good_until is None else ""
    shared = f"public, max-age={life.rpartition('=')[2]}{stale}"
    own = f"{life}{stale}" if given.get("x-shared-cache") == "stale" else life
    return [(b"cache-control", own.encode()), (b"cdn-cache-control", shared.encode())]


def shared_caching(good_until: datetime | None) -> str:
    """The Cache-Control of an answer that is the same for everyone until an instant, if there is one."""
    life = SHARED_CACHE_LIFE
    if good_until is not None:
        life = max(0, min(life, int((good_until - clock.now()).total_seconds())))
    return f"public, max-age=0, s-maxage={life}"


class FromMemory:
    """Pure ASGI middleware right behind the front door: a page at hand is sent before any other work is done."""

    def __init__(self, app: ASGIApp, pages: PublicPages, session_cookie: str, journal: Journal) -> None:
        self.app = app
        self.pages = pages
        self.session_cookie = session_cookie.encode() + b"="
        self.journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            page = self.pages.at_hand(key_of(scope["path"], scope["query_string"], hearer()))
            if (
                page is not None
                and not self._may_be_signed_in(scope)
                and not (page.has_forms and _asks_for_form(scope))
            ):
                scope[ROUTE] = template_of(scope["path"])
                return await send_page(page, scope, send, self.journal)
        return await self.app(scope, receive, send)

    def _may_be_signed_in(self, scope: Scope) -> bool:
        return any(name == b"cookie" and self.session_cookie in value for name, value in scope["headers"])


def _asks_for_form(scope: Scope) -> bool:
    """Whether something else than the page may be wanted; browsers' headers are remembered, so this costs nothing."""
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    asked = asked_for(accept.decode("latin-1"), CHAPTER.fullmatch(scope["path"]) is not None)
    return asked is None or not asked.is_page


def key_of(path: str, query_string: bytes, who: Hearer) -> Key:
    """The key of an address and whom it is for; every other part of a query changes nothing."""
    if not query_string:
        return Key(path, language=who.language)
    words = query_string.split(b"&")
    if path == CATALOGUE:
        leaves = (found[1].decode() for word in words if (found := AFTER.fullmatch(word)))
        return Key(path, b"get=pdf" in words, next(leaves, None), None, None, who.language, who.is_chosen)
    if b"get=read" in words and not CHAPTER.fullmatch(path):
        asked = (found[1].decode() for word in words if (found := PAGE.fullmatch(word)))
        return Key(path, reads_from=next(asked, ""), language=who.language, is_chosen=who.is_chosen)
    if b"get=pdf" not in words or CHAPTER.fullmatch(path):
        return Key(path, b"get=pdf" in words, None, None, None, who.language, who.is_chosen)
    editions = (int(found[1]) for word in words if (found := EDITION.fullmatch(word)))
    return Key(path, True, None, next(editions, None), None, who.language, who.is_chosen)


def template_of(path: str) -> str:
    """The route of a page in memory: the catalogue's, one of the house's own, that of a title, or of a chapter."""
    if chapter := CHAPTER.fullmatch(path):
        return f"{chapter[1]}/{{slug}}/chapters/{{number}}"
    base = path.rpartition("/")[0]
    return f"{base}/{{slug}}" if base else path
