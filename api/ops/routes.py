"""The operator's addresses: alive, ready, figures. They know no reader and hold no session."""

import hmac
from functools import partial

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.edge import figures
from api.edge.doors import open_to_all
from api.edge.portal import Portal, portal_of
from api.edge.seen import SELF_CHECK, TRIAL, Seen, is_marked
from api.edge.threads import Threads
from api.errors import NotFound
from api.ops.health import what_is_wrong, what_runs_short
from api.signin.reader import session_cookie

LONGEST_LOOK = 2.0  # seconds that the database and the store have to answer
LOOKS_AT_ONCE = 2  # so that probes never take the threads that readers need
NOT_KEPT = {"cache-control": "no-store"}


def add_to(app: FastAPI) -> None:
    """Plain routes: a probe has to be answered while every thread for readers is taken."""
    looks = Threads(LOOKS_AT_ONCE, "looks")

    @open_to_all("tells whether the process lives")
    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n", headers=NOT_KEPT)

    @open_to_all("tells whether the portal can do its work")
    async def ready(request: Request) -> Response:
        try:
            wrong = await looks.run(partial(what_is_wrong, portal_of(request)), LONGEST_LOOK)
        except TimeoutError:
            wrong = ["The database or the store of files does not answer."]
        if wrong:
            return PlainTextResponse("".join(f"{sentence}\n" for sentence in wrong), 503, NOT_KEPT)
        warnings = await looks.run(partial(what_runs_short, portal_of(request)), None)
        return PlainTextResponse("".join(f"{line}\n" for line in ("ready", *warnings)), headers=NOT_KEPT)

    @open_to_all("the operator's port or a token opens it; to others it is not there")
    async def metrics(request: Request) -> Response:
        portal = portal_of(request)
        if not is_operator(request, portal):
            raise NotFound
        return Response(portal.figures.text(), headers={"content-type": figures.MEDIA_TYPE, **NOT_KEPT})

    @open_to_all("a mark of the secret key opens it; to others it is not there")
    async def self_check(request: Request) -> Response:
        portal = portal_of(request)
        if not is_marked(portal.seal, request.headers.get("authorization", "")):
            raise NotFound
        answer = JSONResponse(Seen.of(request).as_json(), headers=NOT_KEPT)
        name = session_cookie(portal.settings)
        is_https = portal.settings.is_https
        answer.set_cookie(name, TRIAL, max_age=1, path="/", secure=is_https, httponly=True, samesite="lax")
        return answer

    paths = {"/healthz": alive, "/readyz": ready, "/metrics": metrics, SELF_CHECK: self_check}
    for path, endpoint in paths.items():
        app.add_route(path, endpoint, methods=["GET"])


def is_operator(request: Request, portal: Portal) -> bool:
    """Whether the figures may be shown: on the operator's own port, or to who has the token."""
    port, token = portal.settings.operator_port, portal.settings.metrics_token
    if port is not None and request.scope["server"][1] == port:
        return True
    given = request.headers.get("authorization", "")
    expected = f"Bearer {token.get_secret_value()}" if token is not None else None
    return expected is not None and hmac.compare_digest(given.encode(), expected.encode())
