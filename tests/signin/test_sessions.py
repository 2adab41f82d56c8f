"""Sessions end when they say, and only ours are believed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.seal import Seal, new_secret
from api.signin import sessions
from api.signin.people import Profile, recognise
from api.tables import Session, User


@pytest.fixture
def secret(database: Database, seal: Seal) -> str:
    with database.writing() as db:
        return sessions.begin(db, seal, recognise(db, "demo", Profile("https://id.example.org", "rea", "Rea Der")))


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


def test_a_session_lasts_seven_days(database: Database, seal: Seal, secret: str) -> None:
    start = clock.now()
    with clock.frozen(start + timedelta(days=7, minutes=-1)):
        assert holder(database, seal, secret) == "demo:rea"
    with clock.frozen(start + timedelta(days=7)):
        assert holder(database, seal, secret) is None


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
        sessions.begin(db, seal, recognise(db, "demo", Profile("https://id.example.org", "rea")))
        assert sessions.end_expired(db) == 1
        assert sessions.end_expired(db) == 0
    with database.reading() as db:
        assert len(db.exec(select(Session)).all()) == 1
