"""The barest servers that would do the same: one Starlette route each, on the very server that runs the portal."""

import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.commands.server import listen, run

Endpoint = Callable[[Request], Awaitable[Response]] | Callable[[Request], Response]
INSERT = """INSERT INTO ticket (digest, user_id, edition_id, rule_id, made_at, expires_at, uses_left)
VALUES ({0}, 1, 1, NULL, {0}, {0}, 5)"""


def page(length: str) -> Endpoint:
    """The same number of bytes, from memory."""
    body = b"x" * int(length)

    async def endpoint(_request: Request) -> Response:
        return Response(body, media_type="text/html")

    return endpoint


def keyed(database: str, slug: str) -> Endpoint:
    """One read by key, then the landing page's template as a reader who is signed in sees it."""
    from api.access.policy import Reader
    from api.app import create_app
    from api.catalogue.pages import title_page
    from api.settings import load
    from api.shelf import queries
    from api.tables import Kind, Role

    portal = create_app(load()).state.portal
    reader = Reader(1, "Cleo Specimen", Role.READER, "bench", "https://id.example.org", "cleo")
    with portal.database.reading() as db:
        shelved = queries.find(db, Kind.EDITED_VOLUME, slug, reader, datetime.now(UTC))
    assert shelved is not None
    connection = sqlite3.connect(database)

    async def endpoint(_request: Request) -> Response:
        connection.execute("SELECT * FROM title WHERE slug = ?", (slug,)).fetchone()
        return Response(title_page(portal, shelved, reader, wants_pdf=False), media_type="text/html")

    return endpoint


def sqlite_insert(database: str) -> Endpoint:
    """One insert and its commit, then a redirect."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=5)
    connection.execute("PRAGMA journal_mode=WAL")
    count = iter(range(sys.maxsize))
    begun = datetime.now(UTC).isoformat()

    async def endpoint(_request: Request) -> Response:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(INSERT.replace("{0}", "?"), (f"{begun}/{next(count)}", begun, begun))
        connection.execute("COMMIT")
        return RedirectResponse("/t/bare", 303)

    return endpoint


def postgresql_insert(database: str) -> Endpoint:
    """The same over a pool as large as the portal's thread pool is likely to use."""
    import psycopg

    free = [psycopg.connect(database) for _ in range(8)]
    count = iter(range(sys.maxsize))
    begun = datetime.now(UTC).isoformat()

    def endpoint(_request: Request) -> Response:
        connection = free.pop()
        with closing(connection.cursor()) as cursor:
            cursor.execute(INSERT.replace("{0}", "%s").encode(), (f"{begun}/{next(count)}", begun, begun))
        connection.commit()
        free.append(connection)
        return RedirectResponse("/t/bare", 303)

    return endpoint


KINDS = {
    "page": page,
    "keyed": keyed,
    "sqlite-insert": sqlite_insert,
    "postgresql-insert": postgresql_insert,
}

if __name__ == "__main__":
    port, kind, *rest = sys.argv[1:]
    app = Starlette(routes=[Route("/bare", KINDS[kind](*rest))])
    run(app, [listen("127.0.0.1", int(port), "choose another")], ["ready"])
