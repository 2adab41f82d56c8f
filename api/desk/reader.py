"""`/desk/readers/{id}`: one reader, what they hold, and what the press does to their account."""

import re
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse
from sqlmodel import Session as Db
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.desk.page import FOR_STAFF
from api.desk.people import people_page
from api.desk.readers import HERE as READERS
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.edge.words import role_name
from api.errors import Conflict, NotFound
from api.people import acts
from api.people.dossier import MOST, dossier
from api.signin.door import Router
from api.signin.reader import Administrator, SignedIn, Staff
from api.spoken import N_
from api.tables import Role

router = Router()
HERE = f"{READERS}/{{user_id}}"
LONGEST = 300  # characters of a title's address
DONE = {
    "shut-out": N_("They are shut out. Their sessions and links have ended."),
    "let-back": N_("They may sign in again."),
    "role": N_("Their role is changed. They are signed out, and it counts when they come back."),
    "links": N_("Their links have ended."),
    "given": N_("The title is given to them."),
    "waits": N_("They are on the title’s list. It counts once the title has the rule “named readers”."),
    "taken": N_("It is taken back, and what it opened is closed."),
    "nothing": N_("That was so already; nothing has changed."),
}
ROLES = tuple((str(role), role_name(role)) for role in Role)
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def _number(user_id: str) -> int:
    """Another word than a number leads to nobody."""
    if not NUMBER.fullmatch(user_id):
        raise NotFound
    return int(user_id)


Number = Annotated[int, Depends(_number)]


@router.get(HERE)
@open_to_all(FOR_STAFF)
def one_reader(portal: ThePortal, reader: Staff, db: Reading, user_id: Number, done: str = "") -> Response:
    return _page(portal, db, reader, user_id, done=DONE.get(done, ""))


@router.post(f"{HERE}/disabling")
@open_to_all(FOR_STAFF)
def shut_out(portal: ThePortal, _reader: Administrator, held: SignedIn, user_id: Number) -> Response:
    with portal.database.writing() as db:
        has_changed = acts.shut_out(db, held, user_id, clock.now())
    return _back(user_id, "shut-out" if has_changed else "nothing")


@router.post(f"{HERE}/enabling")
@open_to_all(FOR_STAFF)
def let_back(portal: ThePortal, _reader: Administrator, held: SignedIn, user_id: Number) -> Response:
    with portal.database.writing() as db:
        has_changed = acts.let_back(db, held, user_id)
    return _back(user_id, "let-back" if has_changed else "nothing")


@router.post(f"{HERE}/role")
@open_to_all(FOR_STAFF)
def give_role(
    portal: ThePortal, _reader: Administrator, held: SignedIn, user_id: Number, role: Annotated[Role, Form()]
) -> Response:
    with portal.database.writing() as db:
        has_changed = acts.give_role(db, held, user_id, role, next_path=f"{HERE.format(user_id=user_id)}#role")
    return _back(user_id, "role" if has_changed else "nothing")


@router.post(f"{HERE}/links/revocation")
@open_to_all(FOR_STAFF)
def end_links(portal: ThePortal, reader: Staff, user_id: Number) -> Response:
    with portal.database.writing() as db:
        count = acts.end_links(db, reader.user_id, user_id, clock.now())
    return _back(user_id, "links" if count else "nothing")


@router.post(f"{HERE}/titles")
@open_to_all(FOR_STAFF)
def give_title(portal: ThePortal, reader: Staff, user_id: Number, title: Annotated[str, Form()] = "") -> Response:
    """`title` is a slug, or the address of the title's page."""
    typed = title.strip()[: LONGEST + 1]
    slug = typed.partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        with portal.database.writing() as db:
            counts = acts.give_title(db, reader.user_id, user_id, slug)
    except (Conflict, NotFound) as fault:
        if not fault.message:  # no such reader
            raise
        with portal.database.reading() as db:
            return _page(portal, db, reader, user_id, typed=typed, faults={"title": fault.message})
    return _back(user_id, "given" if counts else "waits")


@router.post(f"{HERE}/titles/revocation")
@open_to_all(FOR_STAFF)
def take_title(portal: ThePortal, reader: Staff, user_id: Number, title: Annotated[str, Form()]) -> Response:
    with portal.database.writing() as db:
        has_changed = acts.take_title(db, reader.user_id, user_id, title)
    return _back(user_id, "taken" if has_changed else "nothing")


def _page(
    portal: Portal,
    db: Db,
    reader: Reader,
    user_id: int,
    *,
    done: str = "",
    typed: str = "",
    faults: dict[str, str] | None = None,
) -> Response:
    seen = dossier(db, user_id, clock.now(), sees_all=reader.is_administrator)
    return people_page(
        portal,
        "desk/reader.html",
        reader,
        place="reader",
        status=422 if faults else 200,
        seen=seen,
        labels=portal.provider_names,
        is_oneself=seen.id == reader.user_id,
        is_named_in_settings=any(way.handle in portal.settings.admins for way in seen.ways),
        roles=ROLES,
        most=MOST,
        longest=LONGEST,
        done=done,
        typed=typed,
        faults=faults or {},
    )


def _back(user_id: int, done: str) -> Response:
    return RedirectResponse(f"{HERE.format(user_id=user_id)}?done={done}", 303, headers=PRIVATE)
