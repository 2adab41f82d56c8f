"""Deposits go to Crossref, come back with their report, and survive whatever goes wrong on the way."""

from dataclasses import replace

import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.deposits import preparing, sending
from api.errors import Conflict, Invalid
from api.jobs import Run
from api.ops.housekeeping import deposit_dois
from api.settings_crossref import CrossrefSettings
from api.shelf.shelving import find_title, id_of, withdraw
from api.tables import Audit, Deposit, DepositState, State
from tests.deposits.conftest import OURS, Press
from tests.deposits.crossref_server import Crossref


def test_a_deposit_is_sent_and_its_report_kept(press: Press, crossref: Crossref) -> None:
    press.queue()
    assert press.work().sent == 1
    sent = press.newest()
    assert (sent.state, sent.tries) == (DepositState.SENT, 1)
    assert "SUCCESS" in (sent.answer or "")
    [(name, document)] = crossref.files.items()
    assert name == f"{sent.batch}.xml"
    assert document == sent.document.replace("\r", "")
    assert press.work() == sending.Outcome()  # the report is not asked for at once
    press.later()
    done = press.newest()
    assert (done.state, done.fault) == (DepositState.REGISTERED, None)
    assert [each["doi"] for each in done.results] == [*OURS]
    assert "doi_batch_diagnostic" in (done.report or "")
    with press.database.reading() as db:
        assert db.exec(select(Audit.words).where(Audit.action == "deposit-queued")).all() == ["2 DOIs"]
    with pytest.raises(Conflict, match="nothing has changed"):
        press.queue()


def test_a_batch_that_fails_is_refused_and_sent_again_with_a_newer_stamp(press: Press, crossref: Crossref) -> None:
    crossref.reports = ["Record not processed because of the prefix"]
    press.queue()
    press.work()
    press.later()
    failed = press.newest()
    assert (failed.state, failed.fault) == (DepositState.REFUSED, "Record not processed because of the prefix")
    press.queue()
    press.work()
    press.later()
    assert [each.state for each in press.all()] == [DepositState.REFUSED, DepositState.REGISTERED]
    assert press.newest().stamp > failed.stamp


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_what_is_not_taken_now_is_tried_again(press: Press, crossref: Crossref, status: int) -> None:
    crossref.deposits = [status]
    press.queue()
    assert press.work().put_off == 1
    waiting = press.newest()
    assert waiting.state == DepositState.WAITING
    assert waiting.due_at - clock.now() > sending.PAUSES[0] / 2
    assert crossref.files == {}
    press.later()
    press.later()
    assert (press.newest().state, press.newest().tries) == (DepositState.REGISTERED, 2)


def test_a_wrong_password_is_said_and_not_shown(press: Press, crossref: Crossref) -> None:
    other = press.registrar.settings.model_copy(update={"username": "nobody"})
    press = Press(press.database, replace(press.registrar, settings=other))
    press.queue()
    press.work()
    assert "user name and password" in (press.newest().fault or "")
    assert "hush" not in repr(press.registrar)


def test_what_crossref_will_never_take_is_refused_at_once(press: Press, crossref: Crossref) -> None:
    crossref.deposits = [400]
    press.queue()
    press.work()
    assert press.newest().state == DepositState.REFUSED


@pytest.mark.parametrize("wrong", ["slow", "html", "cut"])
def test_what_may_have_arrived_is_asked_for_and_not_sent_twice(press: Press, crossref: Crossref, wrong: str) -> None:
    crossref.deposits = [wrong]
    press.queue()
    if wrong == "slow":
        assert press.work_in_a_hurry().put_off == 1
        assert crossref.has_read.wait(60)
    else:
        assert press.work().put_off == 1
    assert (press.newest().state, press.newest().sent_at) == (DepositState.SENT, None)
    press.later()
    assert (press.newest().state, press.newest().tries) == (DepositState.REGISTERED, 1)


def test_what_did_not_arrive_is_sent_again(press: Press, crossref: Crossref) -> None:
    crossref.deposits = ["lost"]
    press.queue()
    press.work_in_a_hurry()
    for _ in range(sending.UNKNOWN_FOR + 1):
        press.later()
    assert press.newest().tries == 2
    press.later()
    assert press.newest().state == DepositState.REGISTERED


@pytest.mark.parametrize("wrong", ["html", "cut", "queued", "unknown", 401, 404, 500])
def test_a_report_that_is_none_is_asked_for_again(press: Press, crossref: Crossref, wrong: int | str) -> None:
    crossref.reports = [wrong]
    press.queue()
    press.work()
    press.later()
    assert (press.newest().state, press.newest().report) == (DepositState.SENT, None)
    press.later()
    assert (press.newest().state, press.newest().tries) == (DepositState.REGISTERED, 1)


def test_a_crossref_that_is_away_is_given_up_in_the_end(press: Press) -> None:
    gone = press.registrar.settings.model_copy(update={"address": "http://127.0.0.1:9"})
    press = Press(press.database, replace(press.registrar, settings=gone))
    press.queue()
    press.work()
    for _ in range(sending.MOST_TRIES):
        press.later()
    assert (press.newest().state, press.newest().fault) == (DepositState.GIVEN_UP, sending.TOO_OFTEN)
    assert press.newest().tries == sending.MOST_TRIES


def test_a_worker_that_dies_leaves_it_to_be_asked_for(press: Press, crossref: Crossref) -> None:
    press.queue()
    assert sending._claimed(press.database) is not None
    assert press.work() == sending.Outcome()  # it is another's as long as the claim lasts
    press.later()
    assert (press.newest().state, press.newest().polls) == (DepositState.SENT, 1)  # asked for, not sent again
    for _ in range(5):
        press.later()
    assert press.newest().state == DepositState.REGISTERED


def test_what_changes_later_goes_by_itself(press: Press, crossref: Crossref) -> None:
    press.work()
    assert press.all() == []  # the first time is an editor's
    press.queue()
    press.work()
    press.later()
    press.revise(call_to_read="Read it there.")  # which Crossref does not keep
    assert press.work().queued == 0
    press.later()
    press.revise(title="Rivers of Ink", full_title="Rivers of Ink")
    assert press.work().queued == 1
    press.later()
    assert [each.state for each in press.all()] == [DepositState.REGISTERED] * 2
    assert "Rivers of Ink" in press.newest().document


def test_nothing_but_what_is_ours_and_public_goes(press: Press, crossref: Crossref) -> None:
    press.queue()
    press.revise(doi_is_ours=False)  # while it waits
    press.work()
    press.work()
    assert (press.newest().state, crossref.files) == (DepositState.GIVEN_UP, {})


def test_a_withdrawn_title_is_not_sent(press: Press, crossref: Crossref) -> None:
    press.queue()
    with press.database.writing() as db:
        withdraw(db, "rivers")
    press.work()
    assert (press.newest().state, crossref.files) == (DepositState.GIVEN_UP, {})


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": State.DRAFT}, "draft"),
        ({"published": None, "posted_at": None}, "no date"),
        ({"publisher": None, "institution": None}, "no publisher"),
        ({"doi": "10.1000/182"}, "not under the press’s prefix 10.5555"),
        ({"doi": "10.5555/GF.rivers.2"}, "the same DOI"),
        ({"doi": "hdl:1"}, "not of the form"),
    ],
)
def test_what_stands_in_the_way_is_said(press: Press, facts: dict[str, object], said: str) -> None:
    with press.database.writing() as db:
        title = find_title(db, "rivers")
        for name, value in facts.items():
            setattr(title, name, value)
        db.add(title)
    with pytest.raises(Invalid, match=said):
        press.queue()
    assert press.all() == []


def test_while_it_is_on_its_way_no_second_one_is_begun(press: Press) -> None:
    press.queue()
    press.queue()  # what waits is made anew
    assert len(press.all()) == 1
    press.work()
    with pytest.raises(Conflict, match="on its way"):
        press.queue()


def test_no_transaction_is_open_while_crossref_is_awaited(press: Press, crossref: Crossref) -> None:
    def write() -> None:  # which on SQLite waits for any other writer
        with press.database.writing() as db:
            db.add(Audit(action="meanwhile", object="account"))

    crossref.meanwhile = write
    press.queue()
    assert press.work().sent == 1
    with press.database.reading() as db:
        assert len(db.exec(select(Audit).where(Audit.action == "meanwhile")).all()) == 1


def test_without_an_account_the_job_does_nothing(database: Database, press: Press) -> None:
    press.queue()
    none = replace(press.registrar, settings=CrossrefSettings())
    words = deposit_dois(Run(database, "x", "y", clock.now(), None), none)
    assert words.startswith("There is no account")
    assert press.newest().state == DepositState.WAITING
    with database.reading() as db:
        assert preparing.prepare(db, none, id_of(find_title(db, "rivers")), clock.now()).dois == OURS
        assert len(db.exec(select(Deposit)).all()) == 1
