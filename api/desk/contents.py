"""`/desk/titles/{slug}/contents`: a title's parts and chapters, from the file's bookmarks, a pasted page or by hand."""

from typing import Annotated

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session as Db
from starlette.responses import Response

from api.desk import saving
from api.desk.page import DESK, FOR_STAFF
from api.desk.record import form_page
from api.desk.typed import LARGEST, RecordForm, Shown, Typing, begun, changed, typing_in
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.formats.pdf_facts import PdfFacts, facts_of
from api.formats.prose import LONGEST as LONGEST_ABSTRACT
from api.formats.prose import prose
from api.formats.record import ContentsLine
from api.shelf import found_contents, overview, pasted_contents
from api.shelf.shelving import id_of
from api.shelf.typed import CONTENTS
from api.shelf.typed_record import contents_draft, contents_texts
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Title

router = Router()
HERE = f"{DESK}/titles/{{slug}}/contents"
PREVIEW = f"{DESK}/preview"
FORM = RecordForm("contents", CONTENTS, contents_texts, contents_draft)
LARGEST_PREVIEW = 16 * LONGEST_ABSTRACT  # bytes; a character may take nine, and more than the limit is shown too
FINDING = ("bookmarks", "paste")
Typed = Annotated[Typing, Depends(typing_in(CONTENTS))]


@router.get(HERE)
@open_to_all(FOR_STAFF)
def contents(portal: ThePortal, reader: Staff, slug: str, saved: Annotated[str, Query()] = "") -> Response:
    with portal.database.reading() as db:
        title, draft = saving.current(db, slug)
        shown = begun(db, FORM, saving.place_of(reader, FORM, title), contents_texts(draft), title.version)
        saving.tell_changes(db, title, shown)
        has_bookmarks = bool((facts := _facts(db, title)) and facts.bookmarks)
    context = {"action": HERE.format(slug=slug), "slug": slug, "facts": draft.facts, "has_bookmarks": has_bookmarks}
    saved = saved if shown.typed_at is None else ""
    return form_page(portal, "desk/contents.html", reader, shown, saved=saved, pasted="", **context)


@router.post(HERE, max_body_size=LARGEST)
@open_to_all(FOR_STAFF)
def take_contents(portal: ThePortal, reader: Staff, slug: str, typing: Typed) -> Response:
    if typing.verb == "discard":
        return saving.discard(portal, reader, FORM, slug, HERE.format(slug=slug))
    with portal.database.reading() as db:
        facts = _facts(db, saving.current(db, slug)[0])
    pasted = typing.others.get("pasted", "")
    if typing.verb in ("save", "over"):
        shown = saving.save(portal, reader, FORM, slug, typing)
    elif typing.verb in FINDING:
        shown = _found(typing, pasted, facts)
    else:
        shown = changed(typing)
    if isinstance(shown, Response):
        return shown
    saving.keep(portal, reader, FORM, slug, shown)
    if typing.verb == "keep":
        return Response(status_code=204, headers=PRIVATE)
    with portal.database.reading() as db:
        title, draft = saving.current(db, slug)
        saving.tell_changes(db, title, shown)
    context = {"action": HERE.format(slug=slug), "slug": slug, "facts": draft.facts, "pasted": pasted}
    has_bookmarks = facts is not None and bool(facts.bookmarks)
    return form_page(portal, "desk/contents.html", reader, shown, saved="", has_bookmarks=has_bookmarks, **context)


@router.post(PREVIEW, max_body_size=LARGEST_PREVIEW)
@open_to_all(FOR_STAFF)
def preview(reader: Staff, markdown: Annotated[str, Form()] = "") -> Response:
    """An abstract as readers will see it: sanitised HTML, for the script of the forms."""
    return HTMLResponse(prose(markdown[: LONGEST_ABSTRACT + 1]).html, headers=PRIVATE)


def _found(typing: Typing, pasted: str, facts: PdfFacts | None) -> Shown:
    """The form with what the bookmarks or the pasted page say, in the place of its lines or after them."""
    shown = Shown(typing.sent.texts(), typing.version, focus="found")
    lines: tuple[ContentsLine, ...] = ()
    try:
        if typing.verb == "paste":
            understood = pasted_contents.read_contents(pasted)
            lines, shown.lost = understood.lines, understood.not_understood
        elif facts is not None:
            lines = found_contents.contents_of(facts)
    except Invalid as error:
        shown.refuse("pasted", error.message)
        return shown
    parts = sum(line.is_part for line in lines)
    if not lines:
        shown.said = N_("No part or chapter was understood. Nothing was changed.")
        return shown
    shown.said = N_(
        "Understood: {parts} and {chapters}. Look through them below. Nothing is saved yet.",
        parts=N_("{n} part", "{n} parts", n=parts),
        chapters=N_("{n} chapter", "{n} chapters", n=len(lines) - parts),
    )
    rows = found_contents.put_in(shown.texts["contents"], lines, replaces=typing.of == "replace")
    shown.texts = {"contents": rows}
    return shown


def _facts(db: Db, title: Title) -> PdfFacts | None:
    """What was seen in the file that readers get now."""
    editions = overview.editions_of(db, id_of(title))
    return facts_of(editions[0][1].facts) if editions else None
