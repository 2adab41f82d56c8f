"""`/desk/titles/{slug}/access/vouchers` and `…/links`: codes that are given out, links that are out; both revoked."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access import vouchers
from api.access.policy import Reader
from api.access.proposed import rules_of
from api.access.vouchers import MOST_USES, Made
from api.delivery import open_links
from api.desk import forms
from api.desk.access import HERE as ACCESS
from api.desk.access import LEAVES
from api.desk.file import title_of
from api.desk.forms import Id, Sent, mark
from api.desk.page import FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Invalid, NotFound
from api.seal import new_secret
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import RuleKind, Title, Voucher

router = Router()
VOUCHERS, LINKS = f"{ACCESS}/vouchers", f"{ACCESS}/links"
LONGEST_LIFE = 10  # years
LABELS = {"uses": N_("Readers"), "until": N_("Last day")}
STATES = {"open": N_("Works"), "revoked": N_("Revoked"), "ended": N_("Ended"), "used up": N_("Used up")}


@router.get(VOUCHERS)
@open_to_all(FOR_STAFF)
def all_vouchers(portal: ThePortal, reader: Staff, db: Reading, slug: str, before: str = "") -> Response:
    return _page(portal, db, reader, title_of(db, slug), before=mark(before))


@router.post(VOUCHERS)
@open_to_all(FOR_STAFF)
def make(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    """The page is the answer itself: the code is not kept. The form's own order keeps a second press from a second."""
    uses, until = forms.number(form, "uses"), _last_day(forms.text(form, "until"))
    typed = {name: forms.text(form, name)[:40] for name in LABELS}
    faults: dict[str, str] = {}
    if uses is None or not 1 <= uses <= MOST_USES:
        faults["uses"] = N_("A code lets 1 to {most} readers in.", most=MOST_USES)
    if until is None or not clock.now() < until < clock.now() + timedelta(days=366 * LONGEST_LIFE):
        faults["until"] = N_(
            "Write a day to come, such as 2027-03-01, at most {longest} years from now.", longest=LONGEST_LIFE
        )
    if faults or uses is None or until is None:
        with portal.database.reading() as db:
            return _page(portal, db, reader, title_of(db, slug), typed=typed, faults=faults)
    order = forms.text(form, "order")
    with portal.database.writing() as db:
        title = title_of(db, slug)
        made = vouchers.make(
            db,
            portal.seal,
            id_of(title),
            uses=uses,
            ends_at=until,
            now=clock.now(),
            order=order if len(order) == len(new_secret()) else None,
            by=reader.user_id,
        )
        return _page(portal, db, reader, title, made=made)


@router.post(f"{VOUCHERS}/{{voucher_id}}/revocation")
@open_to_all(FOR_STAFF)
def revoke(portal: ThePortal, reader: Staff, form: Sent, slug: str, voucher_id: Id) -> Response:
    with portal.database.writing() as db:
        title, voucher = title_of(db, slug), db.get(Voucher, voucher_id)
        if voucher is None or voucher.title_id != title.id:
            raise NotFound
        with_readers = bool(forms.text(form, "with_readers"))
        with suppress(Conflict):  # pressed twice
            vouchers.revoke(db, voucher_id, clock.now(), with_readers=with_readers, by=reader.user_id)
    return RedirectResponse(VOUCHERS.format(slug=slug), 303, headers=PRIVATE)


@router.get(LINKS)
@open_to_all(FOR_STAFF)
def links(portal: ThePortal, reader: Staff, db: Reading, slug: str, after: str = "") -> Response:
    title = title_of(db, slug)
    holders, last = open_links.holders(db, id_of(title), clock.now(), mark(after) or 0)
    return desk_page(
        portal,
        "desk/access_links.html",
        reader,
        here="titles",
        leaves=LEAVES,
        title=title,
        holders=holders,
        last=last,
        is_first=not after,
        count=open_links.how_many(db, id_of(title), clock.now()),
        life=portal.settings.ticket_lifetime,
    )


@router.post(f"{LINKS}/revocation")
@open_to_all(FOR_STAFF)
def end_links(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    """End the links of one reader, or with `whose` set to `all`, everybody's."""
    user_id, is_all = forms.number(form, "reader"), forms.text(form, "whose") == "all"
    if user_id is None and not is_all:
        raise Invalid(N_("No reader was named."))
    with portal.database.writing() as db:
        whose = None if is_all else user_id
        open_links.revoke(db, id_of(title_of(db, slug)), whose, clock.now(), reader.user_id)
    return RedirectResponse(LINKS.format(slug=slug), 303, headers=PRIVATE)


def _last_day(text: str) -> datetime | None:
    """The end of that day, in UTC."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return datetime.combine(day, time(23, 59, 59), UTC)


def _page(
    portal: Portal,
    db: Db,
    reader: Reader,
    title: Title,
    *,
    before: int | None = None,
    made: Made | None = None,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    found, last = vouchers.leaf(db, id_of(title), before)
    now = clock.now()
    return desk_page(
        portal,
        "desk/access_vouchers.html",
        reader,
        here="titles",
        status=422 if faults else 200,
        leaves=LEAVES,
        title=title,
        vouchers=[(each, vouchers.standing(each, now)) for each in found],
        last=last,
        is_first=before is None,
        made=made,
        typed=typed or dict.fromkeys(LABELS, ""),
        faults=faults or {},
        labels=LABELS,
        states=STATES,
        order=new_secret(),
        most_uses=MOST_USES,
        has_rule=any(rule.kind is RuleKind.VOUCHER for rule in rules_of(db, id_of(title))),
    )
