"""`/desk/titles/{slug}/comments`: whether a title has comments, when they are read and end, and who bears a mark."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.comments import setting
from api.comments.setting import Setting
from api.desk import forms
from api.desk.file import title_of
from api.desk.forms import Sent
from api.desk.page import FOR_STAFF, TITLE, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Moderation, Part

router = Router()
HERE = f"{TITLE}/comments"
LABELS = {
    "moderation": N_("Comments"),
    "close_on": N_("Closing day"),
    "close_at": N_("Time, in UTC"),
    "handle": N_("Handle"),
    "part": N_("Mark"),
}
MODERATIONS = (
    (Moderation.BEFORE, N_("The press reads them before they are shown")),
    (Moderation.AFTER, N_("They are shown at once, and read afterwards")),
    (Moderation.OFF, N_("None: the page has no discussion")),
)
PARTS = ((Part.AUTHOR, N_("Author of this title")), (Part.EDITOR, N_("Editor of this title")))


@dataclass
class Typed:
    """What was typed into one of the two forms, and what is wrong with it."""

    setting: dict[str, str] = field(default_factory=dict)
    mark: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


@router.get(HERE)
@open_to_all(FOR_STAFF)
def comments_of_title(portal: ThePortal, reader: Staff, db: Reading, slug: str, saved: str = "") -> Response:
    return _page(portal, db, reader, slug, Typed(), is_saved=bool(saved))


@router.post(HERE)
@open_to_all(FOR_STAFF)
def change(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    typed = Typed(setting={name: forms.text(form, name) for name in ("moderation", "close_on", "close_at")})
    wanted = _read(typed)
    with portal.database.writing() as db:
        if wanted is None:
            return _page(portal, db, reader, slug, typed)
        setting.change(db, title_of(db, slug), wanted, reader.user_id)
    return _back(slug)


@router.post(f"{HERE}/marks")
@open_to_all(FOR_STAFF)
def mark(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    typed = Typed(mark={name: forms.text(form, name) for name in ("handle", "part")})
    try:
        if typed.mark["part"] not in set(Part):
            raise Invalid(N_("Choose a mark."))
        with portal.database.writing() as db:
            setting.mark(db, title_of(db, slug), typed.mark["handle"], Part(typed.mark["part"]), reader.user_id)
    except Invalid as refusal:
        typed.faults["handle"] = refusal.message
        with portal.database.reading() as db:
            return _page(portal, db, reader, slug, typed)
    return _back(slug)


@router.post(f"{HERE}/marks/{{mark_id}}/removal")
@open_to_all(FOR_STAFF)
def unmark(portal: ThePortal, reader: Staff, slug: str, mark_id: int) -> Response:
    with portal.database.writing() as db:
        setting.unmark(db, title_of(db, slug), mark_id, reader.user_id)
    return _back(slug)


def _read(typed: Typed) -> Setting | None:
    """What the form asks for, or None with the faults written down."""
    moderation, day, time = (typed.setting[name].strip() for name in ("moderation", "close_on", "close_at"))
    if moderation not in set(Moderation):
        typed.faults["moderation"] = N_("Choose one of the three.")
    closes_at = None
    if day or time:
        try:
            closes_at = datetime.fromisoformat(f"{day}T{time or '00:00'}").replace(tzinfo=UTC)
        except ValueError:
            typed.faults["close_on"] = N_("Write a day like 2027-03-01, and a time like 17:00 or none.")
    return Setting(Moderation(moderation), closes_at) if not typed.faults else None


def _page(portal: Portal, db: Db, reader: Reader, slug: str, typed: Typed, *, is_saved: bool = False) -> Response:
    title = title_of(db, slug)
    stands = setting.of_title(db, id_of(title))
    as_is = {
        "moderation": stands.moderation,
        "close_on": f"{stands.closes_at:%Y-%m-%d}" if stands.closes_at is not None else "",
        "close_at": f"{stands.closes_at:%H:%M}" if stands.closes_at is not None else "",
    }
    page = desk_page(
        portal,
        "desk/title_comments.html",
        reader,
        here="titles",
        title=title,
        typed=as_is | typed.setting,
        typed_mark={"handle": "", "part": Part.AUTHOR} | typed.mark,
        faults=typed.faults,
        labels=LABELS,
        moderations=MODERATIONS,
        parts=PARTS,
        marked=setting.marked(db, id_of(title)),
        is_saved=is_saved,
        now=clock.now(),
    )
    page.status_code = 422 if typed.faults else 200
    return page


def _back(slug: str) -> Response:
    return RedirectResponse(f"{HERE.format(slug=slug)}?saved=1", 303, headers=PRIVATE)
