"""`/account`: who the portal thinks the reader is, and the way out. Closed, so nobody is sent to sign in."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.edge.deps import ThePortal
from api.edge.problems import PRIVATE
from api.signin.reader import CurrentReader

router = APIRouter()


@router.get("/account")
def account(portal: ThePortal, reader: CurrentReader) -> Response:
    assert reader is not None  # closed by default: nobody gets this far without a session
    provider = portal.providers.get(reader.provider)
    page = portal.pages.render(
        "account/account.html",
        reader=reader,
        here="account",
        issuer_label=provider.label if provider is not None else reader.provider,
    )
    return HTMLResponse(page, headers=PRIVATE)
