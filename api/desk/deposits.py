"""`/desk/deposits`: how the press's own DOIs stand at Crossref; a title's deposit looked at, sent, and sent again."""

from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.deposits import listed, preparing
from api.deposits.registrar import registrar_of
from api.desk.file import title_of
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Invalid
from api.formats.record import WORK_PATHS
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import DepositState, Kind

router = Router()
HERE = f"{DESK}/deposits"
LEAF = 50  # titles
LISTED = 10  # deposits of one title, the newest first
NAMES = {
    DepositState.WAITING: N_("Queued"),
    DepositState.SENDING: N_("Being sent"),
    DepositState.SENT: N_("Sent, no report yet"),
    DepositState.REGISTERED: N_("Registered"),
    DepositState.REFUSED: N_("Refused"),
    DepositState.GIVEN_UP: N_("Given up"),
}


@router.get(HERE)
@open_to_all(FOR_STAFF)
def deposits(portal: ThePortal, reader: Staff, db: Reading, before: int | None = None) -> Response:
    found = listed.standings(db, LEAF + 1, before)
    return desk_page(
        portal,
        "desk/deposits.html",
        reader,
        here="deposits",
        standings=found[:LEAF],
        last=found[LEAF - 1].title.id if len(found) > LEAF else None,
        is_first=before is None,
        names=NAMES,
        in_words=listed.in_words,
        can_send=registrar_of(portal.settings).can_send,
        is_trial=_is_trial(portal),
    )


@router.get(f"{HERE}/{{slug}}")
@open_to_all(FOR_STAFF)
def deposits_of_title(portal: ThePortal, reader: Staff, slug: str) -> Response:
    return _page(portal, reader, slug)


@router.post(f"{HERE}/{{slug}}")
@open_to_all(FOR_STAFF)
def send(portal: ThePortal, reader: Staff, slug: str) -> Response:
    """Put the title in line; what a first press of the button has put there is made anew by a second."""
    registrar = registrar_of(portal.settings)
    try:
        if not registrar.can_send:
            raise Conflict(N_("There is no account at Crossref, so nothing can be sent."))
        with portal.database.writing() as db:
            preparing.queue(db, registrar, id_of(title_of(db, slug)), reader.user_id, clock.now())
    except Invalid as refusal:
        return _page(portal, reader, slug, fault=refusal.message, status=422)
    except Conflict as refusal:
        return _page(portal, reader, slug, fault=refusal.message, status=409)
    return RedirectResponse(f"{HERE}/{slug}", 303, headers=PRIVATE)


def _page(portal: Portal, reader: Reader, slug: str, *, fault: str | None = None, status: int = 200) -> Response:
    registrar = registrar_of(portal.settings)
    with portal.database.reading() as db:
        title = title_of(db, slug)
        page = desk_page(
            portal,
            "desk/deposit.html",
            reader,
            here="deposits",
            title=title,
            path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
            prepared=preparing.prepare(db, registrar, id_of(title), clock.now()),
            deposits=listed.of_title(db, id_of(title), LISTED),
            names=NAMES,
            in_words=listed.in_words,
            on_its_way=preparing.ON_ITS_WAY,
            can_send=registrar.can_send,
            is_trial=_is_trial(portal),
            fault=fault,
        )
    page.status_code = status
    return page


def _is_trial(portal: Portal) -> bool:
    return portal.settings.crossref.address == "https://test.crossref.org"
