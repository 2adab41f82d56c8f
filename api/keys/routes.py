"""`/account/keys`: a reader's access keys, made, shown once and revoked. Closed, and a key alone opens nothing here."""

from typing import Annotated

from fastapi import Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session as Db
from starlette.responses import Response

from api import clock
from api.access import keys
from api.access.keys import Made
from api.access.policy import Reader
from api.edge.deps import Reading, ThePortal, Writing
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Denied, Invalid
from api.signin.door import Router
from api.signin.reader import CurrentReader, SignedIn
from api.spoken import N_
from api.tables import KeyScope

router = Router()
HERE = keys.PAGE
LARGEST_ID = 2**31 - 1
LIVES = (30, keys.LIFE, 180, keys.LONGEST_LIFE)  # days


@router.get(HERE)
def overview(portal: ThePortal, db: Reading, reader: CurrentReader) -> Response:
    return _page(portal, db, reader)


@router.post(HERE)
def make(
    portal: ThePortal,
    db: Writing,
    held: SignedIn,
    name: Annotated[str, Form()] = "",
    days: Annotated[int, Form()] = keys.LIFE,
    purpose: Annotated[str, Form()] = KeyScope.API,
) -> Response:
    """A new key, after a recent sign-in. The page is the answer itself: only a digest is kept to show later.

    `purpose` is `api`, `e-reader`, `reports`, or `reports:` and the short name of a librarian's own institution.
    """
    held.must_be_recent(HERE)
    reader, (scope, _, institution) = held.reader, purpose.partition(":")
    if scope not in list(KeyScope) or (scope != KeyScope.REPORTS and institution):
        raise Invalid(N_("A key is for titles and links, for an e-reader, or for reports."), **keys.NONE_MADE)
    whose = institution or None
    if scope == KeyScope.REPORTS and whose not in keys.reports_of(db, reader):
        raise Denied(N_("Keys for reports are for librarians of an institution, and for the press."))
    made = keys.make(db, portal.seal, reader.user_id, name, days, clock.now(), KeyScope(scope), whose)
    return _page(portal, db, reader, made)


@router.post(f"{HERE}/{{key_id}}/revocation")
def revoke(db: Writing, reader: CurrentReader, key_id: Annotated[int, Path(le=LARGEST_ID)]) -> Response:
    assert reader is not None  # closed by default
    keys.revoke(db, reader.user_id, key_id)
    return RedirectResponse(HERE, 303, headers=PRIVATE)


def _page(portal: Portal, db: Db, reader: Reader | None, made: Made | None = None) -> Response:
    assert reader is not None  # closed by default
    page = portal.pages.render(
        "keys/keys.html",
        reader=reader,
        here="account",
        keys=keys.of_user(db, reader.user_id),
        made=made,
        reports_of=keys.reports_of(db, reader),
        now=clock.now(),
        lives=LIVES,
        usual_life=keys.LIFE,
        longest_name=keys.LONGEST_NAME,
        at_most=keys.AT_MOST,
        feed_address=f"{portal.settings.public_url}/opds",
        titles_address=f"{portal.settings.public_url}/api/v1/titles",
    )
    return HTMLResponse(page, headers=PRIVATE)
