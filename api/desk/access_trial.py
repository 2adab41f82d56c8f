"""`/desk/titles/{slug}/access/trial`: what somebody gets, now or at a date, by which rule, and in which words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup
from sqlmodel import Session as Db
from starlette.datastructures import FormData
from starlette.responses import Response

from api import clock
from api.access import institutions, trying
from api.access.asked import AskedRule
from api.access.known import Known
from api.access.policy import NextStep, Reason
from api.access.proposed import described
from api.access.sorts import in_words
from api.access.trying import Subject
from api.catalogue.pages import panel
from api.desk import forms
from api.desk.access import HERE as ACCESS
from api.desk.access import LEAVES
from api.desk.access_form import moment
from api.desk.access_readers import issuers_of
from api.desk.file import title_of
from api.desk.forms import Sent
from api.desk.page import FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.errors import Invalid, NotFound
from api.shelf import opening as openings
from api.shelf import trial
from api.shelf.queries import Shelved
from api.shelf.shelving import id_of
from api.signin import naming
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import RuleKind, Title

router = Router()
HERE = f"{ACCESS}/trial"
FIELDS = ("who", "institution", "person", "date", "time")
LABELS = {
    "who": N_("Who"),
    "institution": N_("Institution"),
    "person": N_("This person"),
    "date": N_("Date"),
    "time": N_("Time"),
}
WHO = (
    ("nobody", N_("Nobody: not signed in")),
    ("someone", N_("Someone signed in, and nothing more")),
    ("member", N_("A member of an institution")),
    ("person", N_("One person")),
)
REASONS = {
    Reason.STAFF: N_("They are staff, and staff may read any title that is not withdrawn."),
    Reason.WITHDRAWN: N_("The title is withdrawn: it is closed to all."),
    Reason.DRAFT: N_("The title is a draft: only staff see it."),
    Reason.CLOSED: N_("The title has no rule: it is closed to all readers."),
    Reason.NOT_OPEN_YET: N_("The title is not open yet at that moment."),
    Reason.SIGN_IN_NEEDED: N_("Nobody is let in without a sign-in."),
}  # where no single rule decides
ALWAYS = {
    False: (RuleKind.EVERYONE,),
    True: (RuleKind.EVERYONE, RuleKind.SIGNED_IN),
}  # fit whoever is signed in, or not
STEPS = {
    NextStep.READ: N_("Read it."),
    NextStep.SIGN_IN: N_("Sign in."),
    NextStep.WAIT: N_("Wait."),
    NextStep.ASK: N_("Ask the press."),
    NextStep.ENTER_VOUCHER: N_("Enter a code."),
    NextStep.NONE: N_("Nothing; the page says so."),
}


@router.get(HERE)
@open_to_all(FOR_STAFF)
def form(portal: ThePortal, reader: Staff, db: Reading, slug: str) -> Response:
    title, typed = title_of(db, slug), dict.fromkeys(FIELDS, "") | {"who": "nobody"}
    return desk_page(
        portal, "desk/access_trial.html", reader, here="titles", answer=None, **_context(db, title, typed, {})
    )


@router.post(HERE)
@open_to_all(FOR_STAFF)
def answer(portal: ThePortal, reader: Staff, db: Reading, sent: Sent, slug: str) -> Response:
    """A question, not a change; it is a POST so that no address or name of a reader stands in an address."""
    title = title_of(db, slug)
    typed = {name: forms.text(sent, name)[: naming.LONGEST] for name in FIELDS}
    faults: dict[str, str] = {}
    at = _moment(typed, faults)
    subject = _subject(portal, db, title, sent, faults)
    found = None
    if subject is not None and at is not None and not faults:
        opening = openings.opening_of(db, title)
        shelved = trial.tried(db, title, opening, subject, at)
        found = _found(portal, opening.rules, subject, shelved) | {"at": at}
    return desk_page(
        portal,
        "desk/access_trial.html",
        reader,
        here="titles",
        status=422 if faults else 200,
        answer=found,
        **_context(db, title, typed, faults),
    )


def _moment(typed: dict[str, str], faults: dict[str, str]) -> datetime | None:
    if not typed["date"].strip() and not typed["time"].strip():
        return clock.now().astimezone(UTC)
    at, wrong = moment(typed["date"], typed["time"])
    faults |= wrong
    return at


def _subject(portal: Portal, db: Db, title: Title, sent: FormData, faults: dict[str, str]) -> Subject | None:
    who = forms.text(sent, "who")
    try:
        if who == "nobody":
            return trying.NOBODY
        if who == "someone":
            return trying.someone()
        if who == "member":
            slug = forms.text(sent, "institution")
            house = described(institutions.find(db, slug)) if slug.isprintable() else None
            if house is None:
                raise NotFound
            return trying.member(house, issuers_of(portal))
        if who == "person":
            reader = naming.find_person(db, forms.text(sent, "person"), issuers_of(portal))
            return trying.person(reader, Known(db, [id_of(title)], reader))
        faults["who"] = N_("Choose who asks.")
    except NotFound:
        faults["institution"] = N_("Choose an institution.")
    except Invalid as fault:
        faults["person"] = fault.message
    return None


def _found(portal: Portal, rules: Sequence[AskedRule], subject: Subject, shelved: Shelved) -> dict[str, Any]:
    """The answer in words: allowed or not, why, by which rule, what next, and every rule as it stands for them."""
    decision = shelved.decision
    by_rule = decision.rule_id
    why = REASONS.get(decision.reason)
    if by_rule:
        why = N_("Rule {number} lets them in: {rule}.", number=by_rule, rule=in_words(rules[by_rule - 1]))
    reader = subject.reader
    return {
        "allowed": decision.allowed,
        "taken_as": subject.taken_as,
        "why": why or N_("No rule lets them in."),
        "reason": decision.reason,
        "step": STEPS[decision.next_step],
        "rules": [
            (in_words(rule), rung.fits_reader or rung.kind in ALWAYS[subject.reader is not None])
            for rule, rung in zip(rules, shelved.rungs, strict=True)
        ],
        "by_rule": by_rule,
        "panel": Markup(panel(portal, shelved, reader)),  # noqa: S704 — made by our own template, which escapes
        "has_file": shelved.record.edition is not None,
    }


def _context(db: Db, title: Title, typed: dict[str, str], faults: dict[str, str]) -> dict[str, Any]:
    return {
        "leaves": LEAVES,
        "title": title,
        "typed": typed,
        "faults": faults,
        "labels": LABELS,
        "who": WHO,
        "houses": [("", N_("Choose one")), *((house.slug, house.name) for house in institutions.all_of_them(db))],
        "longest": naming.LONGEST,
        "now": clock.now(),
    }
