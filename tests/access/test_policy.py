"""The one decision: who is admitted by which rung, and each refusal with its reason and next step."""

from datetime import UTC, datetime, timedelta

import pytest

from api.access.policy import Access, NextStep, Reader, Reason, Rung, decide
from api.tables import Role, RuleKind, State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPEN = Access(State.PUBLISHED)
EVERYONE = Rung(RuleKind.EVERYONE, rule_id=1)
SIGNED_IN = Rung(RuleKind.SIGNED_IN, rule_id=2)
LISTED = Rung(RuleKind.LISTED, rule_id=3)
NAMES_HER = Rung(RuleKind.LISTED, names_reader=True, rule_id=3)


def person(role: Role = Role.READER) -> Reader:
    return Reader(user_id=1, name="Cleo", role=role, provider="demo", issuer="https://id.example", subject="cleo")


cleo = person()
ada = person(Role.EDITOR)


@pytest.mark.parametrize(
    ("rungs", "reader", "reason", "rule_id"),
    [
        ([EVERYONE], None, Reason.EVERYONE, 1),
        ([EVERYONE], cleo, Reason.EVERYONE, 1),
        ([EVERYONE], ada, Reason.EVERYONE, 1),
        ([SIGNED_IN], cleo, Reason.SIGNED_IN, 2),
        ([NAMES_HER], cleo, Reason.LISTED, 3),
        ([NAMES_HER, SIGNED_IN], cleo, Reason.LISTED, 3),
        ([LISTED, SIGNED_IN], cleo, Reason.SIGNED_IN, 2),
        ([LISTED, EVERYONE], None, Reason.EVERYONE, 1),
        ([SIGNED_IN], ada, Reason.STAFF, None),
        ([], ada, Reason.STAFF, None),
    ],
)
def test_the_first_rung_that_fits_admits(rungs, reader, reason, rule_id) -> None:
    decision = decide(OPEN, rungs, reader, NOW)
    assert decision.allowed
    assert (decision.reason, decision.rule_id) == (reason, rule_id)
    assert decision.next_step is NextStep.READ


@pytest.mark.parametrize(
    ("access", "rungs", "reader", "reason", "next_step"),
    [
        (OPEN, [SIGNED_IN], None, Reason.SIGN_IN_NEEDED, NextStep.SIGN_IN),
        (OPEN, [LISTED], None, Reason.SIGN_IN_NEEDED, NextStep.SIGN_IN),
        (OPEN, [LISTED], cleo, Reason.NOT_LISTED, NextStep.NONE),
        (OPEN, [], None, Reason.CLOSED, NextStep.NONE),
        (OPEN, [], cleo, Reason.CLOSED, NextStep.NONE),
        (Access(State.DRAFT), [EVERYONE], None, Reason.DRAFT, NextStep.NONE),
        (Access(State.DRAFT), [SIGNED_IN], cleo, Reason.DRAFT, NextStep.NONE),
        (Access(State.WITHDRAWN), [EVERYONE], None, Reason.WITHDRAWN, NextStep.NONE),
        (Access(State.WITHDRAWN), [EVERYONE], ada, Reason.WITHDRAWN, NextStep.NONE),
    ],
)
def test_each_refusal_has_its_reason_and_next_step(access, rungs, reader, reason, next_step) -> None:
    decision = decide(access, rungs, reader, NOW)
    assert not decision.allowed
    assert (decision.reason, decision.next_step, decision.rule_id) == (reason, next_step, None)


@pytest.mark.parametrize("rungs", [[EVERYONE], [SIGNED_IN], [NAMES_HER]])
def test_an_embargo_closes_the_text_to_every_reader_until_its_instant(rungs) -> None:
    access = Access(State.PUBLISHED, opens_at=NOW)
    before = decide(access, rungs, cleo, NOW - timedelta(microseconds=1))
    assert (before.allowed, before.reason, before.next_step) == (False, Reason.NOT_OPEN_YET, NextStep.WAIT)
    assert decide(access, rungs, cleo, NOW).allowed


def test_an_opening_date_without_rules_promises_nothing() -> None:
    decision = decide(Access(State.PUBLISHED, NOW + timedelta(days=1)), [], None, NOW)
    assert decision.reason is Reason.CLOSED


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_staff_read_drafts_and_embargoed_titles(state) -> None:
    decision = decide(Access(state, NOW + timedelta(days=1)), [], ada, NOW)
    assert decision.allowed
    assert decision.reason is Reason.STAFF
    assert not decision.is_open_to_all


def test_an_administrator_is_staff() -> None:
    assert decide(Access(State.DRAFT), [], person(Role.ADMINISTRATOR), NOW).allowed
