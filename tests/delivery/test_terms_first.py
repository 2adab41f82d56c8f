"""Terms of use stand before a reader's first file, and nowhere else: they are asked on every way to a link."""

from urllib.parse import quote

import httpx2
import pytest

from api.signin import terms
from api.tables import RuleKind
from tests.attacks.readers import Caller, callers, hand_ticket
from tests.cast import ADA, BEN, CLEO, Forms
from tests.make import Made, give_chapters, grant, new_edition, shelve
from tests.site import Site
from tests.v1.conftest import new_key


@pytest.fixture
def people(site: Site) -> dict[str, Caller]:
    return callers(site)


def put_in_force(site: Site, people: dict[str, Caller], words: str = "Read **well**.") -> None:
    with site.portal.database.writing() as db:
        terms.put_in_force(db, words, by=people[ADA].user_id or 0)


def browser(site: Site, people: dict[str, Caller], name: str = CLEO) -> httpx2.Client:
    return people[name].dressed(site.browser())


def asked(come_back_to: str) -> str:
    return f"/terms?next={quote(come_back_to, safe='')}"


def test_from_the_page_over_the_terms_to_the_file(site: Site, people: dict[str, Caller]) -> None:
    made = shelve(site)
    put_in_force(site, people)
    cleo = browser(site, people)
    assert f'content="0; url={made.pdf}"' in cleo.get(f"{made.path}?get=pdf").text
    sent = cleo.get(made.pdf)
    assert (sent.status_code, sent.headers["location"]) == (303, asked(f"{made.path}?get=pdf"))
    assert sent.headers["cache-control"] == "private, no-store"
    page = cleo.get(sent.headers["location"]).text
    assert f'href="{made.path}">Not now' in page  # a page that starts the download would lead here again
    form = Forms.of(page)[0]
    back = cleo.post(form.action, data=form.fields)
    assert (back.status_code, back.headers["location"]) == (303, f"{made.path}?get=pdf")
    assert f'content="0; url={made.pdf}"' in cleo.get(back.headers["location"]).text
    assert cleo.get(cleo.get(made.pdf).headers["location"]).content == made.file


@pytest.mark.parametrize(
    ("below", "back"),
    [("", "?get=pdf"), ("/editions/1", "?get=pdf&edition=1"), ("/chapters/1", "/chapters/1?get=pdf")],
)
def test_every_address_of_a_file_asks(site: Site, people: dict[str, Caller], below: str, back: str) -> None:
    made = shelve(site)
    give_chapters(site, made)
    new_edition(site, made)
    put_in_force(site, people)
    cleo = browser(site, people)
    for answer in (
        cleo.get(f"{made.path}{below}.pdf"),
        cleo.head(f"{made.path}{below}.pdf"),
        cleo.post(f"{made.path}{below}/tickets"),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, asked(f"{made.path}{back}"))


def test_a_program_hears_where_its_reader_can_accept_them(site: Site, people: dict[str, Caller]) -> None:
    made = shelve(site)
    put_in_force(site, people)
    program = site.program()
    program.headers["authorization"] = f"Bearer {new_key(site)}"
    page = site.url + asked(f"{made.path}?get=pdf")
    for answer in (
        program.get(made.pdf),
        program.post(f"{made.path}/tickets"),
        program.post("/api/v1/titles/rivers-of-paper/tickets"),
    ):
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["reason"], problem["next_step"]) == ("terms-not-accepted", "accept-terms")
        assert problem["terms"] == page
        assert page in problem["detail"]
    accept(browser(site, people), 1)
    assert program.post("/api/v1/titles/rivers-of-paper/tickets").status_code == 201


def accept(client: httpx2.Client, version: int) -> None:
    assert client.post("/terms/acceptance", data={"version": version}).status_code == 303


def test_a_new_version_asks_again_and_no_terms_ask_nobody(site: Site, people: dict[str, Caller]) -> None:
    made = shelve(site)
    cleo = browser(site, people)
    assert cleo.get(made.pdf).headers["location"].startswith("/t/")
    put_in_force(site, people, "One.")
    accept(cleo, 1)
    assert cleo.get(made.pdf).headers["location"].startswith("/t/")
    put_in_force(site, people, "Two.")
    assert cleo.get(made.pdf).headers["location"].startswith("/terms?")
    put_in_force(site, people, "")
    assert cleo.get(made.pdf).headers["location"].startswith("/t/")


def test_staff_and_what_is_open_to_all_are_not_asked(site: Site, people: dict[str, Caller]) -> None:
    closed, open_to_all = shelve(site), shelve(site, "for-all", rules=[RuleKind.EVERYONE])
    put_in_force(site, people)
    assert browser(site, people, ADA).get(closed.pdf).headers["location"].startswith("/t/")
    for client in (site.browser(), browser(site, people)):
        assert client.get(open_to_all.pdf).content == open_to_all.file
    assert site.browser().get(closed.pdf).headers["location"] == f"{closed.path}?get=pdf"


def test_who_is_not_admitted_hears_that_and_is_not_asked(site: Site, people: dict[str, Caller]) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    put_in_force(site, people)
    assert browser(site, people).get(made.pdf).headers["location"] == f"{made.path}?get=pdf"
    assert browser(site, people, BEN).get(made.pdf).headers["location"].startswith("/terms?")


def test_a_link_that_is_out_works_on(site: Site, people: dict[str, Caller]) -> None:
    made = shelve(site)
    link = hand_ticket(site, made, people[CLEO].user_id or 0)
    put_in_force(site, people)
    assert site.program().get(link).content == made.file


def test_nothing_is_counted_or_made_for_who_is_asked(site: Site, people: dict[str, Caller]) -> None:
    made: Made = shelve(site)
    put_in_force(site, people)
    browser(site, people).get(made.pdf)
    with site.portal.database.reading() as db:
        assert db.connection().exec_driver_sql("SELECT count(*) FROM ticket").scalar_one() == 0
        assert db.connection().exec_driver_sql("SELECT count(*) FROM bucket").scalar_one() == 0


def test_terms_that_changed_on_the_way_lead_to_the_new_ones(site: Site, people: dict[str, Caller]) -> None:
    put_in_force(site, people, "One.")
    put_in_force(site, people, "Two.")
    late = browser(site, people).post("/terms/acceptance", data={"version": 1, "next": "/reports/x?get=pdf"})
    assert late.status_code == 409
    assert f'href="{asked("/reports/x?get=pdf")}"' in late.text


def test_who_was_signed_out_meanwhile_signs_in_and_comes_back_to_the_terms(
    site: Site, people: dict[str, Caller]
) -> None:
    put_in_force(site, people)
    address = asked("/reports/x?get=pdf")
    page = site.browser().get(address).text
    assert f'href="/sign-in?next={quote(address, safe="")}">Sign in to accept them' in page
    cleo = browser(site, people)
    accept(cleo, 1)
    assert 'href="/reports/x?get=pdf">Go on' in cleo.get(address).text
