"""`/desk/copies`: readers who need an accessible copy of a title, and the press's answer to each."""

from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.admission import copies
from api.admission.copies import FaultyReply, Reply
from api.desk import forms
from api.desk.forms import Id, Sent, mark
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import CopyAnswer

router = Router()
HERE = f"{DESK}/copies"
LABELS = {"answer": N_("The answer"), "words": N_("Words to the reader"), "address": N_("Where the copy is")}
ANSWERS = (
    ("", N_("Choose")),
    (CopyAnswer.GIVEN, N_("Here is a copy, or it is on its way")),
    (CopyAnswer.OTHERWISE, N_("Something else that helps")),
    (CopyAnswer.NOT_POSSIBLE, N_("It is not possible")),
)


@router.get(HERE)
@open_to_all(FOR_STAFF)
def waiting(portal: ThePortal, reader: Staff, db: Reading, after: str = "") -> Response:
    before = mark(after) or 0
    found, last = copies.waiting(db, before)
    return desk_page(
        portal,
        "desk/copies.html",
        reader,
        here="copies",
        requests=found,
        last=last,
        is_first=not after,
        answered=[] if after else copies.answered(db),
        answers=dict(ANSWERS),
    )


@router.get(f"{HERE}/{{request_id}}")
@open_to_all(FOR_STAFF)
def request_of_reader(portal: ThePortal, reader: Staff, db: Reading, request_id: Id) -> Response:
    asked = copies.one(db, request_id)
    return _page(portal, db, reader, request_id, Reply(asked.answer or "", asked.reply, asked.address or ""), {})


@router.post(f"{HERE}/{{request_id}}")
@open_to_all(FOR_STAFF)
def answer(portal: ThePortal, reader: Staff, form: Sent, request_id: Id) -> Response:
    reply = Reply(forms.text(form, "answer"), forms.text(form, "words"), forms.text(form, "address"))
    has_mail = portal.settings.mail.host is not None
    try:
        with portal.database.writing() as db:
            copies.answer(db, request_id, reply, by=reader.user_id, has_mail=has_mail, now=clock.now())
    except FaultyReply as refusal:
        with portal.database.reading() as db:
            return _page(portal, db, reader, request_id, reply, refusal.faults)
    return RedirectResponse(HERE, 303, headers=PRIVATE)


def _page(portal: Portal, db: Db, reader: Reader, request_id: int, reply: Reply, faults: dict[str, str]) -> Response:
    return desk_page(
        portal,
        "desk/copy.html",
        reader,
        here="copies",
        status=422 if faults else 200,
        asked=copies.one(db, request_id),
        typed=reply,
        faults=faults,
        labels=LABELS,
        answers=ANSWERS,
        longest=copies.LONGEST_REPLY,
        longest_address=copies.LONGEST_ADDRESS,
    )
