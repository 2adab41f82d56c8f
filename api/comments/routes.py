"""The addresses of the talk about a title: leaves of it and its feed, and where readers write, edit, delete, report."""

import re
from contextlib import suppress
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.comments import feed, pages, setting, shown, typed, writing
from api.comments.answers import ask_first, count, forget_kept, form_again, keep_for_later
from api.comments.shown import Said
from api.comments.writing import Complaint
from api.edge import limits
from api.edge.caller import wants_html
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.made import made
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Invalid, NotFound, TooMany
from api.formats.atom import MEDIA_TYPE
from api.formats.record import WORK_PATHS, TitleRecord, kind_of
from api.shelf import queries
from api.signin.door import Router
from api.signin.reader import CurrentReader, has_session_cookie
from api.spoken import N_
from api.tables import Standing, State

router = Router()
# Who keeps it asks each time whether it has changed.
PUBLIC = {"cache-control": "public, no-cache", "vary": "Accept-Language, Cookie"}
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
KEEPS_WORDS = "what somebody typed whose session had ended is kept until they are back"
Typed = Annotated[str, Form()]


@open_to_all("looking at comments is free")
def leaf(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, after: Annotated[str, Query()] = ""
) -> Response:
    """Comments by leaves; from the second on they are older than those below the title itself."""
    mark = shown.mark_of(after) if after else None
    if after and mark is None:
        raise NotFound
    record = _title(request, portal, reader, slug)
    with portal.database.reading() as db:
        talk = shown.talk(db, record.id, record.state, reader, clock.now(), mark)
    if talk is None:
        raise NotFound
    return HTMLResponse(
        pages.leaf_page(portal, record, reader, talk, is_newest=mark is None), headers=_caching(request, portal)
    )


@open_to_all("looking at comments is free")
def one(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    """A comment with its replies, or the one that a reply is to."""
    record = _title(request, portal, reader, slug)
    said = _said(portal, record, reader, _number(number))
    with portal.database.reading() as db:
        talk = shown.thread(db, record.id, record.state, reader, clock.now(), said)
    if talk is None:
        raise NotFound
    page = pages.leaf_page(portal, record, reader, talk, is_thread=True)
    return HTMLResponse(page, headers=_caching(request, portal))


@open_to_all("the comments that everyone sees, as a feed")
def atom(request: Request, portal: ThePortal, slug: str) -> Response:
    record = _title(request, portal, None, slug)
    with portal.database.reading() as db:
        if not setting.of_title(db, record.id).is_on(record.state):
            raise NotFound
        said = feed.newest(db, record.id)
    body = feed.atom(record, said, house=portal.pages.house_name, public_url=portal.settings.public_url)
    return made(request, body, MEDIA_TYPE, {**PUBLIC, "x-robots-tag": "noindex"})


def box(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, reply: str = "") -> Response:
    """The form by itself: for a reply, and for what was typed before a sign-in."""
    assert reader is not None
    record = _title(request, portal, reader, slug)
    reply_to = _number(reply) if reply else None
    about = _about(portal, record, reader, reply_to)
    return form_again(request, portal, record, reader, about, _place(reply_to))


@open_to_all(KEEPS_WORDS)
def send(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, text: Typed = "", reply: Typed = ""
) -> Response:
    record = _title(request, portal, reader, slug)
    reply_to = _number(reply) if reply else None
    if reader is None:
        return keep_for_later(request, portal, record, _place(reply_to), text)
    try:
        with portal.database.writing() as db:
            count(limits.COMMENTS, request, portal, record, reader, db)
            comment = writing.post(db, record.id, record.state, reader, text, clock.now(), reply_to=reply_to)
            forget_kept(request, portal, db)
    except (Invalid, Conflict, TooMany, NotFound) as refusal:
        if not wants_html(request):
            raise
        about = _about(portal, record, reader, reply_to)
        return form_again(request, portal, record, reader, about, _place(reply_to), text, refusal)
    below = f"/comments/{comment.thread_id}" if comment.parent_id is not None else ""
    return RedirectResponse(f"{record.path}{below}#comment-{comment.id}", 303, headers=PRIVATE)


def edited(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    assert reader is not None
    record = _title(request, portal, reader, slug)
    said = _own(portal, record, reader, number)
    return form_again(request, portal, record, reader, said, typed.place("edit", said.id), is_edit=True)


@open_to_all(KEEPS_WORDS)
def edit(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str, text: Typed = ""
) -> Response:
    record = _title(request, portal, reader, slug)
    if reader is None:
        return keep_for_later(request, portal, record, typed.place("edit", _number(number)), text)
    said = _own(portal, record, reader, number)
    try:
        with portal.database.writing() as db:
            count(limits.COMMENTS, request, portal, record, reader, db)
            writing.edit(db, record.id, record.state, reader, said.id, text, clock.now())
            forget_kept(request, portal, db)
    except (Invalid, Conflict, TooMany) as refusal:
        if not wants_html(request):
            raise
        place = typed.place("edit", said.id)
        return form_again(request, portal, record, reader, said, place, text, refusal, is_edit=True)
    return _to(record, said)


def deletion(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    assert reader is not None
    record = _title(request, portal, reader, slug)
    return ask_first(portal, record, reader, _own(portal, record, reader, number), "deletion")


def delete(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    """Pressed twice it is one deletion."""
    assert reader is not None
    record, comment_id = _title(request, portal, reader, slug), _number(number)
    with portal.database.writing() as db, suppress(NotFound):
        writing.remove(db, record.id, reader, comment_id)
    return RedirectResponse(f"{record.path}#discussion", 303, headers=PRIVATE)


def complaint(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    assert reader is not None
    record = _title(request, portal, reader, slug)
    return ask_first(portal, record, reader, _said(portal, record, reader, _number(number)), "report")


def complain(
    request: Request,
    portal: ThePortal,
    reader: CurrentReader,
    slug: str,
    number: str,
    reason: Typed = "",
    words: Typed = "",
) -> Response:
    assert reader is not None
    record = _title(request, portal, reader, slug)
    said = _said(portal, record, reader, _number(number))
    if reason not in set(Complaint):
        return ask_first(portal, record, reader, said, "report", N_("Choose what it is that should not stand here."))
    try:
        with portal.database.writing() as db:
            count(limits.COMPLAINTS, request, portal, record, reader, db)
            writing.report(db, record.id, reader, said.id, Complaint(reason), words, clock.now())
    except Invalid as refusal:
        return ask_first(portal, record, reader, said, "report", refusal.message)
    return _to(record, said)


for base in WORK_PATHS.values():
    title = f"{base}/{{slug}}"
    router.add_api_route(f"{title}/comments.atom", atom, methods=["GET", "HEAD"])
    router.add_api_route(f"{title}/comments", leaf, methods=["GET", "HEAD"])
    router.add_api_route(f"{title}/comments", send, methods=["POST"])
    router.add_api_route(f"{title}/comments/new", box, methods=["GET"])
    router.add_api_route(f"{title}/comments/{{number}}", one, methods=["GET", "HEAD"])
    for name, asked, done in (("edit", edited, edit), ("deletion", deletion, delete), ("report", complaint, complain)):
        router.add_api_route(f"{title}/comments/{{number}}/{name}", asked, methods=["GET"])
        router.add_api_route(f"{title}/comments/{{number}}/{name}", done, methods=["POST"])


def _title(request: Request, portal: Portal, reader: Reader | None, slug: str) -> TitleRecord:
    """The title that is talked about; nobody talks about a draft."""
    with portal.database.reading() as db:
        found = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
    if found is None or found.record.state is State.DRAFT:
        raise NotFound
    return found.record


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise NotFound
    return int(text)


def _said(portal: Portal, record: TitleRecord, reader: Reader | None, comment_id: int) -> Said:
    """A comment that this reader sees. Raises NotFound."""
    with portal.database.reading() as db:
        said = shown.one(db, record.id, record.state, reader, clock.now(), comment_id)
    if said is None:
        raise NotFound
    return said


def _own(portal: Portal, record: TitleRecord, reader: Reader, number: str) -> Said:
    said = _said(portal, record, reader, _number(number))
    if not said.is_own:
        raise NotFound
    return said


def _place(reply_to: int | None) -> str:
    return typed.place("reply", reply_to) if reply_to is not None else typed.NEW


def _about(portal: Portal, record: TitleRecord, reader: Reader, comment_id: int | None) -> Said | None:
    """What a reply is to, if it is still there to reply to."""
    try:
        said = _said(portal, record, reader, comment_id) if comment_id is not None else None
    except NotFound:
        return None
    return said if said is not None and said.standing is Standing.SHOWN else None


def _to(record: TitleRecord, said: Said) -> Response:
    return RedirectResponse(f"{record.path}/comments/{said.thread_id}#comment-{said.id}", 303, headers=PRIVATE)


def _caching(request: Request, portal: Portal) -> dict[str, str]:
    return PRIVATE if has_session_cookie(request, portal.settings) else PUBLIC
