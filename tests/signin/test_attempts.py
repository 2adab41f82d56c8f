"""Attempts to sign in: one per tab, tied to a browser and a provider, good once."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.errors import SignInFailed
from api.seal import Seal, new_secret
from api.signin import attempts
from api.signin.attempts import Begun, Spent
from api.tables import Attempt

BROWSER = new_secret()


def begin(database: Database, seal: Seal, browser: str = BROWSER, next_path: str = "/account") -> Begun:
    with database.writing() as db:
        return attempts.begin(db, seal, browser, "demo", next_path)


def spend(database: Database, seal: Seal, state: str, browser: str | None = BROWSER, provider: str = "demo") -> Spent:
    with database.writing() as db:
        return attempts.spend(db, seal, state, browser, provider)


def refusal(database: Database, seal: Seal, *args: str | None) -> str:
    with pytest.raises(SignInFailed) as caught:
        spend(database, seal, *args)  # type: ignore[arg-type]
    return caught.value.code


def test_an_attempt_remembers_until_it_is_spent(database: Database, seal: Seal) -> None:
    with clock.frozen(clock.now()):
        begun, at = begin(database, seal), clock.now()
    assert len({begun.state, begun.nonce, begun.code_verifier}) == 3
    assert spend(database, seal, begun.state) == Spent(begun.nonce, begun.code_verifier, "/account", begun_at=at)


def test_the_state_itself_is_not_stored(database: Database, seal: Seal) -> None:
    begun = begin(database, seal)
    with database.reading() as db:
        row = db.exec(select(Attempt)).one()
    assert begun.state not in str(row)
    assert BROWSER not in str(row)


def test_the_second_use_is_refused(database: Database, seal: Seal) -> None:
    begun = begin(database, seal)
    spend(database, seal, begun.state)
    assert refusal(database, seal, begun.state) == "attempt-unknown"


def test_two_tabs_both_finish(database: Database, seal: Seal) -> None:
    one, two = begin(database, seal, next_path="/one"), begin(database, seal, next_path="/two")
    assert spend(database, seal, two.state).next_path == "/two"
    assert spend(database, seal, one.state).next_path == "/one"


def test_of_twenty_at_once_one_succeeds(database: Database, seal: Seal) -> None:
    begun = begin(database, seal)
    barrier = threading.Barrier(20)
    outcomes: list[str] = []

    def use() -> None:
        barrier.wait()
        try:
            spend(database, seal, begun.state)
            outcomes.append("spent")
        except SignInFailed as failure:
            outcomes.append(failure.code)

    threads = [threading.Thread(target=use) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["attempt-unknown"] * 19 + ["spent"]


@pytest.mark.parametrize("browser", [None, "", new_secret()])
def test_another_browser_is_refused_and_the_right_one_still_finishes(
    database: Database, seal: Seal, browser: str | None
) -> None:
    begun = begin(database, seal)
    assert refusal(database, seal, begun.state, browser) == "attempt-foreign-browser"
    assert spend(database, seal, begun.state).nonce == begun.nonce


def test_another_provider_is_refused(database: Database, seal: Seal) -> None:
    begun = begin(database, seal)
    assert refusal(database, seal, begun.state, BROWSER, "other") == "attempt-other-provider"


@pytest.mark.parametrize("state", ["", "x", new_secret(), "\ud800"])
def test_an_unknown_state_is_refused(database: Database, seal: Seal, state: str) -> None:
    begin(database, seal)
    assert refusal(database, seal, state) == "attempt-unknown"


def test_an_attempt_lives_ten_minutes(database: Database, seal: Seal) -> None:
    start = clock.now()
    with clock.frozen(start):
        early, late = begin(database, seal), begin(database, seal)
    with clock.frozen(start + attempts.LIFETIME - timedelta(seconds=1)):
        spend(database, seal, early.state)
    with clock.frozen(start + attempts.LIFETIME):
        assert refusal(database, seal, late.state) == "attempt-expired"


def test_the_eleventh_makes_the_oldest_go(database: Database, seal: Seal) -> None:
    start = clock.now()
    begun = []
    for second in range(11):
        with clock.frozen(start + timedelta(seconds=second)):
            begun.append(begin(database, seal))
    other = begin(database, seal, browser=new_secret())
    with clock.frozen(start + timedelta(seconds=11)):
        assert refusal(database, seal, begun[0].state) == "attempt-unknown"
        for each in begun[1:]:
            spend(database, seal, each.state)
    assert refusal(database, seal, other.state) == "attempt-foreign-browser"


def test_attempts_that_are_over_are_forgotten(database: Database, seal: Seal) -> None:
    start = clock.now()
    with clock.frozen(start):
        begin(database, seal)
    with clock.frozen(start + timedelta(hours=1)):
        begin(database, seal, browser=new_secret())
        with database.writing() as db:
            assert attempts.end_expired(db) == 1
    with database.reading() as db:
        assert len(db.exec(select(Attempt)).all()) == 1
