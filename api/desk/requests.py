"""`/desk/requests`: readers who ask to be let in, of all titles or one, and the press's answer by one press."""

from contextlib import suppress

from starlette.responses import RedirectResponse, Response

from api import clock
from api.access import requests
from api.access.policy import Reader
from api.access.requests import DecidedAlready
from api.desk import forms
from api.desk.file import title_of
from api.desk.forms import Id, Sent, mark
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff

router = Router()
HERE = f"{DESK}/requests"


@router.get(HERE)
@open_to_all(FOR_STAFF)
def waiting(portal: ThePortal, reader: Staff, db: Reading, title: str = "", after: str = "") -> Response:
    before = mark(after) or 0
    only = title_of(db, title) if title else None
    found, last = requests.open_leaf(db, title_id=id_of(only) if only is not None else None, after=before)
    return desk_page(
        portal,
        "desk/requests.html",
        reader,
        here="requests",
        requests=found,
        only=only,
        last=last,
        is_first=not after,
    )


@router.post(f"{HERE}/{{request_id}}/approval")
@open_to_all(FOR_STAFF)
def approve(portal: ThePortal, reader: Staff, form: Sent, request_id: Id) -> Response:
    return _answered(portal, reader, request_id, forms.text(form, "title"), is_yes=True)


@router.post(f"{HERE}/{{request_id}}/refusal")
@open_to_all(FOR_STAFF)
def refuse(portal: ThePortal, reader: Staff, form: Sent, request_id: Id) -> Response:
    return _answered(portal, reader, request_id, forms.text(form, "title"), is_yes=False)


def _answered(portal: Portal, reader: Reader, request_id: int, slug: str, *, is_yes: bool) -> Response:
    """Back to the list that the button stood on. Pressed twice it is one answer."""
    answer = requests.approve if is_yes else requests.refuse
    with portal.database.writing() as db:
        with suppress(DecidedAlready):
            answer(db, request_id, clock.now(), reader.user_id)
        only = title_of(db, slug) if slug else None
    return RedirectResponse(f"{HERE}?title={only.slug}" if only is not None else HERE, 303, headers=PRIVATE)
