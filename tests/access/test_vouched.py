"""What is kept of a provider's word: little, typed and bounded, whatever the provider says."""

import pytest

from api.access.vouched import MOST_AFFILIATIONS, Vouched, affiliation, orcid_id, vouched_from, vouched_in

ORCID = "0000-0002-1825-0097"
CAMPUS = "https://id.example.edu"


@pytest.mark.parametrize("given", [ORCID, f"https://orcid.org/{ORCID}", "0000-0001-5000-0007", "0000-0002-9079-593X"])
def test_an_orcid_id_is_known_by_its_check_digit(given: str) -> None:
    assert orcid_id(given) == given.rpartition("/")[2]


@pytest.mark.parametrize(
    "given",
    ["0000-0002-1825-0098", "0000000218250097", "https://evil.example/0000-0002-1825-0097", "", None, 7, [ORCID]],
)
def test_anything_else_is_no_orcid_id(given: object) -> None:
    assert orcid_id(given) is None


def test_only_orcid_itself_vouches_by_its_subject() -> None:
    assert vouched_in("https://orcid.org", {"sub": ORCID}).orcid == ORCID
    assert vouched_in(CAMPUS, {"sub": ORCID}).orcid is None
    assert vouched_in(CAMPUS, {"sub": "ben", "orcid": f"https://orcid.org/{ORCID}"}).orcid == ORCID


def test_affiliations_come_from_one_value_or_a_list_in_lower_case_and_once() -> None:
    one = vouched_in(CAMPUS, {"affiliation": "Member@Example.EDU"})
    many = vouched_in(CAMPUS, {"eduperson_scoped_affiliation": ["member@example.edu", "faculty@example.edu"] * 2})
    assert one.affiliations == ("member@example.edu",)
    assert many.affiliations == ("member@example.edu", "faculty@example.edu")


def test_nothing_else_is_kept_and_never_much() -> None:
    flood = [f"role-{number}@example.edu" for number in range(5000)]
    shapes = [None, 7, {"member": 1}, "x" * 500, "member of example", "é@example.edu", "<b>@x.org", ["member"]]
    vouched = vouched_in(CAMPUS, {"affiliation": shapes + flood, "groups": ["secret"], "phone_number": "1"})
    assert len(vouched.affiliations) == MOST_AFFILIATIONS
    assert all(each.startswith("role-") for each in vouched.affiliations)
    assert "secret" not in vouched.as_text()


def test_what_is_kept_comes_back() -> None:
    vouched = Vouched(ORCID, ("member@example.edu",))
    assert vouched_from(vouched.as_text()) == vouched
    assert vouched_from(None) == Vouched()


def test_alumni_and_affiliates_are_of_no_house() -> None:
    vouched = Vouched(None, ("alum@old.example", "affiliate@near.example", "student@example.edu", "member"))
    assert vouched.houses == {"example.edu"}
    assert vouched.has_affiliation("student")
    assert vouched.has_affiliation("student@example.edu")
    assert not vouched.has_affiliation("student@other.edu")


def test_an_affiliation_is_a_word_and_perhaps_a_house() -> None:
    assert affiliation(" Library-Walk-In@Example.edu ") == "library-walk-in@example.edu"
    assert affiliation("@example.edu") is None
    assert affiliation("member@") is None
