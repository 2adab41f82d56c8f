"""`/desk/titles/{slug}/access/readers`: whom the press lets in by name, one by one or by a list, and puts out."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session as Db
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.access import listed, lists
from api.access.lists import LARGEST, Line, Outcome, Person
from api.access.policy import Reader
from api.access.proposed import rules_of
from api.desk import forms
from api.desk.access import HERE as ACCESS
from api.desk.access import LEAVES
from api.desk.file import title_of
from api.desk.forms import Id, Sent, form_of, mark
from api.desk.page import FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal, Writing
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.kinds import issuer_of
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import RuleKind, Title

router = Router()
HERE = f"{ACCESS}/readers"
LIST = f"{HERE}/list"
AROUND = 64 * 1024  # bytes that a form has beside its list
SHOWN = 200  # lines of each outcome
LONGEST_PERSON = 300  # characters
LET_IN = N_("Let in", context="heading")
INVITED = N_("Invited, not come yet")
SentList = Annotated[FormData, Depends(form_of(LARGEST + 1))]


def issuers_of(portal: Portal) -> Mapping[str, str | None]:
    """The issuer of each sign-in provider by its id; None where only its metadata tells."""
    return {name: issuer_of(given) for name, given in portal.settings.providers.items()}


@router.get(HERE)
@open_to_all(FOR_STAFF)
def readers(
    portal: ThePortal,
    reader: Staff,
    db: Reading,
    slug: str,
    q: str = "",
    before: str = "",
    show: str = "",
    done: str = "",
) -> Response:
    return _page(portal, db, reader, title_of(db, slug), q=q, before=before, show=show, done=done)


@router.post(HERE)
@open_to_all(FOR_STAFF)
def name_one(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    written = forms.text(form, "person")
    person = lists.person_of(1, written[:LONGEST_PERSON], issuers_of(portal))
    fault: str = N_("This {fault}.", fault=person.fault) if person.fault else ""
    if not written.strip():
        fault = N_("Write whom you mean first.")
    with portal.database.writing() as db:
        title = title_of(db, slug)
        if not fault:
            (line,) = listed.name_readers(db, title, [person], reader.user_id)
    if fault:
        with portal.database.reading() as db:
            return _page(portal, db, reader, title, person=written, faults={"person": fault})
    show = "&show=invited" if person.email is not None and line.reason else ""
    return _done(slug, f"{line.outcome}{show}")


@router.post(f"{HERE}/{{grant_id}}/removal")
@open_to_all(FOR_STAFF)
def put_out(reader: Staff, db: Writing, slug: str, grant_id: Id) -> Response:
    listed.put_out(db, title_of(db, slug), grant_id, reader.user_id)
    return _done(slug, "out")


@router.post(f"{HERE}/invitations/{{invitation_id}}/removal")
@open_to_all(FOR_STAFF)
def uninvite(reader: Staff, db: Writing, slug: str, invitation_id: Id) -> Response:
    listed.uninvite(db, title_of(db, slug), invitation_id, reader.user_id)
    return _done(slug, "out&show=invited")


@router.get(LIST)
@open_to_all(FOR_STAFF)
def list_form(portal: ThePortal, reader: Staff, db: Reading, slug: str) -> Response:
    return _list_page(portal, db, reader, title_of(db, slug))


@router.post(LIST, max_body_size=LARGEST + AROUND)
@open_to_all(FOR_STAFF)
def name_many(portal: ThePortal, reader: Staff, form: SentList, slug: str) -> Response:
    """First what each line would do; then, by a second press, the same lines are put on the list."""
    sent = forms.file(form, "file")
    content = sent.file.read(LARGEST + 1) if sent is not None else forms.text(form, "list").encode()
    with portal.database.reading() as db:
        title = title_of(db, slug)
        try:
            people = _people(portal, content)
        except Invalid as fault:
            written = "" if sent is not None else content.decode()
            return _list_page(portal, db, reader, title, written=written, faults={"list": fault.message})
        if forms.text(form, "do") != "add":
            lines = lists.put_on_list(db, id_of(title), people, dry_run=True)
            return _list_page(portal, db, reader, title, written=content.decode("utf-8-sig"), lines=lines)
    with portal.database.writing() as db:
        counts = lists.counted(listed.name_readers(db, title_of(db, slug), people, reader.user_id))
    return _done(slug, "-".join(str(counts[outcome]) for outcome in Outcome))


def _people(portal: Portal, content: bytes) -> list[Person]:
    people = lists.read(content, issuers_of(portal))
    if not people:
        raise Invalid(N_("The list has no line. Paste it, or choose a file."))
    return people


def _done(slug: str, what: str) -> Response:
    return RedirectResponse(f"{HERE.format(slug=slug)}?done={what}", 303, headers=PRIVATE)


def _said(done: str) -> str:
    """What the press has just done, in words. Numbers are those of added, already there and bad lines."""
    known: dict[str, str] = {
        Outcome.ADDED: N_("The reader is on the list now."),
        Outcome.ALREADY: N_("The reader was on the list already."),
        "out": N_("Taken back. Links made on its strength end at once."),
    }
    counts = done.split("-")
    if len(counts) == len(Outcome) and all(each.isascii() and each.isdigit() and len(each) < 7 for each in counts):
        added, already, bad = map(int, counts)
        return N_(
            "{added} put on the list, {already} on it already, {bad} bad lines left out.",
            added=added,
            already=already,
            bad=bad,
        )
    return known.get(done, "")


def _page(
    portal: Portal,
    db: Db,
    reader: Reader,
    title: Title,
    *,
    q: str = "",
    before: str = "",
    show: str = "",
    done: str = "",
    person: str = "",
    faults: Mapping[str, str] | None = None,
) -> Response:
    q = q.strip()[: listed.LONGEST_SEARCH] if q.isprintable() else ""
    last_seen = mark(before)
    are_invited = show == "invited"
    let_in, last = ([], None) if are_invited else listed.let_in(db, id_of(title), issuers_of(portal), q, last_seen)
    if are_invited:
        invited, last = listed.invited(db, id_of(title), q, last_seen)
    return desk_page(
        portal,
        "desk/access_readers.html",
        reader,
        here="titles",
        status=422 if faults else 200,
        leaves=LEAVES,
        title=title,
        q=q,
        let_in=let_in,
        invited=invited if are_invited else [],
        are_invited=are_invited,
        heading=INVITED if are_invited else LET_IN,
        last=last,
        is_first=last_seen is None,
        said=_said(done),
        person=person,
        faults=faults or {},
        longest=LONGEST_PERSON,
        has_rule=_has_rule(db, title),
        providers=portal.provider_names,
    )


def _list_page(
    portal: Portal,
    db: Db,
    reader: Reader,
    title: Title,
    *,
    written: str = "",
    lines: list[Line] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    return desk_page(
        portal,
        "desk/access_list.html",
        reader,
        here="titles",
        status=422 if faults else 200,
        leaves=LEAVES,
        title=title,
        written=written,
        counts=lists.counted(lines or []),
        lines=_shown(lines) if lines is not None else None,
        shown=SHOWN,
        faults=faults or {},
        largest=LARGEST,
        most_lines=lists.MOST_LINES,
        has_rule=_has_rule(db, title),
    )


def _shown(lines: list[Line]) -> list[Line]:
    """The bad lines first, and of each outcome so many that a page can hold them."""
    order = (Outcome.BAD, Outcome.ADDED, Outcome.ALREADY)
    return [line for outcome in order for line in [each for each in lines if each.outcome is outcome][:SHOWN]]


def _has_rule(db: Db, title: Title) -> bool:
    return any(rule.kind is RuleKind.LISTED for rule in rules_of(db, id_of(title)))
