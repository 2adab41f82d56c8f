"""How an institution is described: each fault in a sentence."""

from dataclasses import replace

import pytest

from api.access import institutions
from api.access.asked import AskedRule
from api.access.institutions import House
from api.access.rules import set_ladder
from api.database import Database
from api.errors import Conflict, Invalid, NotFound
from api.shelf.queries import revision
from api.tables import RuleKind


def test_an_institution_is_kept_in_its_plain_form(database: Database) -> None:
    with database.writing() as db:
        given = House("example-university", " Example  University ", "https://ror.org/03yrm5c26", ["@Example.EDU"])
        row = institutions.add(db, given)
        assert (row.name, row.ror, row.domains) == ("Example University", "https://ror.org/03yrm5c26", ["example.edu"])
    with database.reading() as db:
        assert institutions.find(db, "example-university").domains == ["example.edu"]
        assert [each.slug for each in institutions.all_of_them(db)] == ["example-university"]


@pytest.mark.parametrize(
    ("house", "words"),
    [
        (House("Example", "Example", domains=["example.edu"]), "lower-case letters"),
        (House("example", " ", domains=["example.edu"]), "needs a name"),
        (House("example", "Example"), "how one belongs"),
        (House("example", "Example", domains=["edu"]), "not a domain"),
        (House("example", "Example", networks=["192.0.2.1/24"]), "has host bits set"),
        (House("example", "Example", networks=["0.0.0.0/0"]), "wider than any institution"),
        (House("example", "Example", networks=["::/0"]), "wider than any institution"),
        (House("example", "Example", issuer="http://id.example.edu"), "begin with https"),
        (House("example", "Example", "https://ror.org/03yrm5c27", ["example.edu"]), "do not check the others"),
        (House("example", "Example", "03yrm5c26", ["example.edu"]), "not a ROR identifier"),
    ],
)
def test_each_fault_is_a_sentence(database: Database, house: House, words: str) -> None:
    with pytest.raises(Invalid, match=words), database.writing() as db:
        institutions.add(db, house)


def test_a_slug_is_taken_once_and_an_unknown_one_is_said(database: Database) -> None:
    house = House("example", "Example", domains=["example.edu"])
    with database.writing() as db:
        institutions.add(db, house)
    with pytest.raises(Conflict), database.writing() as db:
        institutions.add(db, house)
    with pytest.raises(NotFound, match="gatefold institution add"), database.reading() as db:
        institutions.find(db, "nowhere")


HOUSE = House("example", "Example", domains=["example.edu"], issuer="https://id.example.edu")


def test_what_rules_name_stays_until_they_do_not(database: Database, title_id: int) -> None:
    with database.writing() as db:
        institutions.add(db, HOUSE)
        set_ladder(db, title_id, [AskedRule(RuleKind.INSTITUTION, "example")])
    with pytest.raises(Conflict, match="name “example”; first change them"), database.writing() as db:
        institutions.remove(db, "example")
    with database.writing() as db:
        set_ladder(db, title_id, [RuleKind.SIGNED_IN])
        institutions.remove(db, "example")
    with pytest.raises(NotFound), database.reading() as db:
        institutions.find(db, "example")


def test_a_change_makes_public_pages_old(database: Database) -> None:
    with database.writing() as db:
        institutions.add(db, HOUSE)
    with database.reading() as db:
        before = revision(db)
    with database.writing() as db:
        institutions.edit(db, replace(HOUSE, name="The Example House"))
    with database.reading() as db:
        assert revision(db) == before + 1


def test_those_of_an_issuer(database: Database) -> None:
    with database.writing() as db:
        institutions.add(db, HOUSE)
        institutions.add(db, House("other", "Other", domains=["example.org"]))
    with database.reading() as db:
        assert [each.slug for each in institutions.of_issuers(db, ["https://id.example.edu", None])] == ["example"]
        assert institutions.of_issuers(db, [None]) == []
