"""The one decision: who is admitted by which rung, and each refusal with its reason and next step."""

from datetime import UTC, datetime, timedelta

import pytest

from api.access.policy import TURNED_AWAY, Access, NextStep, Reader, Reason, Rung, Standing, decide
from api.tables import Role, RuleKind, State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPEN = Access(State.PUBLISHED)
EVERYONE = Rung(RuleKind.EVERYONE, rule_id=1)
SIGNED_IN = Rung(RuleKind.SIGNED_IN, rule_id=2)
LISTED = Rung(RuleKind.LISTED, rule_id=3)
NAMES_HER = Rung(RuleKind.LISTED, fits_reader=True, rule_id=3)


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


WAYS_IN = [
    (RuleKind.EMAIL_DOMAIN, Reason.EMAIL_DOMAIN, Reason.OTHER_ADDRESS, NextStep.NONE),
    (RuleKind.CLAIM, Reason.CLAIM, Reason.NOT_VOUCHED_FOR, NextStep.NONE),
    (RuleKind.INSTITUTION, Reason.INSTITUTION, Reason.NOT_A_MEMBER, NextStep.NONE),
    (RuleKind.LISTED, Reason.LISTED, Reason.NOT_LISTED, NextStep.NONE),
    (RuleKind.VOUCHER, Reason.VOUCHER, Reason.VOUCHER_NEEDED, NextStep.ENTER_VOUCHER),
    (RuleKind.ON_REQUEST, Reason.ON_REQUEST, Reason.ASK_FIRST, NextStep.ASK),
]


@pytest.mark.parametrize(("kind", "admitted", "refused", "next_step"), WAYS_IN)
def test_each_kind_fits_or_refuses_in_its_own_way(kind, admitted, refused, next_step) -> None:
    fits, misses = Rung(kind, fits_reader=True, rule_id=7), Rung(kind, rule_id=7)
    yes, no = decide(OPEN, [fits], cleo, NOW), decide(OPEN, [misses], cleo, NOW)
    assert (yes.allowed, yes.reason, yes.rule_id) == (True, admitted, 7)
    assert (no.allowed, no.reason, no.next_step, no.rule_id) == (False, refused, next_step, None)
    assert no.reason in TURNED_AWAY
    assert decide(OPEN, [misses], ada, NOW).reason is Reason.STAFF


@pytest.mark.parametrize("kind", [kind for kind in RuleKind if kind is not RuleKind.EVERYONE])
def test_nobody_is_asked_to_sign_in_whatever_else_is_known(kind) -> None:
    decision = decide(OPEN, [Rung(kind, fits_reader=True)], None, NOW)
    assert (decision.allowed, decision.reason, decision.next_step) == (
        False,
        Reason.SIGN_IN_NEEDED,
        NextStep.SIGN_IN,
    )


@pytest.mark.parametrize("kind", list(RuleKind))
def test_no_kind_opens_a_draft_a_withdrawn_or_an_embargoed_title(kind) -> None:
    rungs = [Rung(kind, fits_reader=True)]
    for access in (Access(State.DRAFT), Access(State.WITHDRAWN), Access(State.PUBLISHED, NOW + timedelta(days=1))):
        assert not decide(access, rungs, cleo, NOW).allowed


@pytest.mark.parametrize(
    ("request_stands", "reason", "next_step"),
    [
        (Standing.NOT_ASKED, Reason.ASK_FIRST, NextStep.ASK),
        (Standing.OPEN, Reason.ASKED, NextStep.WAIT),
        (Standing.REFUSED, Reason.REQUEST_REFUSED, NextStep.NONE),
    ],
)
def test_a_request_is_asked_once_then_waits_then_is_decided(request_stands, reason, next_step) -> None:
    decision = decide(OPEN, [Rung(RuleKind.ON_REQUEST, request=request_stands)], cleo, NOW)
    assert (decision.reason, decision.next_step) == (reason, next_step)


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ([RuleKind.LISTED, RuleKind.VOUCHER, RuleKind.ON_REQUEST], Reason.VOUCHER_NEEDED),
        ([RuleKind.ON_REQUEST, RuleKind.VOUCHER], Reason.ASK_FIRST),
        ([RuleKind.INSTITUTION, RuleKind.LISTED], Reason.NOT_A_MEMBER),
        ([RuleKind.EMAIL_DOMAIN, RuleKind.CLAIM], Reason.OTHER_ADDRESS),
    ],
)
def test_a_refusal_names_the_first_rung_with_which_something_can_be_done(kinds, reason) -> None:
    assert decide(OPEN, [Rung(kind) for kind in kinds], cleo, NOW).reason is reason


def test_the_first_rung_that_fits_is_the_one_that_is_named() -> None:
    rungs = [
        Rung(RuleKind.INSTITUTION, rule_id=1),
        Rung(RuleKind.VOUCHER, fits_reader=True, rule_id=2),
        Rung(RuleKind.LISTED, fits_reader=True, rule_id=3),
    ]
    decision = decide(OPEN, rungs, cleo, NOW)
    assert (decision.reason, decision.rule_id) == (Reason.VOUCHER, 2)
