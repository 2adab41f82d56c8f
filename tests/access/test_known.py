"""Rules that follow identity: what a sign-in proved, for how long, and that an address never makes two people one."""

from datetime import timedelta

import pytest

from api import clock
from api.access import institutions
from api.access.asked import parse
from api.access.institutions import House
from api.access.known import VOUCHED_FOR
from api.access.policy import Access, Decision, Reader, decide
from api.access.rules import ladder, set_ladder
from api.access.vouched import Vouched
from api.database import Database
from api.signin import sessions
from api.signin.people import Profile, reader_of_user, recognise
from api.tables import Identity, State

CAMPUS, OTHER = "https://id.example.edu", "https://other.example.org"
ORCID = "0000-0002-1825-0097"


def came(database: Database, profile: Profile, provider: str = "campus", address: str | None = None) -> Reader:
    """Somebody who has just signed in, asking from this network address."""
    with database.writing() as db:
        user_id = recognise(db, provider, profile).user_id
    with database.reading() as db:
        reader = reader_of_user(db, user_id)
    assert reader is not None
    return Reader(**(vars(reader) | {"address": address}))


def decision(database: Database, title_id: int, reader: Reader) -> Decision:
    with database.reading() as db:
        return decide(Access(State.PUBLISHED), ladder(db, title_id, reader), reader, clock.now())


def opened_to(database: Database, title_id: int, *rules: str) -> None:
    with database.writing() as db:
        set_ladder(db, title_id, [parse(rule) for rule in rules])


def ben(email: str | None = None, verified: bool = True, issuer: str = CAMPUS, **vouched: object) -> Profile:
    return Profile(issuer, "ben", "Ben", email, verified, vouched=Vouched(**vouched))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "profile", "admitted"),
    [
        ("email-domain:example.org", ben("ben@example.org"), True),
        ("email-domain:example.org", ben("Ben@Example.ORG"), True),
        ("email-domain:example.org", ben("ben@example.org", verified=False), False),
        ("email-domain:example.org", ben("ben@mail.example.org"), False),
        ("email-domain:example.org", ben("ben@notexample.org"), False),
        ("email-domain:example.org", ben("ben@example.org@evil.example"), False),
        ("email-domain:example.org", ben("ben@evil.example\\@example.org"), False),
        ("email-domain:kelvin.org", ben("ben@\u212aelvin.org"), False),
        ("email-domain:example.org", ben(None), False),
        ("claim:orcid", ben(orcid=ORCID), True),
        ("claim:orcid", ben(), False),
        (f"claim:orcid={ORCID}", ben(orcid=ORCID), True),
        (f"claim:orcid={ORCID}", ben(orcid="0000-0001-5000-0007"), False),
        ("claim:affiliation=faculty", ben(affiliations=("faculty@example.edu",)), True),
        ("claim:affiliation=faculty@example.edu", ben(affiliations=("faculty@example.edu",)), True),
        ("claim:affiliation=faculty@other.edu", ben(affiliations=("faculty@example.edu",)), False),
        ("claim:affiliation=facult", ben(affiliations=("faculty@example.edu",)), False),
        ("claim:provider=campus", ben(), True),
        ("claim:provider=camp", ben(), False),
    ],
)
def test_what_a_sign_in_proved(database: Database, title_id: int, rule: str, profile: Profile, admitted: bool) -> None:
    opened_to(database, title_id, rule)
    assert decision(database, title_id, came(database, profile)).allowed is admitted


@pytest.mark.parametrize(
    ("profile", "address", "admitted"),
    [
        (ben(issuer="https://id.university.example"), None, True),
        (ben("ben@university.example"), None, True),
        (ben("ben@university.example", verified=False), None, False),
        (ben(affiliations=("student@university.example",)), None, True),
        (ben(affiliations=("alum@university.example",)), None, False),
        (ben(affiliations=("student@elsewhere.example",)), None, False),
        (ben(), "192.0.2.200", True),
        (ben(), "::ffff:192.0.2.200", True),
        (ben(), "2001:db8:7::1", True),
        (ben(), "192.0.3.1", False),
        (ben(), "not an address", False),
        (ben(), None, False),
    ],
)
def test_every_way_to_belong_to_an_institution(
    database: Database, title_id: int, profile: Profile, address: str | None, admitted: bool
) -> None:
    house = House(
        "university",
        "Example University",
        domains=["university.example"],
        networks=["192.0.2.0/24", "2001:db8:7::/48"],
        issuer="https://id.university.example",
    )
    with database.writing() as db:
        institutions.add(db, house)
    opened_to(database, title_id, "institution:university")
    assert decision(database, title_id, came(database, profile, address=address)).allowed is admitted


def test_what_was_vouched_for_is_replaced_at_each_sign_in(database: Database, title_id: int) -> None:
    opened_to(database, title_id, "claim:affiliation=student", "email-domain:example.edu")
    reader = came(database, ben("ben@example.edu", affiliations=("student@example.edu",)))
    assert decision(database, title_id, reader).allowed
    assert not decision(database, title_id, came(database, ben("ben@mail.example"))).allowed


def test_what_was_vouched_for_lasts_as_long_as_a_session(database: Database, title_id: int) -> None:
    opened_to(database, title_id, "claim:affiliation=student", "email-domain:example.edu")
    reader = came(database, ben("ben@example.edu", affiliations=("student@example.edu",)))
    assert VOUCHED_FOR == sessions.LIFETIME
    with clock.frozen(clock.now() + VOUCHED_FOR - timedelta(minutes=1)):
        assert decision(database, title_id, reader).allowed
    with clock.frozen(clock.now() + VOUCHED_FOR + timedelta(minutes=1)):
        assert not decision(database, title_id, reader).allowed


def test_another_identity_of_the_same_reader_counts_too(database: Database, title_id: int) -> None:
    opened_to(database, title_id, "claim:affiliation=student")
    reader = came(database, ben(issuer=OTHER), provider="other")
    with database.writing() as db:
        vouched = Vouched(None, ("student@example.edu",)).as_text()
        known = {"user_id": reader.user_id, "provider": "campus", "issuer": CAMPUS, "subject": "ben"}
        db.add(Identity(**known, claims=vouched, vouched_at=clock.now()))
    assert decision(database, title_id, reader).allowed


def test_the_same_address_at_two_issuers_is_two_readers(database: Database, title_id: int) -> None:
    """T01: the second is refused whatever their provider says of the address, unless it is verified for them too."""
    opened_to(database, title_id, "email-domain:example.org", "listed")
    known = came(database, ben("ben@example.org"))
    stranger = came(database, ben("ben@example.org", verified=False, issuer=OTHER), provider="other")
    assert known.user_id != stranger.user_id
    assert decision(database, title_id, known).allowed
    assert not decision(database, title_id, stranger).allowed
