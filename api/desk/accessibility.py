"""`/desk/titles/{slug}/accessibility`: what was read from the file, and what only the press can say of it."""

from typing import Any

from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.desk import forms
from api.desk.file import title_of
from api.desk.forms import Sent
from api.desk.page import FOR_STAFF, TITLE, desk_page
from api.desk.record_words import NAMES
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.formats.accessibility import Source, accessibility_of
from api.formats.accessible import LONGEST_NAME, LONGEST_SUMMARY, Pictures
from api.shelf import accessibility, queries
from api.shelf.accessibility import FaultySaid, Typed
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_

router = Router()
HERE = f"{TITLE}/accessibility"
LABELS = {name: NAMES[name] for name in ("summary", "pictures", "assessed_by", "assessed_on")}
PICTURES = (
    ("", N_("Not known")),
    (Pictures.NONE, N_("None that carry meaning")),
    (Pictures.DESCRIBED, N_("Described in words")),
    (Pictures.NOT_DESCRIBED, N_("Not described in words")),
)


@router.get(HERE)
@open_to_all(FOR_STAFF)
def accessibility_of_title(portal: ThePortal, reader: Staff, slug: str) -> Response:
    with portal.database.reading() as db:
        return _page(portal, db, reader, slug)


@router.post(HERE)
@open_to_all(FOR_STAFF)
def say(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    typed = Typed(
        forms.text(form, "summary"),
        forms.text(form, "pictures"),
        bool(forms.text(form, "no_hazards")),
        bool(forms.text(form, "reading_order")),
        forms.text(form, "assessed_by"),
        forms.text(form, "assessed_on").strip(),
    )
    try:
        with portal.database.writing() as db:
            accessibility.say(db, slug, typed, reader.user_id)
    except FaultySaid as refusal:
        with portal.database.reading() as db:
            return _page(portal, db, reader, slug, typed, refusal.faults)
    return RedirectResponse(HERE.format(slug=slug), 303, headers=PRIVATE)


def _page(
    portal: Portal, db: Db, reader: Reader, slug: str, typed: Typed | None = None, faults: dict[str, str] | None = None
) -> Response:
    title = title_of(db, slug)
    shelved = queries.find_by_id(db, id_of(title), reader, clock.now())
    assert shelved is not None  # staff see every title
    known = accessibility_of(shelved.record)
    context: dict[str, Any] = {
        "title": title,
        "known": known,
        "of_file": [fact for fact in known.facts if fact.source is Source.FILE] if known is not None else [],
        "typed": typed or accessibility.typed_of(shelved.record.said),
        "faults": faults or {},
        "labels": LABELS,
        "pictures": PICTURES,
        "longest_summary": LONGEST_SUMMARY,
        "longest_name": LONGEST_NAME,
    }
    status = 422 if faults else 200
    return desk_page(portal, "desk/accessibility.html", reader, here="titles", status=status, **context)
