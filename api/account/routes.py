"""`/account`: who the portal thinks the reader is, what it keeps, and the ways out. Closed to nobody but nobody."""

import json
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from api import clock
from api.access import librarians, requests
from api.account import closure, overview, speech
from api.account.kept import KEPT
from api.account.takeout import takeout
from api.admission import copies
from api.comments import taking
from api.edge.deps import Reading, ThePortal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.notices import shown
from api.shelf import holdings, reading_places
from api.signin import linking, reader, sessions
from api.signin.door import Router
from api.signin.next_path import safe_next
from api.signin.reader import SignedIn
from api.spoken import N_
from api.tables import User

router = Router()
HERE = "/account"
WORD = "DELETE"


@router.get("/account")
def account(portal: ThePortal, db: Reading, held: SignedIn) -> Response:
    who = held.reader
    user = db.get_one(User, who.user_id)
    if user.closing_at is not None:
        return RedirectResponse("/account/closure", 303, headers=PRIVATE)
    ways = overview.ways(linking.of_user(db, who.user_id), portal.providers)
    connected = {way.provider for way in ways}
    page = portal.pages.render(
        "account/account.html",
        reader=who,
        here="account",
        libraries=librarians.of_reader(db, who.user_id),
        own_requests=requests.requests_of(db, who.user_id),
        own_copies=copies.of_user(db, who.user_id),
        email=user.email,
        issuer_label=overview.label_of(who.provider, portal.providers),
        notices=shown.of_user(db, who.user_id),
        by_mail=shown.by_mail(db, who.user_id),
        mail_is_set_up=portal.settings.mail.host is not None,
        titles=overview.titles(db, who, clock.now()),
        places=overview.places(db, who, clock.now()),
        sessions=sessions.of_user(db, who.user_id),
        this_session=held.session_id,
        can_sign_out_there=getattr(portal.providers.get(who.provider), "can_sign_out", False),
        ways=ways,
        others=[each for each in portal.providers.values() if each.id not in connected],
        log=overview.log_lines(db, who.user_id, portal.providers),
        kept=KEPT,
        word=WORD,
        has_comments=taking.has_comments(db, who.user_id),
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.post("/account/removals")
def remove_title(portal: ThePortal, held: SignedIn, title: Annotated[int, Form()]) -> Response:
    """Take a title off the reader's own list."""
    with portal.database.writing() as db:
        holdings.remove(db, held.reader.user_id, title)
    return RedirectResponse(HERE, 303, headers=PRIVATE)


@router.post("/account/places")
def forget_place(portal: ThePortal, held: SignedIn, title: Annotated[int, Form()]) -> Response:
    """Forget the page at which the reader stopped."""
    with portal.database.writing() as db:
        reading_places.forget(db, held.reader.user_id, title)
    return RedirectResponse(f"{HERE}#reading", 303, headers=PRIVATE)


@router.post("/account/language")
def choose_language(portal: ThePortal, held: SignedIn, tag: Annotated[str, Form()] = "") -> Response:
    with portal.database.writing() as db:
        speech.choose(db, held.reader.user_id, tag, portal.pages.offered)
    return RedirectResponse(f"{HERE}#language", 303, headers=PRIVATE)


@router.post("/account/sign-outs")
def sign_outs(portal: ThePortal, held: SignedIn, session: Annotated[str, Form()]) -> Response:
    """End one session by its number, the `others`, or `all`."""
    user_id, is_many = held.reader.user_id, session in ("others", "all")
    if not is_many and not (session.isascii() and session.isdigit() and len(session) < 19):
        raise Invalid(N_("No session was named."))
    with portal.database.writing() as db:
        if is_many:
            sessions.end_all(db, user_id, but=held.session_id if session == "others" else None)
        else:
            sessions.end_one(db, user_id, int(session))
    if session not in ("all", str(held.session_id)):
        return RedirectResponse(f"{HERE}#sessions", 303, headers=PRIVATE)
    response = RedirectResponse("/", 303, headers=PRIVATE)
    reader.clear(response, portal.settings)
    return response


@router.get("/account/export.json")
def export(db: Reading, held: SignedIn) -> Response:
    held.must_be_recent(HERE)
    everything = json.dumps(takeout(db, held.reader.user_id, clock.now()), ensure_ascii=False, indent=2)
    name = {"Content-Disposition": 'attachment; filename="gatefold-account.json"'}
    return Response(everything, media_type="application/json", headers=PRIVATE | name)


@router.post("/account/closure")
def close(
    portal: ThePortal, held: SignedIn, confirm: Annotated[str, Form()] = "", comments: Annotated[str, Form()] = ""
) -> Response:
    """Begin the seven days. The page is the answer itself: the reader is signed out, so no later page could say it."""
    held.must_be_recent(f"{HERE}#delete")
    if confirm.strip().upper() != WORD:
        raise Invalid(
            N_("Type {word} into the field, so that this can’t happen by a slip.", word=WORD),
            heading=N_("Nothing was deleted"),
            way_on=(f"{HERE}#delete", N_("Back to your account")),
        )
    with portal.database.writing() as db:
        closing_at = closure.close(db, held.reader.user_id, clock.now(), comments_stay=comments == "keep")
    page = portal.pages.render("account/closing.html", closing_at=closing_at)
    response = HTMLResponse(page, headers=PRIVATE)
    reader.clear(response, portal.settings)
    return response


@router.get("/account/closure")
def closing(portal: ThePortal, db: Reading, held: SignedIn, request: Request) -> Response:
    """What someone sees who signs in while their account is closing."""
    user = db.get_one(User, held.reader.user_id)
    next_path = safe_next(request.query_params.get("next", HERE))
    if user.closing_at is None:
        return RedirectResponse(next_path, 303, headers=PRIVATE)
    page = portal.pages.render(
        "account/reopen.html", reader=held.reader, here="account", closing_at=user.closing_at, next_path=next_path
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.post("/account/reopening")
def reopen(portal: ThePortal, held: SignedIn, next_path: Annotated[str, Form(alias="next")] = HERE) -> Response:
    """Undo the closing and go on to where the reader wanted to be."""
    with portal.database.writing() as db:
        closure.reopen(db, held.reader.user_id, clock.now())
    return RedirectResponse(safe_next(next_path), 303, headers=PRIVATE)
