"""`/opds/sign-in`: the page where a reader lets an e-reader read in their name, and the way back into the e-reader.

The e-reader gets an access key of its own, which stands among the reader's keys and is revoked there.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api import clock
from api.access import keys
from api.edge.deps import ThePortal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.formats.opds_authentication import SIGN_IN, document_id
from api.signin.door import Router
from api.signin.reader import SignedIn
from api.spoken import N_
from api.tables import KeyScope

router = Router()
BACK = "opds://authorize/"  # the only way back there is, into the e-reader itself
ITS_NAME = N_("E-reader, by sign-in")
LONGEST_STATE = 500  # characters
State = Annotated[str, Query(max_length=LONGEST_STATE)]


@router.get(SIGN_IN)
def ask(
    portal: ThePortal,
    held: SignedIn,
    redirect_uri: Annotated[str, Query(max_length=200)] = BACK,
    response_type: Annotated[str, Query(max_length=50)] = "token",
    state: State = "",
) -> Response:
    """The page that says what the e-reader will be able to do."""
    if response_type != "token" or redirect_uri.rstrip("/") != BACK.rstrip("/"):
        raise Invalid(N_("Only an e-reader that is to be found at {address} can be let in here.", address=BACK))
    held.must_be_recent(_again(state))
    page = portal.pages.render(
        "opds/sign-in.html", reader=held.reader, here="", state=state, life=keys.LIFE, keys_page=keys.PAGE
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.post(SIGN_IN)
def let_in(portal: ThePortal, held: SignedIn, state: Annotated[str, Form(max_length=LONGEST_STATE)] = "") -> Response:
    """A fresh key, handed to the e-reader by the address that leads back to it."""
    held.must_be_recent(_again(state))
    with portal.database.writing() as db:
        made = keys.make(
            db, portal.seal, held.reader.user_id, ITS_NAME.told(), keys.LIFE, clock.now(), scope=KeyScope.E_READER
        )
    told = {
        "id": document_id(portal.settings.public_url),
        "access_token": made.secret,
        "token_type": "bearer",
        "expires_in": str(keys.LIFE * 24 * 60 * 60),
        **({"state": state} if state else {}),
    }
    return RedirectResponse(f"{BACK}?{urlencode(told)}", 303, headers=PRIVATE)


def _again(state: str) -> str:
    return f"{SIGN_IN}?{urlencode({'state': state})}" if state else SIGN_IN
