"""Two accounts of one person become one: only with proof of both in one session, and everything moves."""

import threading

from sqlmodel import select

from api import clock
from api.notices.announce import announce
from api.signin.merging import pointers_to_users
from api.signin.reader import SESSION
from api.tables import (
    Audit,
    Holding,
    MailChoice,
    MergeOffer,
    NoticeCopy,
    NoticeKind,
    OutgoingMail,
    Role,
    Session,
    SignIn,
    Ticket,
    Title,
    User,
)
from tests import make
from tests.account.moves import connect, identities, in_future, sign_in_there, users
from tests.cast import sign_in
from tests.signin.hostile import Hostile
from tests.site import Site


def offered(client: object, hostile: Hostile, subject: str = "cleo-there") -> str:
    answer = connect(client, hostile, subject)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/account/merge/")
    return str(answer.headers["location"])


def test_everything_moves(guarded: Site, hostile: Hostile) -> None:
    report = make.shelve(guarded)
    other, cleo = guarded.browser(), guarded.browser()
    sign_in_there(other, hostile, "cleo-there")
    link = other.get(report.pdf).headers["location"]
    other.get(link)
    sign_in(cleo, "cleo")
    before = identities(guarded)
    assert before["demo:cleo"] != before["hostile:cleo-there"]
    with guarded.portal.database.writing() as db:
        db.get_one(User, before["hostile:cleo-there"]).role = Role.EDITOR

    offer = offered(cleo, hostile)
    page = cleo.get(offer).text
    assert "demo:cleo" not in page.partition("This one moves into it")[2]
    assert "Hostile House, cleo-there" in page.partition("This one moves into it")[2]
    old = cleo.cookies.get(SESSION)
    answer = cleo.post(offer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account#ways")

    kept = before["demo:cleo"]
    assert identities(guarded) == {"demo:cleo": kept, "hostile:cleo-there": kept}
    assert [(user.id, user.role) for user in users(guarded)] == [(kept, Role.EDITOR)]
    with guarded.portal.database.reading() as db:
        assert [holding.user_id for holding in db.exec(select(Holding))] == [kept]
        assert [ticket.user_id for ticket in db.exec(select(Ticket))] == [kept]
        assert {line.user_id for line in db.exec(select(SignIn))} == {kept}
        assert len(db.exec(select(SignIn)).all()) == 2
        act = db.exec(select(Audit)).one()
        assert (act.action, act.actor_user_id, act.user_id) == ("accounts-merged", kept, kept)
    assert "Rivers of Paper" in cleo.get("/account").text
    assert site_of(guarded, old).get("/account").status_code == 303  # T10: a new secret
    assert other.get("/account").status_code == 303  # T10: the role has changed


def site_of(site: Site, secret: str | None) -> object:
    client = site.browser()
    client.cookies.set(SESSION, str(secret))
    return client


def test_with_one_role_the_other_browsers_stay_signed_in(guarded: Site, hostile: Hostile) -> None:
    other, cleo = guarded.browser(), guarded.browser()
    sign_in_there(other, hostile, "cleo-there")
    sign_in(cleo, "cleo")
    cleo.post(offered(cleo, hostile))
    assert "demo:cleo" in other.get("/account").text
    with guarded.portal.database.reading() as db:
        assert len(db.exec(select(Session)).all()) == 2


def test_what_both_hold_is_held_once(guarded: Site, hostile: Hostile) -> None:
    report = make.shelve(guarded)
    other, cleo = guarded.browser(), guarded.browser()
    sign_in_there(other, hostile, "cleo-there")
    sign_in(cleo, "cleo")
    for client in (other, cleo):
        client.get(client.get(report.pdf).headers["location"])
    cleo.post(offered(cleo, hostile))
    with guarded.portal.database.reading() as db:
        assert len(db.exec(select(Holding)).all()) == 1
        assert len(db.exec(select(Ticket)).all()) == 2


def test_a_notice_to_both_is_one_and_leave_to_write_stays(guarded: Site, hostile: Hostile) -> None:
    report = make.shelve(guarded)
    other, cleo = guarded.browser(), guarded.browser()
    sign_in_there(other, hostile, "cleo-there", email="cleo@there.example", email_verified=True)
    sign_in(cleo, "cleo")
    for client in (other, cleo):
        client.get(client.get(report.pdf).headers["location"])
        client.post("/account/mail", data={"notices": "yes"})
    with guarded.portal.database.writing() as db:
        title = db.get_one(Title, report.id)
        done = announce(db, title, NoticeKind.ERRATUM, "Words.", by=None, has_mail=True, now=clock.now())
    assert (done.reach.readers, done.reach.by_mail) == (2, 2)
    cleo.post(offered(cleo, hostile))
    for table in (NoticeCopy, OutgoingMail, MailChoice):
        with guarded.portal.database.reading() as db:
            assert len(db.exec(select(table)).all()) == 1


def test_grants_follow_the_identity(guarded: Site, hostile: Hostile) -> None:
    from api.access.rules import give_grant
    from api.tables import RuleKind

    report = make.shelve(guarded, rules=[RuleKind.LISTED])
    with guarded.portal.database.writing() as db:
        give_grant(db, report.id, hostile.issuer, "cleo-there")
    sign_in_there(guarded.browser(), hostile, "cleo-there")
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    assert cleo.get(report.pdf, headers={"accept": "*/*"}).status_code == 403
    cleo.post(offered(cleo, hostile))
    assert cleo.get(report.pdf, headers={"accept": "*/*"}).status_code == 303


def test_looking_changes_nothing_and_leaving_it_neither(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "cleo-there")
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    offer = offered(cleo, hostile)
    for _ in range(2):
        assert cleo.get(offer).status_code == 200
    assert len(users(guarded)) == 2


def test_the_offer_is_for_the_session_that_proved_both(guarded: Site, hostile: Hostile) -> None:
    """T02: neither another person, nor the same person in another browser, nor the other account."""
    other = guarded.browser()
    sign_in_there(other, hostile, "cleo-there")
    cleo, elsewhere, ben = guarded.browser(), guarded.browser(), guarded.browser()
    for client, person in ((cleo, "cleo"), (elsewhere, "cleo"), (ben, "ben")):
        sign_in(client, person)
    offer = offered(cleo, hostile)
    for client in (other, elsewhere, ben):
        assert client.get(offer).status_code == 410
        assert client.post(offer).status_code == 410
    assert len(users(guarded)) == 3


def test_the_offer_means_the_identity_it_was_made_for(guarded: Site, hostile: Hostile) -> None:
    """T02: a second proof in between makes a second offer; each merges what its own page says."""
    for subject in ("cleo-there", "somebody-else"):
        sign_in_there(guarded.browser(), hostile, subject)
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    first, second = offered(cleo, hostile), offered(cleo, hostile, "somebody-else")
    assert "somebody-else" not in cleo.get(first).text
    cleo.post(first)
    found = identities(guarded)
    assert found["hostile:cleo-there"] == found["demo:cleo"] != found["hostile:somebody-else"]
    assert cleo.post(second).status_code == 410  # the account has changed since


def test_the_offer_ends_when_the_identity_has_moved(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "cleo-there")
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    offer = offered(cleo, hostile)
    with guarded.portal.database.writing() as db:
        elsewhere = User(name="Someone")
        db.add(elsewhere)
        db.flush()
        from api.tables import Identity

        db.exec(select(Identity).where(Identity.subject == "cleo-there")).one().user_id = elsewhere.id or 0
    assert cleo.post(offer).status_code == 410
    assert len(users(guarded)) == 3


def test_the_offer_lasts_ten_minutes(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "cleo-there")
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    offer = offered(cleo, hostile)
    with in_future(minutes=10, seconds=1):
        assert cleo.get(offer).status_code == 410
        assert cleo.post(offer).status_code == 410


def test_a_disabled_account_is_not_merged(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "cleo-there")
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    offer = offered(cleo, hostile)
    with guarded.portal.database.writing() as db:
        db.get_one(User, identities(guarded)["hostile:cleo-there"]).disabled_at = clock.now()
    assert cleo.post(offer).status_code == 410
    assert connect(cleo, hostile, "cleo-there").status_code == 400
    assert len(users(guarded)) == 2


def test_of_many_confirmations_at_once_one_counts(guarded: Site, hostile: Hostile) -> None:
    sign_in_there(guarded.browser(), hostile, "cleo-there")
    cleo = guarded.browser()
    sign_in(cleo, "cleo")
    offer = offered(cleo, hostile)
    secret, statuses = cleo.cookies.get(SESSION), []
    clients = [site_of(guarded, secret) for _ in range(8)]
    threads = [
        threading.Thread(target=lambda client=client: statuses.append(client.post(offer).status_code))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 401, 410}
    assert len(users(guarded)) == 1
    with guarded.portal.database.reading() as db:
        assert len(db.exec(select(Audit)).all()) == 1
        assert db.exec(select(MergeOffer)).all() == []


def test_every_table_that_points_to_a_user_is_known() -> None:
    names = {f"{column.table.name}.{column.name}" for column in pointers_to_users()}
    assert {
        "attempt.link_user_id",
        "audit.actor_user_id",
        "audit.user_id",
        "holding.user_id",
        "identity.user_id",
        "mail_choice.user_id",
        "notice.made_by",
        "notice_copy.user_id",
        "outbox.user_id",
        "session.user_id",
        "sign_in.user_id",
        "ticket.user_id",
    } <= names
