"""What the panel says where access follows identity: whom it is open to, why not to you, what to do next."""

import pytest

from api.access import institutions
from api.access.asked import parse
from api.access.institutions import House
from api.access.rules import set_ladder
from tests.cast import ADA, BEN, CLEO, make_editor, sign_in
from tests.make import Made, shelve
from tests.site import Site


def opened_to(site: Site, *rules: str) -> Made:
    made = shelve(site, rules=[])
    with site.portal.database.writing() as db:
        house = House("university", "Example University", domains=["university.example"], networks=["198.51.100.0/24"])
        institutions.add(db, house)
        institutions.add(db, House("here", "The House Next Door", networks=["127.0.0.0/8"]))
        set_ladder(db, made.id, [parse(rule) for rule in rules])
    return made


def page_for(site: Site, made: Made, person: str) -> str:
    client = site.browser()
    sign_in(client, person)
    return client.get(made.path).text


@pytest.mark.parametrize(
    ("rule", "person", "words"),
    [
        ("email-domain:example.org", CLEO, "Open to you"),
        ("email-domain:example.edu", CLEO, "Your address does not open this report"),
        ("claim:affiliation=faculty@university.example", BEN, "Open to you"),
        ("claim:affiliation=member", BEN, "Open to you"),
        ("claim:affiliation=member", CLEO, "Your sign-in does not open this report"),
        ("claim:provider=demo", CLEO, "Open to you"),
        ("claim:orcid", CLEO, "Your sign-in does not open this report"),
        ("institution:university", BEN, "Open to you"),
        ("institution:university", CLEO, "open to an institution you are not signed in from"),
        ("institution:here", CLEO, "Open to you"),
        ("listed", CLEO, "You are not on the list for this report"),
        ("voucher", CLEO, "Enter your code to read the full report"),
        ("on-request", CLEO, "Ask to read the full report"),
        ("institution:university", ADA, "Open to you"),
    ],
)
def test_each_rule_with_the_demos_own_people(site: Site, rule: str, person: str, words: str) -> None:
    make_editor(site)
    made = opened_to(site, rule)
    assert words in page_for(site, made, person)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (["institution:university", "listed"], "Open to members of Example University and to named readers"),
        (
            ["email-domain:example.edu", "claim:orcid", "voucher"],
            "Open to people with an address at example.edu, to people with an ORCID iD and to readers with a code",
        ),
        (["claim:affiliation=faculty@a.example"], "Open to faculty of a.example"),
        (["claim:provider=demo"], "Open to people who sign in with Example Sign-in"),
        (["claim:orcid=0000-0002-1825-0097", "listed"], "Open to named readers"),
        (["on-request"], "Open to readers who ask the press"),
        (["listed", "signed-in"], "Free to read, sign-in required"),
    ],
)
def test_whom_it_is_open_to_is_said_before_any_click(site: Site, rules: list[str], words: str) -> None:
    made = opened_to(site, *rules)
    shelve(site, "another")
    nobody = site.browser()
    page = nobody.get(made.path)
    assert words in page.text
    assert "0000-0002-1825-0097" not in page.text
    assert page.headers["cache-control"].startswith("public")
    if words.startswith("Open"):
        assert words in nobody.get("/").text


def test_every_way_in_that_is_left_stands_on_the_panel(site: Site) -> None:
    made = opened_to(site, "listed", "voucher", "on-request")
    page = page_for(site, made, CLEO)
    assert f'action="{made.path}/vouchers"' in page
    assert f'action="{made.path}/requests"' in page
    assert "demo:cleo" in page
    public = site.browser().get(made.path).text
    assert "Once you are signed in you can enter a code, or ask to be let in." in public
    assert "/vouchers" not in public


def test_the_public_page_never_depends_on_the_network(site: Site) -> None:
    """This test asks from inside the network of the institution, and is asked to sign in all the same."""
    made = opened_to(site, "institution:here")
    nobody = site.browser()
    assert "Open to members of The House Next Door" in nobody.get(made.path).text
    assert nobody.get(made.pdf).headers["location"] == f"{made.path}?get=pdf"
    assert site.program().get(made.pdf).status_code == 401


def test_a_link_made_inside_a_network_works_inside_it(site: Site) -> None:
    made = opened_to(site, "institution:here")
    cleo = site.browser()
    sign_in(cleo, CLEO)
    link = cleo.post(f"{made.path}/tickets", headers={"accept": "application/json"}).json()["url"]
    assert site.program().get(link).content == made.file
    with site.portal.database.writing() as db:
        institutions.find(db, "here").networks = ["198.51.100.0/24"]
    assert site.program().get(link).status_code == 403
