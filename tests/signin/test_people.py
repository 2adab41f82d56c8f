"""Who a proven profile is here: (issuer, subject) and nothing else."""

import threading

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.errors import SignInFailed
from api.shelf import queries
from api.signin.people import Profile, recognise
from api.tables import Audit, Identity, Role, User

REA = Profile("https://id.example.org", "rea", "Rea Der", "rea@example.org")


def seen(database: Database, profile: Profile, provider: str = "demo") -> int:
    with database.writing() as db:
        return recognise(db, provider, profile).user_id


def test_first_sight_makes_a_reader(database: Database) -> None:
    user_id = seen(database, REA)
    with database.reading() as db:
        user = db.get(User, user_id)
        assert user is not None
        assert (user.name, user.email, user.role) == ("Rea Der", "rea@example.org", Role.READER)
        assert db.exec(select(Identity)).one().subject == "rea"


def test_who_signs_in_for_the_first_time_makes_no_page_old(database: Database) -> None:
    def revision() -> int:
        with database.reading() as db:
            return queries.revision(db)

    before = revision()
    seen(database, REA)
    seen(database, REA)
    assert revision() == before
    seen(database, Profile(REA.issuer, REA.subject, "Rea Newname"))
    assert revision() == before + 1, "what they said stands below a title with their name"


def test_the_same_person_is_known_again_and_the_name_follows(database: Database) -> None:
    first = seen(database, REA)
    assert seen(database, Profile(REA.issuer, REA.subject, "Rea Newname", None), "renamed") == first
    with database.reading() as db:
        user = db.exec(select(User)).one()
        assert (user.name, user.email) == ("Rea Newname", "rea@example.org")
        assert db.exec(select(Identity)).one().provider == "renamed"


@pytest.mark.parametrize(
    "stranger",
    [
        Profile("https://other.example.org", "rea", "Rea Der", "rea@example.org"),
        Profile("https://id.example.org", "Rea", "Rea Der", "rea@example.org"),
        Profile("https://id.example.org", "rea ", "Rea Der", "rea@example.org"),
        Profile("https://id.example.org/", "rea", "Rea Der", "rea@example.org"),
    ],
)
def test_a_shared_address_never_makes_two_people_one(database: Database, stranger: Profile) -> None:
    assert seen(database, REA) != seen(database, stranger)


def test_an_address_is_kept_with_the_providers_last_word_on_it(database: Database) -> None:
    for email, verified in (
        ("rea@example.org", True),
        ("rea@example.org", False),
        ("new@example.org", True),
        (None, False),
    ):
        seen(database, Profile(REA.issuer, REA.subject, REA.name, email, verified))
        with database.reading() as db:
            identity = db.exec(select(Identity)).one()
            assert (identity.email, identity.email_verified) == (email, verified)


@pytest.mark.parametrize("verified", [True, False])
def test_not_even_a_verified_address_makes_two_people_one(database: Database, verified: bool) -> None:
    first = seen(database, Profile("https://id.example.org", "rea", "Rea Der", "rea@example.org", True))
    second = Profile("https://other.example.org", "rea", "Rea Der", "rea@example.org", verified)
    assert seen(database, second, "other") != first


def test_name_and_address_may_be_missing(database: Database) -> None:
    user_id = seen(database, Profile("https://id.example.org", "nameless"))
    with database.reading() as db:
        user = db.get(User, user_id)
        assert user is not None
        assert (user.name, user.email) == (None, None)


def test_a_disabled_user_is_refused(database: Database) -> None:
    user_id = seen(database, REA)
    with database.writing() as db:
        user = db.get(User, user_id)
        assert user is not None
        user.disabled_at = clock.now()
    with pytest.raises(SignInFailed) as caught:
        seen(database, REA)
    assert caught.value.code == "disabled"


@pytest.mark.parametrize(
    ("provider", "profile", "role"),
    [
        ("demo", REA, Role.ADMINISTRATOR),
        ("other", REA, Role.READER),
        ("demo", Profile(REA.issuer, "Rea", "Rea Der", "rea@example.org"), Role.READER),
        ("demo", Profile(REA.issuer, "ben", "Rea Der", "demo:rea"), Role.READER),
    ],
)
def test_administrators_are_named_by_provider_and_subject(
    database: Database, provider: str, profile: Profile, role: Role
) -> None:
    with database.writing() as db:
        recognise(db, provider, profile, ("demo:rea", "demo:rea@example.org"))
    with database.reading() as db:
        assert db.exec(select(User)).one().role == role


def test_who_is_named_later_becomes_one_at_the_next_sign_in_and_stays_one(database: Database) -> None:
    for admins, role in (((), Role.READER), (("demo:rea",), Role.ADMINISTRATOR), ((), Role.ADMINISTRATOR)):
        with database.writing() as db:
            recognise(db, "demo", REA, admins)
        with database.reading() as db:
            assert db.exec(select(User)).one().role == role
    with database.reading() as db:
        assert [act.words for act in db.exec(select(Audit))] == ["reader → administrator, by the settings"]


def test_two_first_sign_ins_at_once_make_one_person(database: Database) -> None:
    barrier = threading.Barrier(8)
    found: list[int] = []

    def come() -> None:
        barrier.wait()
        found.append(seen(database, REA))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    with database.reading() as db:
        assert len(db.exec(select(User)).all()) == 1


def test_losing_the_race_leaves_no_second_user(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a database without SQLite's write lock the look-up can miss a row that the insert then meets."""
    from api.signin import people

    first = seen(database, REA)
    look_up, looks = people._known, []

    def miss_once(db: object, profile: Profile) -> Identity | None:
        looks.append(profile)
        return None if len(looks) == 1 else look_up(db, profile)  # type: ignore[arg-type]

    monkeypatch.setattr(people, "_known", miss_once)
    assert seen(database, REA) == first
    assert len(looks) == 2
    with database.reading() as db:
        assert len(db.exec(select(User)).all()) == 1
