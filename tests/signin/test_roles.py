"""Roles: changed by administrators with a fresh sign-in, and one administrator always stays."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.errors import Conflict, Denied, Refusal, SignInAgain
from api.seal import Seal
from api.signin import sessions
from api.signin.people import Profile, recognise
from api.signin.roles import change_role, protect_last_administrator
from api.signin.sessions import Held
from api.tables import Audit, Role, Session, User

ISSUER = "https://id.example.org"


def comes(database: Database, seal: Seal, name: str, role: Role = Role.READER) -> Held:
    """Someone signs in who has a role."""
    with database.writing() as db:
        identity = recognise(db, "demo", Profile(ISSUER, name, name))
        identity.user.role = role
        secret = sessions.begin(db, seal, identity)
        db.flush()
        held = sessions.hold(db, seal, secret)
        assert held is not None
        return held


def change(database: Database, actor: Held | None, whom: Held, role: Role) -> None:
    with database.writing() as db:
        change_role(db, actor, db.get_one(User, whom.reader.user_id), role, next_path="/desk/people")


def role_of(database: Database, whom: Held) -> str:
    with database.reading() as db:
        return db.get_one(User, whom.reader.user_id).role


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_gives_a_role(database: Database, seal: Seal, role: Role) -> None:
    ada, cleo = comes(database, seal, "ada", Role.ADMINISTRATOR), comes(database, seal, "cleo")
    change(database, ada, cleo, role)
    assert role_of(database, cleo) == role


def test_it_is_written_down_and_ends_the_sessions(database: Database, seal: Seal) -> None:
    """T10: no session outlives the role it was begun with."""
    ada, cleo = comes(database, seal, "ada", Role.ADMINISTRATOR), comes(database, seal, "cleo")
    change(database, ada, cleo, Role.LIBRARIAN)
    with database.reading() as db:
        act = db.exec(select(Audit)).one()
        assert (act.actor_user_id, act.user_id) == (ada.reader.user_id, cleo.reader.user_id)
        assert (act.action, act.words) == ("role-changed", "reader → librarian")
        assert [each.user_id for each in db.exec(select(Session))] == [ada.reader.user_id]


def test_the_same_role_again_changes_nothing(database: Database, seal: Seal) -> None:
    ada, cleo = comes(database, seal, "ada", Role.ADMINISTRATOR), comes(database, seal, "cleo")
    change(database, ada, cleo, Role.READER)
    with database.reading() as db:
        assert db.exec(select(Audit)).all() == []
        assert len(db.exec(select(Session)).all()) == 2


def test_the_operator_may_too(database: Database, seal: Seal) -> None:
    cleo = comes(database, seal, "cleo")
    change(database, None, cleo, Role.ADMINISTRATOR)
    with database.reading() as db:
        assert db.exec(select(Audit)).one().actor_user_id is None


@pytest.mark.parametrize("role", [Role.READER, Role.LIBRARIAN, Role.EDITOR])
def test_nobody_else_may(database: Database, seal: Seal, role: Role) -> None:
    """T41: self-promotion."""
    cleo = comes(database, seal, "cleo", role)
    with pytest.raises(Denied):
        change(database, cleo, cleo, Role.ADMINISTRATOR)
    assert role_of(database, cleo) == role


def test_the_role_counts_that_the_actor_has_now(database: Database, seal: Seal) -> None:
    ada, cleo = comes(database, seal, "ada", Role.ADMINISTRATOR), comes(database, seal, "cleo")
    comes(database, seal, "ben", Role.ADMINISTRATOR)
    change(database, None, ada, Role.READER)
    with pytest.raises(Denied):
        change(database, ada, cleo, Role.EDITOR)


def test_the_sign_in_has_to_be_fresh(database: Database, seal: Seal) -> None:
    ada, cleo = comes(database, seal, "ada", Role.ADMINISTRATOR), comes(database, seal, "cleo")
    with clock.frozen(clock.now() + timedelta(minutes=15)), pytest.raises(SignInAgain) as caught:
        change(database, ada, cleo, Role.EDITOR)
    assert caught.value.next_path == "/desk/people"
    assert role_of(database, cleo) == Role.READER


@pytest.mark.parametrize("others", ["nobody", "disabled", "closing"])
def test_the_last_administrator_stays(database: Database, seal: Seal, others: str) -> None:
    ada = comes(database, seal, "ada", Role.ADMINISTRATOR)
    if others != "nobody":
        ben = comes(database, seal, "ben", Role.ADMINISTRATOR)
        with database.writing() as db:
            setattr(db.get_one(User, ben.reader.user_id), f"{others}_at", clock.now())
    for actor in (ada, None):
        with pytest.raises(Conflict):
            change(database, actor, ada, Role.EDITOR)
    with database.writing() as db, pytest.raises(Conflict):
        protect_last_administrator(db, db.get_one(User, ada.reader.user_id))
    assert role_of(database, ada) == Role.ADMINISTRATOR


def test_two_administrators_can_not_remove_each_other_at_once(database: Database, seal: Seal) -> None:
    """T41."""
    people = [comes(database, seal, name, Role.ADMINISTRATOR) for name in ("ada", "ben")]
    barrier, refused = threading.Barrier(2), []

    def remove(actor: Held, whom: Held) -> None:
        barrier.wait()
        try:
            change(database, actor, whom, Role.READER)
        except Refusal as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=remove, args=pair) for pair in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sorted(role_of(database, each) for each in people) == ["administrator", "reader"]
