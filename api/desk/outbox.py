"""`/desk/outbox`: the mails of the last months with their state, by number of account and never with an address."""

from starlette.responses import Response

from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.errors import NotFound
from api.notices import faults, outbox
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import MailState

router = Router()
LEAF = 50  # mails on one leaf
COUNTED = 1000  # mails of a state that are counted; beyond, the page says more than that
NAMES = {
    MailState.WAITING: N_("Waiting"),
    MailState.SENDING: N_("Being sent"),
    MailState.SENT: N_("Sent"),
    MailState.GIVEN_UP: N_("Given up"),
}


@router.get(f"{DESK}/outbox")
@open_to_all(FOR_STAFF)
def mails(
    portal: ThePortal, reader: Staff, db: Reading, state: str | None = None, before: int | None = None
) -> Response:
    if state and state not in list(MailState):
        raise NotFound
    found = outbox.listed(db, state or None, LEAF + 1, before)
    return desk_page(
        portal,
        "desk/outbox.html",
        reader,
        here="outbox",
        mails=found[:LEAF],
        last=found[LEAF - 1].id if len(found) > LEAF else None,
        counts=outbox.counts_up_to(db, COUNTED),
        counted=COUNTED,
        names=NAMES,
        in_words=faults.in_words,
        state=state or "",
        is_first=before is None,
        has_mail=portal.settings.mail.host is not None,
    )
