"""Saving a form of the record: once, whole, over the version it began from, and else the form again with the reason."""

from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api.access.policy import Reader
from api.desk.page import DESK
from api.desk.typed import RecordForm, Shown, Typing, number_in
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import NotFound
from api.shelf import overview, typed_kept
from api.shelf.drafts import TitleDraft
from api.shelf.record_json import plain
from api.shelf.record_rules import FaultyRecord
from api.shelf.revising import RecordChanged, as_it_stands, revise, revisions_since
from api.shelf.rows import IssnTaken, SlugTaken
from api.shelf.shelving import add_draft, hold_title, id_of
from api.shelf.typed import Texts, without_blank_rows
from api.shelf.typed_kept import NEW, Place
from api.tables import Audit, Title


def place_of(reader: Reader, form: RecordForm, title: Title | None) -> Place:
    return Place(reader.user_id, form.name, id_of(title)) if title is not None else Place(reader.user_id, NEW)


def current(db: Db, slug: str) -> tuple[Title, TitleDraft]:
    """The title and what an editor would have written to get its record as it stands. Raises NotFound."""
    title = overview.by_slug(db, slug)
    if title is None:
        raise NotFound
    return title, as_it_stands(db, title)


def keep(
    portal: Portal, reader: Reader, form: RecordForm, slug: str | None, shown: Shown, empty: Texts | None = None
) -> None:
    """Write down what is typed, unless it is what is saved already; for a new title, unless it is `empty`."""
    with portal.database.writing() as db:
        title, saved = None, empty
        if slug is not None:
            title, draft = current(db, slug)
            saved = form.texts(draft)
        place = place_of(reader, form, title)
        if shown.texts == saved:
            typed_kept.forget(db, place)
        else:
            typed_kept.keep(db, place, shown.texts, shown.version)


def discard(portal: Portal, reader: Reader, form: RecordForm, slug: str | None, back: str) -> Response:
    with portal.database.writing() as db:
        title = current(db, slug)[0] if slug is not None else None
        typed_kept.forget(db, place_of(reader, form, title))
    return RedirectResponse(back, 303, headers=PRIVATE)


def save(portal: Portal, reader: Reader, form: RecordForm, slug: str, typing: Typing) -> Response | Shown:
    """Put what was typed in the place of the record, or say why not; `over` names the version it then replaces."""
    texts = without_blank_rows(typing.sent.texts(), form.shape)
    version = number_in(typing.of) if typing.verb == "over" else typing.version
    shown = Shown(texts, typing.version)
    draft = None
    try:
        with portal.database.writing() as db:
            title = hold_title(db, slug)
            saved = as_it_stands(db, title)
            draft, faults = form.draft(texts, saved)
            if faults:
                raise FaultyRecord(faults)
            if plain(draft) != plain(saved):  # else it is saved already: the same form, sent twice
                revise(db, slug, draft, version or 0, reader.user_id)
            typed_kept.forget(db, place_of(reader, form, title))
        return saved_at(draft.facts.slug, form.name)
    except FaultyRecord as error:
        shown.say_faults(error.faults)
    except RecordChanged as error:
        shown.version_now, shown.status = error.version, 409
    except SlugTaken as error:
        shown.refuse("slug", error.message)
    except IssnTaken as error:
        shown.refuse("series_issn", error.message)
    return shown


def add(portal: Portal, reader: Reader, form: RecordForm, typing: Typing) -> Response | Shown:
    """Put a new title on the shelf as a draft, or say why not."""
    texts = without_blank_rows(typing.sent.texts(), form.shape)
    shown, draft = Shown(texts), None
    try:
        draft, faults = form.draft(texts, None)
        if faults:
            raise FaultyRecord(faults)
        with portal.database.writing() as db:
            title = add_draft(db, draft)
            db.add(Audit(actor_user_id=reader.user_id, action="title-drafted", object=f"title {title.slug}"))
            typed_kept.forget(db, Place(reader.user_id, NEW))
        return saved_at(draft.facts.slug, NEW)
    except FaultyRecord as error:
        shown.say_faults(error.faults)
    except SlugTaken as error:
        if draft is not None and _is_there(portal, draft):
            return saved_at(draft.facts.slug, NEW)  # the same form, sent twice
        shown.refuse("slug", error.message)
    except IssnTaken as error:
        shown.refuse("series_issn", error.message)
    return shown


def tell_changes(db: Db, title: Title, shown: Shown) -> None:
    """Where the record is not the version that was typed over: what was changed since, and by whom."""
    if shown.version is not None and shown.version != title.version:
        shown.revisions = revisions_since(db, title, shown.version)
        shown.version_now = title.version


def saved_at(slug: str, what: str) -> Response:
    page = "contents" if what == "contents" else "record"
    return RedirectResponse(f"{DESK}/titles/{slug}/{page}?saved={what}", 303, headers=PRIVATE)


def _is_there(portal: Portal, draft: TitleDraft) -> bool:
    with portal.database.reading() as db:
        title = overview.by_slug(db, draft.facts.slug)
        return title is not None and plain(as_it_stands(db, title)) == plain(draft)
