"""Where a reader says that notices are read and whether mail is wanted; and the way out that every mail names."""

from typing import Annotated, Literal

from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api import clock
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.problems import PRIVATE
from api.notices import choice, shown, summaries
from api.signin.door import Router
from api.signin.reader import SignedIn

router = Router()
HERE = "/account#notices"


@router.post("/account/notices/seen")
def seen(portal: ThePortal, held: SignedIn, up_to: Annotated[int, Form(ge=1, le=choice.LARGEST_ID)]) -> Response:
    with portal.database.writing() as db:
        shown.mark_seen(db, held.reader.user_id, up_to, clock.now())
    return RedirectResponse(HERE, 303, headers=PRIVATE)


@router.post("/account/mail")
def mail(portal: ThePortal, held: SignedIn, notices: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """The reader's own choice whether notices also come by mail."""
    with portal.database.writing() as db:
        if notices == "yes":
            choice.allow(db, held.reader.user_id, clock.now())
        else:
            choice.stop(db, held.reader.user_id)
    return RedirectResponse(HERE, 303, headers=PRIVATE)


@router.get(f"{choice.PAGE}/{{token}}")
@open_to_all("who gets a mail can end them without signing in")
def ask_to_unsubscribe(portal: ThePortal, db: Reading, token: str) -> Response:
    """Programs that look at links must not end anything, so a person presses a button."""
    choice.user_of_way_out(db, portal.seal, token)
    return HTMLResponse(portal.pages.render("notices/unsubscribe.html", is_done=False), headers=PRIVATE)


@router.post(f"{choice.PAGE}/{{token}}")
@open_to_all("who gets a mail can end them without signing in")
def unsubscribe(portal: ThePortal, token: str) -> Response:
    """For the button, and for a mail program's own (RFC 8058), which sends no cookie and follows no redirect."""
    with portal.database.writing() as db:
        user = choice.user_of_way_out(db, portal.seal, token)
        assert user.id is not None
        choice.stop(db, user.id)
        summaries.choose(db, user.id, False)
    return HTMLResponse(portal.pages.render("notices/unsubscribe.html", is_done=True), headers=PRIVATE)
