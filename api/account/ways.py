"""The addresses of `/account` where ways to sign in are connected, disconnected, proven again and merged."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from api.account import overview
from api.edge.deps import Reading, ThePortal
from api.edge.problems import PRIVATE
from api.signin import device, linking, reader
from api.signin.attempts import Errand
from api.signin.door import Router
from api.signin.merging import merge
from api.signin.next_path import safe_next
from api.signin.reader import SignedIn
from api.signin.routes import depart
from api.tables import Purpose, User

router = Router()
HERE = "/account#ways"


@router.post("/account/connections")
async def connect(request: Request, portal: ThePortal, held: SignedIn, provider: Annotated[str, Form()]) -> Response:
    """Off to another provider, to come back with another identity of the same person."""
    held.must_be_recent(HERE)
    held.must_be_strong(HERE)
    errand = Errand(Purpose.CONNECT, held.session_id, held.reader.user_id)
    return await depart(request, portal, provider, HERE, errand, strongly=held.reader.is_staff)


@router.post("/account/disconnections")
def disconnect(request: Request, portal: ThePortal, held: SignedIn, identity: Annotated[int, Form()]) -> Response:
    held.must_be_recent(HERE)
    held.must_be_strong(HERE)
    browser = device.in_words(request.headers.get("user-agent", ""))
    with portal.database.writing() as db:
        linking.disconnect(db, held.reader.user_id, identity, portal.providers.keys(), browser)
    return RedirectResponse(HERE, 303, headers=PRIVATE)


@router.get("/account/sign-in-again")
def ask_again(request: Request, portal: ThePortal, db: Reading, held: SignedIn) -> Response:
    """The reader's own providers to choose from; another person's sign-in is not taken."""
    ways = overview.ways(linking.of_user(db, held.reader.user_id), portal.providers)
    page = portal.pages.render(
        "account/again.html",
        reader=held.reader,
        here="account",
        providers=[each for each in portal.providers.values() if each.id in {way.provider for way in ways}],
        next_path=safe_next(request.query_params.get("next", "/account")),
        strong=[each.label for each in portal.providers.values() if held.reader.must_prove and each.staff_contexts],
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.post("/account/sign-in-again")
async def again(
    request: Request,
    portal: ThePortal,
    held: SignedIn,
    provider: Annotated[str, Form()],
    next_path: Annotated[str, Form(alias="next")] = "/account",
) -> Response:
    errand = Errand(Purpose.AGAIN, held.session_id, held.reader.user_id)
    works_here = held.reader.is_staff or held.reader.must_prove
    return await depart(request, portal, provider, safe_next(next_path), errand, strongly=works_here)


@router.get("/account/merge/{offer}")
def look_at_merge(portal: ThePortal, db: Reading, held: SignedIn, offer: str) -> Response:
    """What would become one, before it does."""
    found = linking.look_at_offer(db, portal.seal, held, offer)
    other = db.get_one(User, found.other_user_id)
    page = portal.pages.render(
        "account/merge.html",
        reader=held.reader,
        here="account",
        offer=offer,
        mine=overview.stock(db, db.get_one(User, found.user_id), portal.providers),
        other=overview.stock(db, other, portal.providers),
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.post("/account/merge/{offer}")
def confirm_merge(portal: ThePortal, held: SignedIn, offer: str) -> Response:
    with portal.database.writing() as db:
        secret = merge(db, portal.seal, linking.look_at_offer(db, portal.seal, held, offer))
    response = RedirectResponse(HERE, 303, headers=PRIVATE)
    reader.set_session(response, portal.settings, secret)
    return response
