"""`/desk/house`: the house's name, look, pages and terms of use, for its administrators."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form, UploadFile
from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import spoken
from api.access.policy import Reader
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.language import Offered
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, NotFound
from api.house import colours, keeping
from api.house.keeping import LONGEST_NAME, LONGEST_TEXT, PAGES
from api.house.logo import LARGEST as LARGEST_LOGO
from api.signin import terms
from api.signin.door import Router
from api.signin.reader import Administrator
from api.spoken import N_

router = Router()
HERE = f"{DESK}/house"
PAGE = f"{HERE}/pages/{{page}}"
LONGEST_FORM = 4 * LONGEST_TEXT + 16 * 1024  # bytes: each character may take four, and the form its own
LABELS = {
    "name": N_("Name of the house"),
    "colour": N_("Colour on light pages"),
    "colour_dark": N_("Colour on dark pages"),
    "languages": N_("Languages"),
    "logo": N_("Picture"),
    "terms": N_("The terms"),
}


@dataclass
class Typed:
    """What stands in the fields: as it is kept, or as it was just typed; and what is wrong with it."""

    name: str
    colour: str
    colour_dark: str
    terms: str
    offered: Offered
    faults: dict[str, str] = field(default_factory=dict)


@router.get(HERE)
@open_to_all(FOR_STAFF)
def the_house(portal: ThePortal, reader: Administrator) -> Response:
    with portal.database.reading() as db:
        return _page(portal, db, reader, _kept(db))


@router.post(f"{HERE}/look")
@open_to_all(FOR_STAFF)
def save_look(
    portal: ThePortal,
    reader: Administrator,
    name: Annotated[str, Form()] = "",
    colour: Annotated[str, Form()] = "",
    colour_dark: Annotated[str, Form()] = "",
) -> Response:
    faults: dict[str, str] = {}
    for key, given, ground in (("colour", colour, colours.LIGHT), ("colour_dark", colour_dark, colours.DARK)):
        try:
            if given.strip():
                colours.checked(given, ground)
        except Invalid as fault:
            faults[key] = fault.message
    try:
        keeping.checked_name(name)
    except Invalid as fault:
        faults["name"] = fault.message
    with portal.database.writing() as db:
        if faults:
            typed = _kept(db)
            typed.name, typed.colour, typed.colour_dark, typed.faults = name, colour, colour_dark, faults
            return _page(portal, db, reader, typed)
        keeping.set_look(db, name=name, colour=colour, colour_dark=colour_dark)
    return _done(portal)


@router.post(f"{HERE}/languages")
@open_to_all(FOR_STAFF)
def save_languages(
    portal: ThePortal,
    reader: Administrator,
    languages: Annotated[list[str] | None, Form()] = None,
    language: Annotated[str, Form()] = "",
) -> Response:
    try:
        with portal.database.writing() as db:
            keeping.set_languages(db, languages or [], language)
    except Invalid as fault:
        with portal.database.reading() as db:
            typed = _kept(db)
            typed.offered, typed.faults = Offered(tuple(languages or ()), language), {"languages": fault.message}
            return _page(portal, db, reader, typed)
    return _done(portal)


@router.post(f"{HERE}/logo", max_body_size=LARGEST_LOGO + 16 * 1024)
@open_to_all(FOR_STAFF)
def save_logo(
    portal: ThePortal, reader: Administrator, logo: UploadFile | None = None, away: Annotated[str, Form()] = ""
) -> Response:
    picture = logo.file.read() if logo is not None else b""
    try:
        with portal.database.writing() as db:
            if not picture and not away:
                raise Invalid(N_("Choose a picture first."))
            keeping.set_logo(db, None if away else picture)
    except Invalid as fault:
        with portal.database.reading() as db:
            typed = _kept(db)
            typed.faults["logo"] = fault.message
            return _page(portal, db, reader, typed)
    return _done(portal)


@router.post(f"{HERE}/terms", max_body_size=LONGEST_FORM)
@open_to_all(FOR_STAFF)
def save_terms(portal: ThePortal, reader: Administrator, words: Annotated[str, Form(alias="terms")] = "") -> Response:
    try:
        with portal.database.writing() as db:
            terms.put_in_force(db, words, by=reader.user_id)
    except Invalid as fault:
        with portal.database.reading() as db:
            typed = _kept(db)
            typed.terms, typed.faults = words, {"terms": fault.message}
            return _page(portal, db, reader, typed)
    return _done(portal)


@router.get(PAGE)
@open_to_all(FOR_STAFF)
def words_of_page(portal: ThePortal, reader: Administrator, page: str) -> Response:
    with portal.database.reading() as db:
        return _words_page(portal, reader, page, keeping.text(db, _known(page)), {})


@router.post(PAGE, max_body_size=LONGEST_FORM)
@open_to_all(FOR_STAFF)
def save_words(portal: ThePortal, reader: Administrator, page: str, words: Annotated[str, Form()] = "") -> Response:
    try:
        with portal.database.writing() as db:
            keeping.set_text(db, _known(page), words)
    except Invalid as fault:
        return _words_page(portal, reader, page, words, {"words": fault.message})
    return _done(portal)


def _kept(db: Db) -> Typed:
    row, current = keeping.house(db), terms.in_force(db)
    words = current.words if current is not None else ""
    offered = Offered.of(row.languages, row.language)
    return Typed(row.name or "", row.colour or "", row.colour_dark or "", words, offered)


def _page(portal: Portal, db: Db, reader: Reader, typed: Typed) -> Response:
    current = terms.in_force(db)
    return desk_page(
        portal,
        "desk/house.html",
        reader,
        here="house",
        status=422 if typed.faults else 200,
        typed=typed,
        faults=typed.faults,
        labels=LABELS,
        all_languages=spoken.languages(),
        pages=[(page, title, bool(keeping.text(db, page))) for page, title in PAGES.items()],
        terms=current,
        accepted=terms.count_accepted(db, current) if current is not None else 0,
        longest_name=LONGEST_NAME,
        longest_text=LONGEST_TEXT,
    )


def _words_page(portal: Portal, reader: Reader, page: str, typed: str, faults: dict[str, str]) -> Response:
    return desk_page(
        portal,
        "desk/house_page.html",
        reader,
        here="house",
        status=422 if faults else 200,
        page=page,
        heading=PAGES[page],
        typed=typed,
        faults=faults,
        longest_text=LONGEST_TEXT,
    )


def _known(page: str) -> str:
    if page not in PAGES:
        raise NotFound
    return page


def _done(portal: Portal) -> Response:
    portal.renew_face()
    return RedirectResponse(HERE, 303, headers=PRIVATE)
