"""`/account`: who the portal thinks the reader is, and the way out. Closed, so nobody is sent to sign in."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.access import requests
from api.edge.deps import Reading, ThePortal
from api.edge.problems import PRIVATE
from api.signin.reader import CurrentReader

router = APIRouter()


@router.get("/account")
def account(portal: ThePortal, reader: CurrentReader, db: Reading) -> Response:
    assert reader is not None  # closed by default: nobody gets this far without a session
    provider = portal.providers.get(reader.provider)
    page = portal.pages.render(
        "account/account.html",
        reader=reader,
        here="account",
        own_requests=requests.requests_of(db, reader.user_id),
        open_requests=requests.open_requests(db) if reader.is_staff else [],
        issuer_label=provider.label if provider is not None else reader.provider,
    )
    return HTMLResponse(page, headers=PRIVATE)
