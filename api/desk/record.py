"""`/desk/titles/new` and `/desk/titles/{slug}/record`: the form of a title's whole record, all but its contents."""

from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.responses import RedirectResponse, Response

from api.access.policy import Reader
from api.desk import record_words, saving
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.desk.typed import LARGEST, RecordForm, Shown, Typing, begun, changed, typing_in
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.edge.words import USUAL_LANGUAGES, language_name
from api.shelf import typed_kept
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.typed import RECORD
from api.shelf.typed_kept import NEW, Place
from api.shelf.typed_record import record_draft, record_texts
from api.signin.door import Router
from api.signin.reader import Staff
from api.tables import Kind

router = Router()
ADD = f"{DESK}/titles/new"
HERE = f"{DESK}/titles/{{slug}}/record"
NOTHING = TitleDraft(TitleFacts(slug="", kind=Kind.EDITED_VOLUME, title="", full_title=""))
FORM = RecordForm("record", RECORD, record_texts, record_draft)
Typed = Annotated[Typing, Depends(typing_in(RECORD))]


@router.get(ADD)
@open_to_all(FOR_STAFF)
def new_title(portal: ThePortal, reader: Staff) -> Response:
    with portal.database.reading() as db:
        shown = begun(db, FORM, Place(reader.user_id, NEW), record_texts(NOTHING), None)
    return _page(portal, reader, None, shown)


@router.post(ADD, max_body_size=LARGEST)
@open_to_all(FOR_STAFF)
def take_new_title(portal: ThePortal, reader: Staff, typing: Typed) -> Response:
    if typing.verb == "discard":
        return _discarded(portal, reader, ADD)
    shown = saving.add(portal, reader, FORM, typing) if typing.verb == "save" else changed(typing)
    if isinstance(shown, Response):
        return shown
    saving.keep(portal, reader, FORM, None, shown, record_texts(NOTHING))
    return Response(status_code=204, headers=PRIVATE) if typing.verb == "keep" else _page(portal, reader, None, shown)


@router.get(HERE)
@open_to_all(FOR_STAFF)
def record(portal: ThePortal, reader: Staff, slug: str, saved: Annotated[str, Query()] = "") -> Response:
    with portal.database.reading() as db:
        title, draft = saving.current(db, slug)
        place = saving.place_of(reader, FORM, title)
        shown = begun(db, FORM, place, record_texts(draft), title.version)
        saving.tell_changes(db, title, shown)
    return _page(portal, reader, (slug, draft), shown, saved=saved if shown.typed_at is None else "")


@router.post(HERE, max_body_size=LARGEST)
@open_to_all(FOR_STAFF)
def take_record(portal: ThePortal, reader: Staff, slug: str, typing: Typed) -> Response:
    if typing.verb == "discard":
        return saving.discard(portal, reader, FORM, slug, HERE.format(slug=slug))
    is_saving = typing.verb in ("save", "over")
    shown = saving.save(portal, reader, FORM, slug, typing) if is_saving else changed(typing)
    if isinstance(shown, Response):
        return shown
    saving.keep(portal, reader, FORM, slug, shown)
    if typing.verb == "keep":
        return Response(status_code=204, headers=PRIVATE)
    with portal.database.reading() as db:
        title, draft = saving.current(db, slug)
        saving.tell_changes(db, title, shown)
    return _page(portal, reader, (slug, draft), shown)


def _discarded(portal: Portal, reader: Reader, back: str) -> Response:
    with portal.database.writing() as db:
        typed_kept.forget(db, Place(reader.user_id, NEW))
    return RedirectResponse(back, 303, headers=PRIVATE)


def _page(
    portal: Portal, reader: Reader, of: tuple[str, TitleDraft] | None, shown: Shown, *, saved: str = ""
) -> Response:
    slug, draft = of if of is not None else (None, NOTHING)
    return form_page(
        portal,
        "desk/record.html",
        reader,
        shown,
        action=HERE.format(slug=slug) if slug is not None else ADD,
        slug=slug,
        facts=draft.facts,
        saved=saved,
        usual_languages=sorted(
            ((code, language_name(code)) for code in USUAL_LANGUAGES.split()), key=lambda each: each[1]
        ),
    )


def form_page(portal: Portal, template: str, reader: Reader, shown: Shown, **context: Any) -> Response:
    """A page with one of the record's forms on it."""
    return desk_page(
        portal, template, reader, here="titles", status=shown.status, shown=shown, of=record_words, **context
    )
