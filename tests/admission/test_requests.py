"""A reader asks the press, the press answers, and both are told on their pages."""

import threading
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.access import requests
from api.access.rules import take_grant
from api.edge import limits
from api.tables import AccessRequest, Audit, Grant, RuleKind, State
from tests.cast import ADA, CLEO, Forms, issuer, make_editor, sign_in
from tests.make import Made, shelve
from tests.site import Site

WHY = "I am writing a history of the river trade."


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site, rules=[RuleKind.ON_REQUEST])


@pytest.fixture
def cleo(site: Site) -> httpx2.Client:
    client = site.browser()
    sign_in(client, CLEO)
    return client


@pytest.fixture
def ada(site: Site) -> httpx2.Client:
    make_editor(site)
    client = site.browser()
    sign_in(client, ADA)
    return client


def asks(client: httpx2.Client, made: Made, sentence: str = WHY) -> httpx2.Response:
    return client.post(f"{made.path}/requests", data={"sentence": sentence})


def answers(client: httpx2.Client, verb: str) -> httpx2.Response:
    """Press the button of that answer on the desk."""
    actions = [form.action for form in Forms.of(client.get("/desk/requests").text)]
    (action,) = [action for action in actions if action.endswith(f"/{verb}")]
    return client.post(action)


def kept(site: Site) -> list[AccessRequest]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(AccessRequest)).all())


def test_from_the_question_to_the_file(site: Site, made: Made, cleo: httpx2.Client, ada: httpx2.Client) -> None:
    assert "Ask to read the full report" in cleo.get(made.path).text
    asked = asks(cleo, made)
    assert (asked.status_code, asked.headers["location"]) == (303, made.path)
    assert "You have asked the press" in cleo.get(made.path).text
    assert f'action="{made.path}/requests"' not in cleo.get(made.path).text
    told = cleo.get("/account").text
    assert WHY in told
    assert "The press has not decided yet" in told

    desk = ada.get("/desk/requests").text
    assert "Cleo Specimen" in desk
    assert "demo:cleo" in desk
    assert WHY in desk
    decided = answers(ada, "approval")
    assert (decided.status_code, decided.headers["location"]) == (303, "/desk/requests")
    assert WHY not in ada.get("/desk/requests").text

    assert "Open to you" in cleo.get(made.path).text
    assert "The press has let you in" in cleo.get("/account").text
    assert cleo.get(made.pdf, follow_redirects=True).content == made.file
    with site.portal.database.reading() as db:
        assert db.exec(select(Grant)).one().source == "on-request"


def test_a_refusal_is_told_and_not_asked_again(made: Made, cleo: httpx2.Client, ada: httpx2.Client, site: Site) -> None:
    asks(cleo, made)
    answers(ada, "refusal")
    page = cleo.get(made.path).text
    assert "The press has decided not to open this report to you" in page
    assert f'action="{made.path}/requests"' not in page
    assert "The press has said no" in cleo.get("/account").text
    assert asks(cleo, made).status_code == 409
    assert len(kept(site)) == 1


def test_an_answer_can_be_changed_and_a_link_ends_with_it(site: Site, made: Made, cleo: httpx2.Client) -> None:
    asks(cleo, made)
    request_id = kept(site)[0].id or 0
    with site.portal.database.writing() as db:
        requests.refuse(db, request_id, clock.now())
        requests.approve(db, request_id, clock.now())
    link = cleo.post(f"{made.path}/tickets", headers={"accept": "application/json"}).json()["url"]
    with site.portal.database.writing() as db:
        requests.refuse(db, request_id, clock.now())
    assert site.program().get(link).status_code == 403


def test_who_is_put_out_is_told_that_the_answer_has_changed(site: Site, made: Made, cleo: httpx2.Client) -> None:
    asks(cleo, made)
    with site.portal.database.writing() as db:
        requests.approve(db, kept(site)[0].id or 0, clock.now())
    with site.portal.database.writing() as db:
        assert take_grant(db, made.id, issuer(site), CLEO)
    assert "The press has decided not to open this report to you" in cleo.get(made.path).text
    assert "The press has said no" in cleo.get("/account").text


def test_who_lost_what_an_approval_gave_may_ask_again(site: Site, made: Made, cleo: httpx2.Client) -> None:
    """As happens where the identity that asked is no longer theirs."""
    asks(cleo, made)
    with site.portal.database.writing() as db:
        requests.approve(db, kept(site)[0].id or 0, clock.now())
    with site.portal.database.writing() as db:
        db.delete(db.exec(select(Grant)).one())
    assert asks(cleo, made, "Once more, please.").status_code == 303
    assert "You have asked the press" in cleo.get(made.path).text
    assert [(each.sentence, each.answer) for each in kept(site)] == [("Once more, please.", None)]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [("", "Write a sentence"), (" \u200b\r\n ", "Write a sentence"), ("x" * 501, "at most 500 characters")],
)
def test_a_sentence_is_needed_and_has_an_end(made: Made, cleo: httpx2.Client, site: Site, sentence, words) -> None:
    answer = asks(cleo, made, sentence)
    assert answer.status_code == 400
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert kept(site) == []


def test_a_sentence_is_one_line_and_is_escaped(made: Made, cleo: httpx2.Client, ada: httpx2.Client, site: Site) -> None:
    asks(cleo, made, "One <b>line</b>\r\nand\x00 \u202eanother")
    assert kept(site)[0].sentence == "One <b>line</b> and another"
    page = ada.get("/desk/requests").text
    assert "&lt;b&gt;line&lt;/b&gt;" in page
    assert "<b>line</b>" not in page


def test_asking_again_or_in_two_tabs_at_once_is_one_request(site: Site, made: Made, cleo: httpx2.Client) -> None:
    cookie, start, statuses = cleo.cookies["gatefold"], threading.Barrier(8), []

    def ask() -> None:
        tab = site.browser()
        tab.cookies.set("gatefold", cookie)
        start.wait()
        statuses.append(asks(tab, made).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 8
    assert asks(cleo, made).status_code == 303
    assert len(kept(site)) == 1


def test_only_staff_answer_and_everyone_else_finds_nothing(site: Site, made: Made, cleo: httpx2.Client) -> None:
    asks(cleo, made)
    for verb in ("approval", "refusal"):
        assert cleo.post(f"/desk/requests/1/{verb}").status_code == 404
        assert site.browser().post(f"/desk/requests/1/{verb}").status_code == 404
    assert cleo.get("/desk/requests").status_code == 404
    assert kept(site)[0].answer is None


def test_a_press_twice_is_one_answer(site: Site, made: Made, cleo: httpx2.Client, ada: httpx2.Client) -> None:
    assert ada.post("/desk/requests/99/approval").status_code == 404
    asks(cleo, made)
    answers(ada, "approval")
    assert ada.post("/desk/requests/1/approval").status_code == 303
    with site.portal.database.reading() as db:
        lines = db.exec(select(Audit).where(Audit.action == "request-approved")).all()
        assert len(db.exec(select(Grant)).all()) == len(lines) == 1
    assert lines[0].actor_user_id is not None
    assert (lines[0].object, lines[0].words) == ("title rivers-of-paper", "")


def test_where_it_is_not_offered_there_is_no_asking(site: Site, cleo: httpx2.Client) -> None:
    listed = shelve(site, "listed", rules=[RuleKind.LISTED])
    gone = shelve(site, "gone", rules=[RuleKind.ON_REQUEST], state=State.WITHDRAWN)
    assert asks(cleo, listed).status_code == 409
    assert asks(cleo, gone).status_code == 410
    assert kept(site) == []


def test_asking_is_limited_and_a_slip_counts(site: Site, made: Made, cleo: httpx2.Client) -> None:
    many = limits.REQUESTS[0].many
    noon = clock.now()
    with clock.frozen(noon):
        slips = [asks(cleo, made, " ").status_code for _ in range(many)]
        refused = asks(cleo, made)
    assert slips == [400] * many
    assert refused.status_code == 429
    assert f"Your account has sent {many} requests to be let in in the last hour" in refused.text
    assert kept(site) == []
    with clock.frozen(noon + timedelta(hours=1)):
        assert asks(cleo, made).status_code == 303
    assert len(kept(site)) == 1
