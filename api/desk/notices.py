"""`/desk/titles/{slug}/notices`: an erratum or a new edition told to those who hold the title, and what came of it."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form
from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.desk.file import title_of
from api.desk.page import FOR_STAFF, TITLE, desk_page
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Invalid
from api.notices import announce, spreading
from api.notices.announce import COUNTED, LONGEST, Reach, Told
from api.notices.shown import NAMES
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import NoticeKind, Title

router = Router()
HERE = f"{TITLE}/notices"
LABELS = {"kind": N_("What it is"), "words": N_("The words")}
LISTED = 20  # notices of one title, the newest first
LONGEST_FORM = 4 * LONGEST + 8 * 1024  # bytes
Text = Annotated[str, Form()]


@dataclass
class Typed:
    """What stands in the form, what is wrong with it, and whom it would reach once that was asked."""

    kind: str = NoticeKind.ERRATUM
    words: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    status: int = 200
    reach: Reach | None = None


@router.get(HERE)
@open_to_all(FOR_STAFF)
def notices_of_title(portal: ThePortal, reader: Staff, slug: str) -> Response:
    with portal.database.reading() as db:
        return _page(portal, db, reader, title_of(db, slug), Typed())


@router.post(HERE, max_body_size=LONGEST_FORM)
@open_to_all(FOR_STAFF)
def tell(
    portal: ThePortal, reader: Staff, slug: str, kind: Text = "", words: Text = "", confirmed: Text = ""
) -> Response:
    """First whom it would reach; sent once more with that confirmed, the first of them are told and the rest follow."""
    typed = Typed(kind, words)
    try:
        if kind not in list(NoticeKind):
            raise Invalid(N_("Choose what it is."))
        if confirmed:
            _tell(portal, reader, slug, NoticeKind(kind), words)
            return RedirectResponse(HERE.format(slug=slug), 303, headers=PRIVATE)
        with portal.database.reading() as db:
            title = title_of(db, slug)
            announce.clean(words, NoticeKind(kind))
            typed.reach = announce.preview(db, title, NoticeKind(kind), has_mail=_has_mail(portal))
    except Invalid as refusal:
        typed.faults, typed.status = {"words" if kind in list(NoticeKind) else "kind": refusal.message}, 422
    except Conflict as refusal:
        typed.faults, typed.status = {"kind": refusal.message}, 409
    with portal.database.reading() as db:
        return _page(portal, db, reader, title_of(db, slug), typed)


def _tell(portal: Portal, reader: Reader, slug: str, kind: NoticeKind, words: str) -> None:
    now = clock.now()
    with portal.database.writing() as db:
        notice, is_new = announce.begin(db, title_of(db, slug), kind, words, by=reader.user_id, now=now)
        if is_new:
            spreading.spread(db, notice, has_mail=_has_mail(portal), now=now)


def _has_mail(portal: Portal) -> bool:
    return portal.settings.mail.host is not None


def _page(portal: Portal, db: Db, reader: Reader, title: Title, typed: Typed) -> Response:
    told: list[Told] = announce.told(db, id_of(title), LISTED)
    return desk_page(
        portal,
        "desk/notices.html",
        reader,
        here="titles",
        status=typed.status,
        title=title,
        kinds=[(str(kind), name) for kind, name in NAMES.items()],
        names=NAMES,
        typed=typed,
        faults=typed.faults,
        labels=LABELS,
        longest=LONGEST,
        counted=COUNTED,
        told=[(each, spreading.is_spreading(db, each.notice, clock.now())) for each in told],
        has_mail=_has_mail(portal),
    )
