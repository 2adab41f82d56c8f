"""One reader's page: what it shows, and what is done there: once, written down, and refused where it must be."""

from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.access.rules import find_grant, set_ladder
from api.signin import sessions
from api.tables import AccessRequest, Audit, FairUseNote, Redemption, Role, RuleKind, Session, Ticket, User, Voucher
from tests.attacks.readers import hand_ticket
from tests.cast import issuer
from tests.make import shelve
from tests.people.conftest import ADA, BEN, CLEO, ZOE, House


def audit(house: House) -> list[tuple[str, str, int | None, int | None]]:
    with house.site.portal.database.reading() as db:
        rows = db.exec(select(Audit).order_by(Audit.__table__.c.id)).all()
        return [(row.action, row.object, row.actor_user_id, row.user_id) for row in rows]


def act(house: House, who: str, whom: str, what: str, **data: str) -> str:
    """Post a form of the page; what the page it leads to says."""
    client = house.browser(who)
    answer = client.post(f"{house.page_of(whom)}/{what}", data=data)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{house.page_of(whom)}?done=")
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    return page.text.partition('role="status">')[2].partition("<")[0]


def test_what_a_reader_holds(house: House) -> None:
    made, now, ben = shelve(house.site), clock.now(), house.ids[BEN]
    link = hand_ticket(house.site, made, ben)
    assert house.site.program().get(link).status_code == 200
    with house.site.portal.database.writing() as db:
        voucher = Voucher(title_id=made.id, digest="0" * 64, uses=1, uses_left=0, ends_at=now)
        db.add(voucher)
        db.flush()
        db.add(Redemption(voucher_id=voucher.id or 0, user_id=ben))
        db.add(
            AccessRequest(
                title_id=made.id, user_id=ben, issuer=issuer(house.site), subject=BEN, sentence="I teach <it>."
            )
        )
        db.add(FairUseNote(day=now.date(), user_id=ben, what="links", allowance=3, stage="slowed"))
    assert "on the title" in act(house, ADA, BEN, "titles", title=made.path)
    page = house.browser(ZOE).get(house.page_of(BEN)).text
    for words in (
        "edition 1, taken on",
        "on its list, since",
        "a code entered on",
        "not answered yet",
        "I teach &lt;it&gt;.",
        "beyond 3 links",
        "1 link works at the moment",
        "in 1 browser",
        f"No. {ben}, since",
    ):
        assert words in page
    notes = house.browser(ADA).get("/desk/fair-use").text
    assert "Ben Ärmel" in notes
    assert "3 links a day" in notes


def test_shutting_out_ends_sessions_and_links_at_once_and_is_undone(house: House) -> None:
    made = shelve(house.site)
    link = hand_ticket(house.site, made, house.ids[BEN])
    assert "shut out" in act(house, ZOE, BEN, "disabling")
    assert "already" in act(house, ZOE, BEN, "disabling")
    assert house.browser(BEN).get("/account").headers["location"].startswith("/sign-in")
    assert house.site.program().get(link).status_code in (403, 410)
    assert "sign in again" in act(house, ZOE, BEN, "enabling")
    assert "already" in act(house, ZOE, BEN, "enabling")
    assert house.signed_in_again(BEN).get("/account").status_code == 200
    assert house.site.program().get(link).status_code == 410
    zoe, ben = house.ids[ZOE], house.ids[BEN]
    assert audit(house) == [("account-disabled", "account", zoe, ben), ("account-enabled", "account", zoe, ben)]


def test_a_role_is_given_and_counts_after_the_next_sign_in(house: House) -> None:
    assert "role is changed" in act(house, ZOE, BEN, "role", role="editor")
    assert "already" in act(house, ZOE, BEN, "role", role="editor")
    assert house.browser(BEN).get("/desk").status_code in (303, 404)
    assert house.signed_in_again(BEN).get("/desk/readers").status_code == 200
    assert audit(house) == [("role-changed", "account", house.ids[ZOE], house.ids[BEN])]


def test_a_role_takes_a_fresh_sign_in_and_comes_back_to_the_page(house: House) -> None:
    with house.site.portal.database.writing() as db:
        for row in db.exec(select(Session)).all():
            row.authenticated_at = clock.now() - sessions.RECENT
    answer = house.browser(ZOE).post(f"{house.page_of(BEN)}/role", data={"role": "editor"})
    assert answer.status_code == 303
    back = f"%2Fdesk%2Freaders%2F{house.ids[BEN]}%23role"
    assert answer.headers["location"] == f"/account/sign-in-again?next={back}"
    assert audit(house) == []


@pytest.mark.parametrize(("what", "data"), [("disabling", {}), ("role", {"role": "reader"})])
def test_nobody_locks_themselves_out(house: House, what: str, data: dict[str, str]) -> None:
    with house.site.portal.database.writing() as db:
        db.get_one(User, house.ids[CLEO]).role = Role.ADMINISTRATOR
    answer = house.browser(ZOE).post(f"{house.page_of(ZOE)}/{what}", data=data)
    assert answer.status_code == 409
    assert "This is your own account" in answer.text
    page = house.browser(ZOE).get(house.page_of(ZOE)).text
    assert "another administrator has to do it" in page
    assert "/disabling" not in page
    assert audit(house) == []


def test_of_two_administrators_one_stays(house: House) -> None:
    with house.site.portal.database.writing() as db:
        db.get_one(User, house.ids[CLEO]).role = Role.ADMINISTRATOR
    assert "shut out" in act(house, ZOE, CLEO, "disabling")
    assert house.browser(CLEO).post(f"{house.page_of(ZOE)}/disabling").status_code in (303, 401, 404)
    with house.site.portal.database.reading() as db:
        assert db.get_one(User, house.ids[ZOE]).disabled_at is None


@pytest.mark.parametrize("role", ["owner", ""])
def test_a_role_that_is_none_changes_nothing(house: House, role: str) -> None:
    assert house.browser(ZOE).post(f"{house.page_of(BEN)}/role", data={"role": role}).status_code == 400
    assert audit(house) == []


def test_links_end_before_their_time(house: House) -> None:
    made = shelve(house.site)
    bens, cleos = (hand_ticket(house.site, made, house.ids[name]) for name in (BEN, CLEO))
    assert "have ended" in act(house, ADA, BEN, "links/revocation")
    assert "already" in act(house, ADA, BEN, "links/revocation")
    assert house.site.program().get(bens).status_code == 410
    assert house.site.program().get(cleos).status_code == 200
    assert audit(house) == [("links-revoked", "account", house.ids[ADA], house.ids[BEN])]
    with house.site.portal.database.reading() as db:
        assert len([row for row in db.exec(select(Ticket)).all() if row.revoked_at]) == 1


@pytest.mark.parametrize(
    "typed", ["rivers-of-paper", " /reports/rivers-of-paper ", "https://p.example/reports/rivers-of-paper/?get=pdf"]
)
def test_a_title_is_given_and_taken_back(house: House, typed: str) -> None:
    made = shelve(house.site, rules=[RuleKind.LISTED])
    assert house.browser(BEN).get(made.pdf).headers["location"] == f"{made.path}?get=pdf"
    assert "is given" in act(house, ADA, BEN, "titles", title=typed)
    assert "is given" in act(house, ADA, BEN, "titles", title=typed)
    link = house.browser(BEN).get(made.pdf).headers["location"]
    assert link.startswith("/t/")
    assert "taken back" in act(house, ADA, BEN, "titles/revocation", title="rivers-of-paper")
    assert "already" in act(house, ADA, BEN, "titles/revocation", title="rivers-of-paper")
    assert house.browser(BEN).get(link).status_code == 403
    ada, ben = house.ids[ADA], house.ids[BEN]
    title = "title rivers-of-paper"
    assert audit(house) == [("readers-named", title, ada, ben), ("reader-put-out", title, ada, ben)]


def test_a_list_that_does_not_count_yet_is_said(house: House) -> None:
    made = shelve(house.site, rules=[])
    assert "counts once" in act(house, ADA, BEN, "titles", title="rivers-of-paper")
    with house.site.portal.database.writing() as db:
        set_ladder(db, made.id, [RuleKind.LISTED])
        assert find_grant(db, made.id, issuer(house.site), BEN) is not None
    assert house.browser(BEN).get(made.pdf).headers["location"].startswith("/t/")


@pytest.mark.parametrize("typed", ["", "no-such-title", "x\x00y", "x" * 5000, "<b>"])
def test_a_title_that_is_none_is_said_beside_the_field_and_kept(house: House, typed: str) -> None:
    answer = house.browser(ADA).post(f"{house.page_of(BEN)}/titles", data={"title": typed})
    assert answer.status_code == 422
    assert 'id="title-fault"' in answer.text
    assert audit(house) == []
    if typed == "no-such-title":
        assert 'value="no-such-title"' in answer.text


def test_an_account_that_is_closing_says_so(house: House) -> None:
    with house.site.portal.database.writing() as db:
        db.get_one(User, house.ids[BEN]).closing_at = clock.now() + timedelta(days=3)
    assert "They have closed their account" in house.browser(ADA).get(house.page_of(BEN)).text


def test_who_the_settings_name_is_said_to_come_back_as_administrator(house: House) -> None:
    page = house.browser(ZOE).get(house.page_of(CLEO)).text
    assert "GATEFOLD_ADMINS" in page
    assert "GATEFOLD_ADMINS" not in house.browser(ZOE).get(house.page_of(BEN)).text
