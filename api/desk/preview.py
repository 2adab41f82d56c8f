"""`/desk/titles/{slug}/preview`: the title's real page as a reader of any kind sees it, now or later, and marked so."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from sqlmodel import Session as Db
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import clock
from api.access import institutions
from api.access.policy import Reader
from api.catalogue import preview as previews
from api.catalogue.pages import title_page
from api.catalogue.preview import INSTITUTION, PERSON, View, Viewer
from api.desk.file import title_of
from api.desk.page import FOR_STAFF, TITLE, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_, gettext
from api.tables import Title

router = Router()
HERE = f"{TITLE}/preview"
TOP = '<header class="top">'  # the bar goes before it
As = Annotated[str, Query(alias="as")]


@router.get(HERE)
@open_to_all(FOR_STAFF)
def preview(
    portal: ThePortal,
    reader: Staff,
    db: Reading,
    request: Request,
    slug: str,
    seen_by: As = previews.NOBODY,
    person: str = "",
    at: str = "",
) -> Response:
    """Nothing here is counted as use, and no button does anything but come back."""
    title = title_of(db, slug)
    try:
        viewer = Viewer.parse(seen_by, person)
        view = previews.view(db, portal, title, viewer, _instant(at), clock.now().replace(second=0, microsecond=0))
    except Invalid as refusal:
        return _without_page(portal, db, reader, title, None, seen_by, person, at, fault=refusal.message)
    if view.shelved is None:
        return _without_page(portal, db, reader, title, view, seen_by, person, at)
    page = title_page(portal, view.shelved, view.reader, wants_pdf=False)
    asked = urlencode({"as": f"{PERSON}:{viewer.argument}" if viewer.sort == PERSON else seen_by, "at": at})
    page = previews.inert(page, f"{HERE.format(slug=slug)}?{asked}", portal.settings.public_url)
    bar = portal.pages.render("desk/preview_bar.html", **_bar(db, title, view, seen_by, viewer.argument, at))
    page = page.replace("<title>", f"<title>{gettext('Preview')}: ", 1).replace(TOP, bar + TOP, 1)
    return HTMLResponse(page, headers=PRIVATE)


@router.post(HERE)
@open_to_all(FOR_STAFF)
def come_back(reader: Staff, slug: str, seen_by: As = previews.NOBODY, at: str = "") -> Response:
    """Where the buttons of a preview lead."""
    return RedirectResponse(f"{HERE.format(slug=slug)}?{urlencode({'as': seen_by, 'at': at})}", 303, headers=PRIVATE)


def _instant(text: str) -> datetime | None:
    """As a browser's field for day and time sends it, in UTC."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(N_("Write the time as 2027-03-01T09:30.")) from error


def _without_page(
    portal: Portal,
    db: Db,
    reader: Reader,
    title: Title,
    view: View | None,
    seen_by: str,
    person: str,
    at: str,
    fault: str = "",
) -> Response:
    """A page of the desk in the place of one that readers would not see."""
    return desk_page(
        portal,
        "desk/preview.html",
        reader,
        here="titles",
        status=422 if fault else 200,
        fault=fault,
        **_bar(db, title, view, seen_by, person or seen_by.removeprefix(f"{PERSON}:"), at),
    )


def _bar(db: Db, title: Title, view: View | None, seen_by: str, argument: str, at: str) -> dict[str, Any]:
    """What the form above a preview shows."""
    sort = PERSON if seen_by.startswith(f"{PERSON}:") else seen_by
    return {
        "title": title,
        "view": view,
        "seen_by": sort,
        "person": argument if sort == PERSON else "",
        "at": at,
        "houses": [(f"{INSTITUTION}:{each.slug}", each.name) for each in institutions.all_of_them(db)],
    }
