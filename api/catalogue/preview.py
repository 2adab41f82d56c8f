"""A title's page as some reader would see it at some time: the same record, rules and decision, no one else's data."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import escape
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access import institutions
from api.access.policy import Access, Reader, Rung, decide
from api.access.rules import ladder
from api.edge.portal import Portal
from api.errors import Invalid, NotFound
from api.shelf.queries import Shelved
from api.shelf.records import record_of
from api.shelf.shelving import id_of
from api.signin.people import as_reader
from api.spoken import N_
from api.tables import Identity, Role, RuleKind, ScheduledPublication, State, Title, User

NOBODY, SIGNED_IN, INSTITUTION, PERSON = "nobody", "signed-in", "institution", "person"
UNKNOWN = 0  # the account of somebody of whom nothing is known; real ones begin at 1
_LEADS_ON = re.compile(r'(<(?:a|form)\b(?:[^>"]|"[^"]*")*?\s(?:href|action)=")([^"]*)(")')


@dataclass(frozen=True)
class Viewer:
    """Whose eyes a preview is seen with. `argument` is an institution’s slug, or a person’s handle."""

    sort: str
    argument: str = ""

    @classmethod
    def parse(cls, text: str, person: str = "") -> "Viewer":
        """`nobody`, `signed-in`, `institution:<slug>` or `person:<provider>:<subject>`; or Invalid."""
        sort, _, argument = text.partition(":")
        if sort == PERSON:
            argument = (argument or person).strip()
        if sort not in (NOBODY, SIGNED_IN, INSTITUTION, PERSON) or (sort in (NOBODY, SIGNED_IN) and argument):
            raise Invalid(N_("Choose whose eyes to see the page with."))
        return cls(sort, argument)


@dataclass(frozen=True)
class View:
    """What a viewer sees: nothing while the title is a draft. `reader` is who they are to the page."""

    shelved: Shelved | None
    reader: Reader | None
    at: datetime
    is_assumed: bool  # that the draft is published by then; nothing is planned


def view(db: Db, portal: Portal, title: Title, viewer: Viewer, at: datetime | None, now: datetime) -> View:
    """The title as `viewer` sees it at an instant to come; without one at the next that shows something.

    That is when a draft will be published, and now for all others. Raises Invalid.
    """
    if at is not None and at < now:
        raise Invalid(N_("A preview shows now, or a time to come."))
    planned = db.get(ScheduledPublication, id_of(title))
    due_at = planned.due_at if planned is not None else None
    moment = at or max(now, due_at or now)
    record = record_of(title)
    is_draft = record.state is State.DRAFT
    reader = _reader(db, portal, viewer)
    if is_draft and due_at is not None and moment < due_at and not (reader is not None and reader.is_staff):
        return View(None, reader, moment, is_assumed=False)
    if is_draft and (due_at is None or moment >= due_at):
        record = replace(record, state=State.PUBLISHED, posted_at=due_at or moment)
    rungs = [_as_member(rung, viewer) for rung in ladder(db, record.id, reader)]
    access = Access(record.state, record.opens_at)
    shelved = Shelved(
        record,
        decision=decide(access, rungs, reader, moment),
        public_decision=decide(access, rungs, None, moment),
        rungs=tuple(rungs),
    )
    return View(shelved, reader, moment, is_assumed=is_draft and due_at is None)


def inert(page: str, back: str, public_url: str) -> str:
    """The page with every link and button of the portal's own leading `back` to the preview."""

    def lead(found: re.Match[str]) -> str:
        target = found[2]
        is_ours = target.startswith(("/", "?")) or not target or f"{target}/".startswith(f"{public_url}/")
        return f"{found[1]}{escape(back)}{found[3]}" if is_ours else found[0]

    return _LEADS_ON.sub(lead, page)


def _reader(db: Db, portal: Portal, viewer: Viewer) -> Reader | None:
    """Who the viewer is to rules and pages. A person goes by the handle that was asked for, never by their name."""
    if viewer.sort == NOBODY:
        return None
    if viewer.sort == PERSON:
        return replace(_person(db, viewer.argument), name=None)
    if viewer.sort == INSTITUTION:
        try:
            institutions.find(db, viewer.argument)
        except NotFound as error:
            raise Invalid(N_("There is no such institution.")) from error
    provider = next(iter(portal.providers), "")
    return Reader(UNKNOWN, N_("A reader"), Role.READER, provider, issuer="", subject="")


def _person(db: Db, handle: str) -> Reader:
    provider, _, subject = handle.partition(":")
    known = (
        select(User, Identity)
        .join(Identity, col(Identity.user_id) == col(User.id))
        .where(Identity.provider == provider, Identity.subject == subject, col(User.disabled_at).is_(None))
    )
    found = db.exec(known).first() if handle.isprintable() else None
    if found is None:
        raise Invalid(
            N_("Nobody of that name has an account here. Write it as provider:subject, such as orcid:0000-0002…")
        )
    return as_reader(*found)


def _as_member(rung: Rung, viewer: Viewer) -> Rung:
    is_theirs = viewer.sort == INSTITUTION and rung.kind is RuleKind.INSTITUTION and rung.argument == viewer.argument
    return replace(rung, fits_reader=True) if is_theirs else rung
