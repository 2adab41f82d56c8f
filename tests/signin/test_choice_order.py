"""Who can satisfy a title's rules stands first on the choice page; an institution is found by its name."""

import pytest

from api.access.asked import AskedRule
from api.access.institutions import House, add
from api.access.rules import set_ladder
from api.tables import RuleKind
from tests.cast import pick_person
from tests.make import shelve
from tests.signin.test_choice import names
from tests.site import Site

USUAL = ["Example Sign-in", "Example University"]


@pytest.fixture
def university(site: Site) -> None:
    house = House("example-university", "University of Example", issuer=f"{site.url}/demo-campus")
    with site.portal.database.writing() as db:
        add(db, house)
        add(db, House("elsewhere", "Institute of Elsewhere", domains=["elsewhere.example"]))


@pytest.mark.parametrize(
    ("rules", "first"),
    [
        ([AskedRule(RuleKind.INSTITUTION, "example-university")], "Example University"),
        ([AskedRule(RuleKind.CLAIM, "provider=demo-campus")], "Example University"),
        ([AskedRule(RuleKind.CLAIM, "orcid")], "Example Sign-in"),
        ([AskedRule(RuleKind.INSTITUTION, "elsewhere")], "Example Sign-in"),
        ([AskedRule(RuleKind.LISTED)], "Example Sign-in"),
        ([AskedRule(RuleKind.SIGNED_IN)], "Example Sign-in"),
    ],
    ids=str,
)
def test_who_can_satisfy_the_rules_stands_first(
    site: Site, university: None, rules: list[AskedRule], first: str
) -> None:
    made = shelve(site, rules=[])
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, rules)
    found = names(site.browser().get(f"/sign-in?next={made.path}"))
    assert found == sorted(USUAL, key=lambda name: name != first)


def test_an_institution_is_found_by_its_name(site: Site, university: None) -> None:
    client = site.browser()
    page = client.get("/sign-in?next=/account").text
    door = page.partition("Your institution by name")[2]
    assert "University of Example" in door
    assert "Institute of Elsewhere" not in page
    assert 'action="/sign-in/demo-campus"' in door.partition("</details>")[0]
    started = client.post("/sign-in/demo-campus", data={"next": "/account"})
    finished = client.get(pick_person(client, started.headers["location"], "u-1815").headers["location"])
    assert finished.headers["location"] == "/account"


def test_without_institutions_there_is_no_such_line(site: Site) -> None:
    assert "Your institution by name" not in site.browser().get("/sign-in").text
