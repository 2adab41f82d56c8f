"""Sessions end when they say, and only ours are believed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.errors import SignInAgain
from api.seal import Seal, new_secret
from api.signin import sessions
from api.signin.people import Profile, recognise
from api.tables import Session, User

REA = Profile("https://id.example.org", "rea", "Rea Der")


@pytest.fixture
def secret(database: Database, seal: Seal) -> str:
    with database.writing() as db:
        return sessions.begin(db, seal, recognise(db, "demo", REA))


def holder(database: Database, seal: Seal, secret: str) -> str | None:
    with database.reading() as db:
        reader = sessions.find(db, seal, secret)
    return reader.handle if reader else None


def test_the_holder_is_known(database: Database, seal: Seal, secret: str) -> None:
    assert holder(database, seal, secret) == "demo:rea"


def test_only_a_digest_is_kept(database: Database, seal: Seal, secret: str) -> None:
    with database.reading() as db:
        row = db.exec(select(Session)).one()
    assert secret not in str(row)
    assert row.digest == seal.digest("session", secret)


@pytest.mark.parametrize("stranger", ["", "x", new_secret()])
def test_an_unknown_secret_is_nobody_and_makes_no_row(
    database: Database, seal: Seal, secret: str, stranger: str
) -> None:
    assert holder(database, seal, stranger) is None
    with database.reading() as db:
        assert len(db.exec(select(Session)).all()) == 1


def test_the_digest_is_no_secret(database: Database, seal: Seal, secret: str) -> None:
    assert holder(database, seal, seal.digest("session", secret)) is None


def use(database: Database, seal: Seal, secret: str) -> str | None:
    """What a request does: find the session, and write down that it is in use when that is due."""
    with database.reading() as db:
        held = sessions.hold(db, seal, secret)
    if held is not None and sessions.is_due(held):
        with database.writing() as db:
            sessions.seen(db, held)
    return held.reader.handle if held else None


def test_a_session_lasts_seven_days_and_no_use_makes_it_longer(database: Database, seal: Seal, secret: str) -> None:
    start = clock.now()
    for hours in range(11, 7 * 24, 11):
        with clock.frozen(start + timedelta(hours=hours)):
            assert use(database, seal, secret) == "demo:rea", hours
    with clock.frozen(start + timedelta(days=7, seconds=1)):
        assert use(database, seal, secret) is None


def test_twelve_hours_unused_end_it(database: Database, seal: Seal, secret: str) -> None:
    start = clock.now()
    with clock.frozen(start + timedelta(hours=11, minutes=59)):
        assert holder(database, seal, secret) == "demo:rea"
    with clock.frozen(start + timedelta(hours=12, seconds=1)):
        assert holder(database, seal, secret) is None


def test_use_is_written_down_every_ten_minutes_at_most(database: Database, seal: Seal, secret: str) -> None:
    start = clock.now()
    seen = []
    for minutes in (5, 9, 11, 20, 22):
        with clock.frozen(start + timedelta(minutes=minutes)):
            use(database, seal, secret)
        with database.reading() as db:
            seen.append(round((db.exec(select(Session)).one().last_seen_at - start) / timedelta(minutes=1)))
    assert seen == [0, 0, 11, 11, 22]


def test_a_renewed_session_has_a_new_secret_and_a_new_clock(database: Database, seal: Seal, secret: str) -> None:
    start = clock.now()
    with clock.frozen(start + timedelta(minutes=20)), database.writing() as db:
        held = sessions.hold(db, seal, secret)
        assert held is not None
        with pytest.raises(SignInAgain):
            held.must_be_recent("/account")
        renewed = sessions.renew(db, seal, held.session_id, recognise(db, "demo", REA), None)
    assert holder(database, seal, secret) is None
    with clock.frozen(start + timedelta(minutes=34)), database.reading() as db:
        again = sessions.hold(db, seal, renewed)
        assert again is not None
        assert again.session_id == held.session_id
        again.must_be_recent("/account")


def test_a_disabled_user_holds_nothing(database: Database, seal: Seal, secret: str) -> None:
    with database.writing() as db:
        db.exec(select(User)).one().disabled_at = clock.now()
    assert holder(database, seal, secret) is None


def test_an_ended_session_is_gone_and_can_be_ended_again(database: Database, seal: Seal, secret: str) -> None:
    for _ in range(2):
        with database.writing() as db:
            sessions.end(db, seal, secret)
    assert holder(database, seal, secret) is None


def test_sessions_that_are_over_are_forgotten(database: Database, seal: Seal, secret: str) -> None:
    with clock.frozen(clock.now() + timedelta(days=8)), database.writing() as db:
        sessions.begin(db, seal, recognise(db, "demo", REA))
        assert sessions.end_expired(db) == 1
        assert sessions.end_expired(db) == 0
    with database.reading() as db:
        assert len(db.exec(select(Session)).all()) == 1
