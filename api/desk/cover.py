"""`/desk/titles/{slug}/cover`: the cover as it is, and a picture of one's own in its place."""

from typing import Annotated

from fastapi import Form, UploadFile
from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api.access.policy import Reader
from api.desk.file import title_of
from api.desk.page import FOR_STAFF, TITLE, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.intake.pictures import LARGEST, drawn
from api.shelf import covers
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_

router = Router()
HERE = f"{TITLE}/cover"
AROUND = 16 * 1024  # bytes that a form has beside its file
LABELS = {"picture": N_("Picture")}


@router.get(HERE)
@open_to_all(FOR_STAFF)
def cover_of_title(portal: ThePortal, reader: Staff, db: Reading, slug: str) -> Response:
    return _page(portal, db, reader, slug, {})


@router.post(HERE, max_body_size=LARGEST + AROUND)
@open_to_all(FOR_STAFF)
def save_cover(
    portal: ThePortal,
    reader: Staff,
    slug: str,
    picture: UploadFile | None = None,
    away: Annotated[str, Form()] = "",
) -> Response:
    with portal.database.reading() as db:
        title_of(db, slug)
    try:
        if away:
            with portal.database.writing() as db:
                covers.take_away(db, slug, reader.user_id)
        else:
            _choose(portal, reader, slug, picture.file.read() if picture is not None else b"")
    except Invalid as fault:
        with portal.database.reading() as db:
            return _page(portal, db, reader, slug, {"picture": fault.message})
    return RedirectResponse(HERE.format(slug=slug), 303, headers=PRIVATE)


def _choose(portal: Portal, reader: Reader, slug: str, given: bytes) -> None:
    if not given:
        raise Invalid(N_("Choose a picture first."))
    new = drawn(given)
    with portal.database.writing() as db:
        covers.choose(db, slug, new.digest, new.picture, new.small, reader.user_id)


def _page(portal: Portal, db: Db, reader: Reader, slug: str, faults: dict[str, str]) -> Response:
    return desk_page(
        portal,
        "desk/cover.html",
        reader,
        here="titles",
        status=422 if faults else 200,
        title=title_of(db, slug),
        faults=faults,
        labels=LABELS,
    )
