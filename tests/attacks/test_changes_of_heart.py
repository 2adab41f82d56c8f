"""A link that was good when it was made, and what happened since: every way to use it ends with the access."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api import clock
from api.access.rules import set_ladder, take_grant
from api.shelf.shelving import set_opens_at, withdraw
from api.tables import RuleKind, Ticket, User
from tests.attacks.readers import callers, hand_ticket
from tests.cast import BEN, issuer
from tests.make import Made, grant, shelve
from tests.site import Site

Change = Callable[[Site, Made], None]
SLUG = "rivers-of-paper"


def grant_taken(site: Site, made: Made) -> None:
    with site.portal.database.writing() as db:
        assert take_grant(db, made.id, issuer(site), BEN)


def rules_changed(site: Site, made: Made) -> None:
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [])


def withdrawn(site: Site, _made: Made) -> None:
    with site.portal.database.writing() as db:
        withdraw(db, SLUG)


def embargo_set(site: Site, _made: Made) -> None:
    with site.portal.database.writing() as db:
        set_opens_at(db, SLUG, clock.now() + timedelta(days=1))


def account_disabled(site: Site, _made: Made) -> None:
    with site.portal.database.writing() as db:
        db.exec(sa.update(User).values(disabled_at=clock.now()))


def link_revoked(site: Site, _made: Made) -> None:
    with site.portal.database.writing() as db:
        db.exec(sa.update(Ticket).values(revoked_at=clock.now()))


def time_ran_out(site: Site, _made: Made) -> None:
    with site.portal.database.writing() as db:
        db.exec(sa.update(Ticket).values(expires_at=clock.now()))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (grant_taken, 403),
        (rules_changed, 403),
        (embargo_set, 403),
        (account_disabled, 403),
        (withdrawn, 410),
        (link_revoked, 410),
        (time_ran_out, 410),
    ],
)
def test_no_way_to_use_it_is_left(site: Site, change: Change, status: int) -> None:
    made = shelve(site, SLUG, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    ben = callers(site)[BEN]
    link, anyone = hand_ticket(site, made, ben.user_id or 0), site.program()
    first = anyone.get(link, headers={"range": "bytes=0-9"})
    assert (first.status_code, first.content) == (206, (made.file or b"")[:10])
    change(site, made)
    ways = (
        anyone.get(link),
        anyone.head(link),
        anyone.get(link, headers={"range": "bytes=10-"}),  # going on with a transfer that had begun
        anyone.get(link, headers={"range": "bytes=10-", "if-range": first.headers["etag"]}),
        anyone.get(link, headers={"if-none-match": first.headers["etag"]}),
        ben.dressed(site.program()).get(link),
    )
    assert [answer.status_code for answer in ways] == [status] * len(ways)
    assert not any(b"%PDF" in answer.content for answer in ways)


@pytest.mark.parametrize("change", [grant_taken, rules_changed, embargo_set, withdrawn, account_disabled])
def test_no_new_link_is_made_either(site: Site, change: Change) -> None:
    made = shelve(site, SLUG, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    ben = callers(site)[BEN].dressed(site.program())
    assert ben.get(made.pdf).status_code == 303
    change(site, made)
    refused = {"account_disabled": 401, "withdrawn": 410}.get(change.__name__, 403)
    assert ben.get(made.pdf).status_code == refused
    assert ben.post(f"{made.path}/tickets").status_code == refused
