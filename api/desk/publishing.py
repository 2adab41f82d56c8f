"""`/desk/titles/{slug}/publishing`: a title is published, planned or withdrawn, and its history."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

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
from api.formats.record import WORK_PATHS
from api.shelf import history, lacking, readiness, steps
from api.shelf.shelving import id_of
from api.shelf.steps import NotReady, Overtaken
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Kind, ScheduledPublication

router = Router()
HERE = f"{TITLE}/publishing"
LABELS = {
    "due_on": N_("Day"),
    "due_at": N_("Time"),
    "slug": N_("The last part of its address"),
    "reason": N_("Why"),
    "publish": N_("Publish"),
}
Seen = Annotated[int, Form()]
Text = Annotated[str, Form()]


@dataclass
class Tried:
    """What was just asked for and could not be done: what stood in the fields, and why not."""

    form: str = ""  # which of the page's forms
    typed: dict[str, str] = field(default_factory=dict)
    meant: list[str] = field(default_factory=list)  # what was ticked
    faults: dict[str, str] = field(default_factory=dict)
    status: int = 200
    overtaken: bool = False


@router.get(HERE)
@open_to_all(FOR_STAFF)
def publishing(portal: ThePortal, reader: Staff, slug: str) -> Response:
    return _page(portal, reader, slug, Tried())


@router.post(f"{HERE}/now")
@open_to_all(FOR_STAFF)
def publish(
    portal: ThePortal, reader: Staff, slug: str, seen: Seen = 0, meant: Annotated[list[str] | None, Form()] = None
) -> Response:
    chosen = meant or []
    return _done_or_told(
        portal,
        reader,
        slug,
        Tried("now", meant=chosen),
        lambda db: steps.publish(db, slug, seen, reader.user_id, chosen),
    )


@router.post(f"{HERE}/plan")
@open_to_all(FOR_STAFF)
def plan(portal: ThePortal, reader: Staff, slug: str, seen: Seen = 0, due_on: Text = "", due_at: Text = "") -> Response:
    tried = Tried("plan", {"due_on": due_on, "due_at": due_at})
    instant = _instant(tried)
    if instant is None:
        return _page(portal, reader, slug, tried)
    return _done_or_told(
        portal, reader, slug, tried, lambda db: steps.schedule(db, slug, seen, reader.user_id, instant), "due_on"
    )


@router.post(f"{HERE}/no-plan")
@open_to_all(FOR_STAFF)
def take_plan_back(portal: ThePortal, reader: Staff, slug: str, seen: Seen = 0) -> Response:
    return _done_or_told(
        portal, reader, slug, Tried("no-plan"), lambda db: steps.unschedule(db, slug, seen, reader.user_id)
    )


@router.post(f"{HERE}/withdrawal")
@open_to_all(FOR_STAFF)
def withdraw(
    portal: ThePortal,
    reader: Staff,
    slug: str,
    seen: Seen = 0,
    typed_slug: Annotated[str, Form(alias="slug")] = "",
    reason: Text = "",
) -> Response:
    tried = Tried("withdrawal", {"slug": typed_slug, "reason": reason})
    if typed_slug.strip() != slug:
        tried.faults["slug"], tried.status = N_("Write {slug}, so that it is surely this title.", slug=slug), 422
        return _page(portal, reader, slug, tried)
    return _done_or_told(
        portal, reader, slug, tried, lambda db: steps.withdraw(db, slug, seen, reader.user_id, reason), "reason"
    )


def _done_or_told(
    portal: Portal, reader: Reader, slug: str, tried: Tried, step: Callable[[Db], bool], at: str = "publish"
) -> Response:
    """On to the page once the step is taken; or the page at once, with what is in the way under the field `at`."""
    try:
        with portal.database.writing() as db:
            step(db)
    except Overtaken:
        tried.status, tried.overtaken = 409, True
    except NotReady as refusal:
        tried.status, tried.faults = 422, {"publish": refusal.message}
    except Invalid as refusal:
        tried.status, tried.faults = 422, {at: refusal.message}
    except Conflict as refusal:
        tried.status, tried.faults = 409, {at: refusal.message}
    if tried.status == 200:
        return RedirectResponse(HERE.format(slug=slug), 303, headers=PRIVATE)
    return _page(portal, reader, slug, tried)


def _instant(tried: Tried) -> datetime | None:
    """The instant typed, in UTC; None with the faults where it is none."""
    kinds: tuple[tuple[str, Callable[[str], Any], str], ...] = (
        ("due_on", date.fromisoformat, N_("Write the day as 2027-03-01.")),
        ("due_at", time.fromisoformat, N_("Write the time as 09:30.")),
    )
    found: dict[str, Any] = {}
    for name, read, advice in kinds:
        try:
            found[name] = read(tried.typed[name].strip())
        except ValueError:
            tried.faults[name] = advice
    if tried.faults:
        tried.status = 422
        return None
    return datetime.combine(found["due_on"], found["due_at"].replace(tzinfo=None), UTC)


def _page(portal: Portal, reader: Reader, slug: str, tried: Tried) -> Response:
    with portal.database.reading() as db:
        title = title_of(db, slug)
        title_id = id_of(title)
        missing = readiness.gaps_of(lacking.stand_of(db, title))
        life = history.steps_of(db, title_id)
        return desk_page(
            portal,
            "desk/publishing.html",
            reader,
            here="titles",
            status=tried.status,
            title=title,
            path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
            in_the_way=readiness.blocking(missing),
            choices=readiness.choices(missing),
            steps=life,
            seen=steps.last_step([step.event for step in life]),
            planned=db.get(ScheduledPublication, title_id),
            tried=tried,
            faults=tried.faults,
            labels=LABELS,
            longest_reason=steps.LONGEST_REASON,
            now=clock.now(),
        )
