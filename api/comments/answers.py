"""How the forms of a talk answer: shown again with what was typed, kept over a sign-in, or asked once more."""

from math import ceil

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session as Db
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.comments import pages, setting, typed
from api.comments.pages import Form
from api.comments.shown import Said, Talk
from api.edge import limits
from api.edge.caller import wants_html
from api.edge.limits import Limit
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, NotFound, Refusal, SignInNeeded, TooMany
from api.formats.record import TitleRecord
from api.seal import new_secret
from api.signin import reader as cookies
from api.signin.next_path import sign_in_url
from api.spoken import N_
from api.spoken import Said as Sentence


def form_again(
    request: Request,
    portal: Portal,
    record: TitleRecord,
    reader: Reader,
    about: Said | None,
    place: str,
    text: str = "",
    refusal: Refusal | None = None,
    *,
    is_edit: bool = False,
) -> Response:
    """The form with what was typed: just now and refused, before a sign-in, or when the comment was sent.

    `place` is the form's name; one for a reply stays where what it replies to is gone.
    """
    kind = "edit" if is_edit else "reply" if about is not None else "new"
    secret, now = cookies.typed_secret(request, portal.settings), clock.now()
    with portal.database.reading() as db:
        stands = setting.of_title(db, record.id)
        kept = typed.find(db, portal.seal, secret, record.id, place, now) if refusal is None else None
    if not stands.is_on(record.state):
        raise NotFound
    talk = Talk(stands, stands.takes(record.state, now), ())
    form = Form(
        kind=kind,
        action=f"{record.path}/comments/{about.id}/edit" if is_edit and about else f"{record.path}/comments",
        typed=text if refusal is not None else kept or (about.source if is_edit and about is not None else ""),
        fault=_fault(refusal) if refusal is not None else None,
        about=about,
        is_given_back=kept is not None,
    )
    headers, status = dict(PRIVATE), 200
    if isinstance(refusal, TooMany):
        headers["retry-after"], status = str(max(1, ceil((refusal.until - now).total_seconds()))), 429
    elif refusal is not None:
        status = 422 if isinstance(refusal, Invalid) else 409
    return HTMLResponse(pages.form_page(portal, record, reader, talk, form), status, headers=headers)


def _fault(refusal: Refusal) -> str:
    if isinstance(refusal, NotFound):
        return N_("What you reply to is not there any more. Sent from here, it is a comment of its own.")
    if refusal.heading:
        return Sentence("{heading}. {message}", heading=refusal.heading, message=refusal.message)
    return refusal.message


def ask_first(
    portal: Portal, record: TitleRecord, reader: Reader, said: Said, question: str, fault: str | None = None
) -> Response:
    page = pages.question_page(portal, record, reader, said, question, fault)
    return HTMLResponse(page, 422 if fault else 200, headers=PRIVATE)


def keep_for_later(request: Request, portal: Portal, record: TitleRecord, place: str, text: str) -> Response:
    """To the sign-in, and from there back to the form with what was typed."""
    if not wants_html(request):
        raise SignInNeeded
    secret = cookies.typed_secret(request, portal.settings) or new_secret()
    with portal.database.writing() as db:
        if not setting.of_title(db, record.id).is_on(record.state):
            raise NotFound
        limits.count(db, portal.seal, limits.TYPED_COMMENTS, network=network_of(request))
        typed.keep(db, portal.seal, secret, record.id, place, text, clock.now())
    kind, _, number = place.partition(" ")
    form = f"{number}/edit" if kind == "edit" else f"new?reply={number}" if number else "new"
    come_back_to = f"{record.path}/comments/{form}"
    response = RedirectResponse(sign_in_url(come_back_to), 303, headers=PRIVATE)
    cookies.set_typed(response, portal.settings, secret, int(typed.KEPT.total_seconds()))
    return response


def forget_kept(request: Request, portal: Portal, db: Db) -> None:
    secret = cookies.typed_secret(request, portal.settings)
    if secret is not None:
        typed.forget(db, portal.seal, secret)


def count(
    held: tuple[Limit, ...], request: Request, portal: Portal, record: TitleRecord, reader: Reader, db: Db
) -> None:
    way_on = (record.path, N_("See the title"))
    network = network_of(request)
    limits.count(db, portal.seal, held, network=network, account=reader.user_id, way_on=way_on)
