"""The addresses for harvesters."""

from urllib.parse import parse_qsl

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import clock
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.formats.whom import mail_of
from api.harvest.oai import Provider
from api.signin.door import Router

router = Router()
MOST_ARGUMENTS = 20
FORM = "application/x-www-form-urlencoded"
NOT_A_PAGE = {"x-robots-tag": "noindex"}
Pairs = list[tuple[str, str]]


@open_to_all("harvesters copy what is public of every title")
async def oai(request: Request, portal: ThePortal) -> Response:
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        said = await request.body() if kind == FORM else b""
    else:
        said = request.scope["query_string"]
    body = await run_in_threadpool(_answer, portal, _pairs(said))
    return Response(body, media_type="text/xml; charset=utf-8", headers={"cache-control": "no-cache", **NOT_A_PAGE})


def _pairs(said: bytes) -> Pairs:
    """Names and values. Too many of them are none, and that is an error of the protocol's too."""
    try:
        return parse_qsl(
            said.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_ARGUMENTS, errors="replace"
        )
    except ValueError:
        return []


def _answer(portal: Portal, pairs: Pairs) -> bytes:
    with portal.database.reading() as db:
        settings = portal.settings
        return Provider(
            db, portal.seal, settings.public_url, portal.pages.house_name, mail_of(settings), clock.now()
        ).answer(pairs)


router.add_api_route("/oai", oai, methods=["GET", "HEAD", "POST"])
