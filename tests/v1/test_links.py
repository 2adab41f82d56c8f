"""A download link asked for by a program: every outcome of the decision."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from api import clock
from api.access.rules import take_grant
from api.tables import RuleKind, State, Ticket
from api.v1 import shapes
from tests.cast import ADA, BEN, CLEO, issuer, make_editor
from tests.make import grant, shelve
from tests.site import Site
from tests.v1.conftest import WithKey

LINKS = "/api/v1/titles/rivers-of-paper/tickets"


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


def tickets(site: Site) -> int:
    with site.portal.database.reading() as db:
        return int(db.exec(sa.select(sa.func.count()).select_from(Ticket)).scalar_one())


def test_who_is_admitted_gets_a_link_that_works(site: Site, with_key: WithKey) -> None:
    made = shelve(site)
    answer = with_key(CLEO).post(LINKS)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    link = shapes.Ticket.model_validate_json(answer.text)
    assert link.url.startswith(f"{site.url}/t/")
    assert (link.uses_left, link.media_type) == (5, "application/pdf")
    assert made.file is not None
    assert link.size == len(made.file)
    assert site.program().get(link.url).content == made.file


def test_a_link_dies_with_the_access_it_came_from(site: Site, with_key: WithKey) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    link = shapes.Ticket.model_validate_json(with_key(BEN).post(LINKS).text)
    with site.portal.database.writing() as db:
        assert take_grant(db, made.id, issuer(site), BEN)
    assert site.program().get(link.url).status_code == 403


def test_staff_have_the_file_of_a_draft(site: Site, with_key: WithKey) -> None:
    shelve(site, state=State.DRAFT)
    make_editor(site)
    assert with_key(ADA).post(LINKS).status_code == 201
    assert with_key(CLEO).post(LINKS).status_code == 404


def test_open_to_everyone_means_the_stable_address(site: Site, with_key: WithKey) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    for asker in (site.program(), with_key(CLEO)):
        answer = asker.post(LINKS)
        assert (answer.status_code, answer.headers["location"]) == (303, made.pdf)
    assert site.program().post(LINKS, follow_redirects=True).content == made.file
    assert tickets(site) == 0


@pytest.mark.parametrize(
    ("shelved", "person", "status", "reason", "next_step"),
    [
        ({}, None, 401, "sign-in-needed", "sign-in"),
        ({"rules": []}, None, 401, "closed", "none"),
        ({"rules": []}, CLEO, 403, "closed", "none"),
        ({"rules": [RuleKind.LISTED]}, CLEO, 403, "not-listed", "none"),
        ({"opens_at": clock.now() + timedelta(days=300)}, CLEO, 403, "not-open-yet", "wait"),
        ({"file": None}, CLEO, 404, "in-preparation", "wait"),
        ({"state": State.WITHDRAWN}, None, 410, "withdrawn", "none"),
        ({"state": State.WITHDRAWN}, CLEO, 410, "withdrawn", "none"),
        ({"state": State.DRAFT}, None, 404, None, None),
        ({"state": State.DRAFT}, CLEO, 404, None, None),
    ],
)
def test_a_refusal_says_why_and_what_next(
    site: Site,
    with_key: WithKey,
    shelved: dict[str, object],
    person: str | None,
    status: int,
    reason: str | None,
    next_step: str | None,
) -> None:
    shelve(site, **shelved)  # type: ignore[arg-type]
    asker = with_key(person) if person is not None else site.program()
    answer = asker.post(LINKS, headers={"accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "private, no-store"
    problem = shapes.Problem.model_validate_json(answer.text)
    assert (problem.status, problem.reason, problem.next_step) == (status, reason, next_step)
    if status == 401:
        assert answer.headers["www-authenticate"] == 'Bearer realm="Gatefold"'
    assert tickets(site) == 0


def test_there_is_a_limit_to_links(site: Site, with_key: WithKey) -> None:
    shelve(site)
    program = with_key(CLEO)
    answers = [program.post(LINKS) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [201] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    shapes.Problem.model_validate_json(answers[-1].text)


def test_another_sites_page_makes_no_links(site: Site) -> None:
    shelve(site)
    answer = site.program().post(LINKS, headers={"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"})
    assert answer.status_code == 403
