"""Finding readers: what words mean, what is shown, and leaves that follow on each other."""

import pytest
import sqlalchemy as sa

from api.database import Database
from api.errors import Invalid
from api.people import directory
from api.people.directory import Mark
from api.signin.people import Profile, recognise
from api.tables import Identity, User
from tests.people.conftest import ADA, BEN, CLEO, LIB, ZOE, House
from tests.people.plans import assert_indexed, plans_of


def found(house: House, words: str, who: str = ZOE, show: str = "") -> list[str]:
    """The subjects of those whom the page lists."""
    answer = house.browser(who).get("/desk/readers", params={"q": words, "show": show})
    assert answer.status_code == 200, answer.text
    numbers = {number: subject for subject, number in house.ids.items()}
    table = answer.text.partition("<tbody>")[2]
    return [numbers[int(each.partition('"')[0])] for each in table.split('href="/desk/readers/')[1:]]


FOUND = [
    ("", [CLEO, BEN, LIB, ADA, ZOE]),
    ("ben", [BEN]),
    ("BEN ar", [BEN]),
    ("ärm", [BEN]),
    ("armel", [BEN]),
    ("spec", [CLEO]),
    ("zoe", [ZOE]),
    ("a", [ADA, ZOE, BEN]),
    ("demo:cleo", [CLEO]),
    ("campus:cleo", []),
    ("demo:cle", []),
    ("cleo@example.org", [CLEO]),
    ("@EXAMPLE.org", [ADA, BEN, CLEO, LIB, ZOE]),
    ("@example.or", []),
    ("leo", []),
    ("%", []),
]


def test_what_words_find(house: House) -> None:
    for words, whom in FOUND:
        assert sorted(found(house, words)) == sorted(whom), words
    assert found(house, "") == [CLEO, BEN, LIB, ADA, ZOE]


def test_a_number_finds_its_account(house: House) -> None:
    assert found(house, str(house.ids[BEN])) == [BEN]
    assert found(house, f"#{house.ids[BEN]}", ADA) == [BEN]
    assert found(house, "99999") == []


def test_what_someone_is_can_be_asked_for(house: House) -> None:
    assert found(house, "", show="editor") == [ADA]
    assert found(house, "ada", show="editor") == [ADA]
    assert found(house, "ben", show="editor") == []
    assert found(house, "", show="disabled") == []
    assert house.browser(ZOE).post(f"{house.page_of(BEN)}/disabling").status_code == 303
    assert found(house, "", show="disabled") == [BEN]
    assert found(house, "armel", show="disabled") == [BEN]
    assert found(house, "", show="closing") == []
    assert house.browser(ZOE).get("/desk/readers?show=owner").status_code == 404


def test_an_editor_learns_nothing_by_an_address(house: House) -> None:
    for words in ("cleo@example.org", "@example.org", "nobody@example.org"):
        answer = house.browser(ADA).get("/desk/readers", params={"q": words})
        assert answer.status_code == 422
        assert "Only administrators find readers by address" in answer.text
        assert "<tbody>" not in answer.text


@pytest.mark.parametrize("words", ["x" * 201, "a\x00b", "´"])
def test_what_can_not_be_looked_for_is_said(house: House, words: str) -> None:
    answer = house.browser(ADA).get("/desk/readers", params={"q": words})
    assert answer.status_code == 422
    assert "<tbody>" not in answer.text


@pytest.mark.parametrize("mark", ["", "x", "-0", "abc-1", "zz-1", "00-", "00-1-2"])
def test_a_mark_that_is_none_leads_nowhere(house: House, mark: str) -> None:
    assert house.browser(ADA).get("/desk/readers", params={"after": mark}).status_code == 404


def test_the_page_of_staff_has_all_with_a_role(house: House) -> None:
    page = house.browser(ADA).get("/desk/staff").text
    names = ["Zoë Admin", "Ada Sample", "Lia Brarian"]
    assert [page.index(f">{name}</a></th>") for name in names] == sorted(page.index(f">{n}</a></th>") for n in names)
    assert "Cleo" not in page


def test_the_keys_follow_the_name_and_the_address(database: Database) -> None:
    with database.writing() as db:
        recognise(db, "demo", Profile("https://id.example.org", "rea", "Rea Der", "Rea@Example.ORG"))
    with database.writing() as db:
        recognise(db, "demo", Profile("https://id.example.org", "rea", "Rea  Wéd", "rea@other.example"))
    with database.reading() as db:
        user, identity = db.exec(sa.select(User)).scalar_one(), db.exec(sa.select(Identity)).scalar_one()
        assert (user.name_key, user.last_name_key) == (b"rea wed", b"wed")
        assert identity.email_key == b"other.example@rea"


def test_an_address_without_end_does_not_stop_a_sign_in(database: Database) -> None:
    with database.writing() as db:
        recognise(db, "demo", Profile("https://id.example.org", "rea", "ſ" * 9000, "x" * 9000 + "@example.org"))


ASKED = [
    ("", ""),
    ("", "editor"),
    ("", "disabled"),
    ("", "closing"),
    ("ann", ""),
    ("@example.org", ""),
    ("ann@example.org", ""),
    ("demo:s7", ""),
]


@pytest.mark.parametrize(("words", "show"), ASKED)
def test_every_question_goes_along_an_index(database: Database, words: str, show: str) -> None:
    """However many readers there are, a leaf is read from an index in its order: no table is read whole or sorted."""
    for after in (None, Mark(b"ann", 7)):
        plans = plans_of(database, lambda db, mark=after: directory.find(db, words, show, mark, by_address=True))
        assert plans
        assert_indexed(plans)


@pytest.mark.parametrize("show", ["editor", "disabled", "closing"])
def test_few_are_gathered_before_they_are_looked_through(database: Database, show: str) -> None:
    plans = plans_of(database, lambda db: directory.find(db, "ann", show, None, by_address=True))
    index = "ix_user_role" if show == "editor" else f"_{show}"
    assert len(plans) == 2
    assert all(index in plan and "ix_user_name_key" not in plan for plan in plans), plans


def test_leaves_follow_on_each_other_without_gap_or_repeat(database: Database) -> None:
    with database.writing() as db:
        for n in range(130):
            recognise(db, "demo", Profile("https://id.example.org", str(n), f"Ann A{n % 3}", f"a{n}@example.org"))
    for words in ("", "ann", "a", "@example.org"):
        seen, mark = list[int](), None
        for _ in range(4):
            with database.reading() as db:
                leaf = directory.find(db, words, "", mark, by_address=True)
            seen += [line.id for line in leaf.lines]
            if leaf.last is None:
                break
            mark = Mark.of(str(leaf.last))
            assert mark == leaf.last
        assert len(seen) == len(set(seen)) == 130, words


def test_nothing_but_signs_is_refused_in_words(database: Database) -> None:
    with database.reading() as db, pytest.raises(Invalid, match="no letter"):
        directory.find(db, "\u0301", "", None, by_address=False)
