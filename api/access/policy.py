"""The one decision. Every button, refusal, ticket and redemption asks `decide` and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.tables import Role, RuleKind, State


class Reason(StrEnum):
    """Why a decision fell as it did; each refusal has panel words of its own."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"
    EMAIL_DOMAIN = "email-domain"
    CLAIM = "claim"
    INSTITUTION = "institution"
    LISTED = "listed"
    VOUCHER = "voucher"
    ON_REQUEST = "on-request"
    STAFF = "staff"
    SIGN_IN_NEEDED = "sign-in-needed"
    OTHER_ADDRESS = "other-address"
    NOT_VOUCHED_FOR = "not-vouched-for"
    NOT_A_MEMBER = "not-a-member"
    NOT_LISTED = "not-listed"
    VOUCHER_NEEDED = "voucher-needed"
    ASK_FIRST = "ask-first"
    ASKED = "asked"
    REQUEST_REFUSED = "request-refused"
    NOT_OPEN_YET = "not-open-yet"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"


TURNED_AWAY = frozenset(
    {
        Reason.SIGN_IN_NEEDED,
        Reason.OTHER_ADDRESS,
        Reason.NOT_VOUCHED_FOR,
        Reason.NOT_A_MEMBER,
        Reason.NOT_LISTED,
        Reason.VOUCHER_NEEDED,
        Reason.ASK_FIRST,
        Reason.ASKED,
        Reason.REQUEST_REFUSED,
    }
)  # refusals by the rules: the text is open to others, not to whoever asks


class NextStep(StrEnum):
    """What the reader can do now. The names are the contract's."""

    READ = "read"
    SIGN_IN = "sign-in"
    WAIT = "wait"
    ASK = "ask"
    ENTER_VOUCHER = "enter-voucher"
    NONE = "none"


@dataclass(frozen=True)
class Reader:
    """Someone signed in, as the decision and the pages need to know them."""

    user_id: int
    name: str | None
    role: Role
    provider: str  # id of the provider of this session's identity
    issuer: str
    subject: str
    address: str | None = None  # the network address of this request, never kept
    language: str | None = None  # of the pages and mails they get, where they chose one
    must_prove: bool = False  # works at the desk, and is a reader until signed in strongly enough for it

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.EDITOR, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        return self.role is Role.ADMINISTRATOR

    @property
    def handle(self) -> str:
        """`<provider id>:<subject>`, how the press names a person."""
        return f"{self.provider}:{self.subject}"


@dataclass(frozen=True)
class Access:
    """A title as the decision sees it: its state and when its text opens."""

    state: State
    opens_at: datetime | None = None


class Standing(StrEnum):
    """How a reader's own request to be let in stands."""

    NOT_ASKED = "not-asked"
    OPEN = "open"
    REFUSED = "refused"


@dataclass(frozen=True)
class Rung:
    """One rule of the ladder, as it stands for the reader who asks.

    `fits_reader` is whether what is known of the reader satisfies it, `whom` the name of an institution,
    `request` where the reader is with an `on-request` rule.
    """

    kind: RuleKind
    argument: str | None = None
    fits_reader: bool = False
    rule_id: int | None = None
    whom: str | None = None
    request: Standing = Standing.NOT_ASKED


@dataclass(frozen=True)
class Decision:
    """Allowed or not, the reason, the next step, and the rule that admitted (none for staff)."""

    allowed: bool
    reason: Reason
    next_step: NextStep
    rule_id: int | None = None

    @property
    def is_open_to_all(self) -> bool:
        """No sign-in stands before the file."""
        return self.allowed and self.reason is Reason.EVERYONE


def decide(access: Access, rungs: Sequence[Rung], reader: Reader | None, now: datetime) -> Decision:
    """Whether `reader` (None: nobody known) may have the file at `now`.

    Order: withdrawn closes to all, staff are admitted to the rest, a draft is staff's only; a title without
    rules is closed; before `opens_at` it is closed to every reader; then the first rung that fits admits.
    Staff keep the reason `staff` (their use is not counted) except where the rule is `everyone`.
    """
    if access.state is State.WITHDRAWN:
        return _refused(Reason.WITHDRAWN)
    is_staff = reader is not None and reader.is_staff
    is_open = access.state is State.PUBLISHED and (access.opens_at is None or now >= access.opens_at)
    for rung in rungs if is_open else ():
        reason = _fits(rung, reader)
        if reason is Reason.EVERYONE or (reason is not None and not is_staff):
            return Decision(True, reason, NextStep.READ, rung.rule_id)
    if is_staff:
        return Decision(True, Reason.STAFF, NextStep.READ)
    if access.state is State.DRAFT:
        return _refused(Reason.DRAFT)
    if not rungs:
        return _refused(Reason.CLOSED)
    if not is_open:
        return _refused(Reason.NOT_OPEN_YET, NextStep.WAIT)
    if reader is None:
        return _refused(Reason.SIGN_IN_NEEDED, NextStep.SIGN_IN)
    return _not_admitted(rungs)


def _fits(rung: Rung, reader: Reader | None) -> Reason | None:
    match rung.kind:
        case RuleKind.EVERYONE:
            return Reason.EVERYONE
        case RuleKind.SIGNED_IN if reader is not None:
            return Reason.SIGNED_IN
        case _ if reader is not None and rung.fits_reader:
            return Reason(rung.kind)
    return None


def _not_admitted(rungs: Sequence[Rung]) -> Decision:
    """The first refusal with which the reader can do something, else the first one of the ladder."""
    refusals = [_missing(rung) for rung in rungs]
    return next((each for each in refusals if each.next_step is not NextStep.NONE), refusals[0])


def _missing(rung: Rung) -> Decision:
    match rung.kind:
        case RuleKind.EMAIL_DOMAIN:
            return _refused(Reason.OTHER_ADDRESS)
        case RuleKind.CLAIM:
            return _refused(Reason.NOT_VOUCHED_FOR)
        case RuleKind.INSTITUTION:
            return _refused(Reason.NOT_A_MEMBER)
        case RuleKind.VOUCHER:
            return _refused(Reason.VOUCHER_NEEDED, NextStep.ENTER_VOUCHER)
        case RuleKind.ON_REQUEST if rung.request is Standing.OPEN:
            return _refused(Reason.ASKED, NextStep.WAIT)
        case RuleKind.ON_REQUEST if rung.request is Standing.REFUSED:
            return _refused(Reason.REQUEST_REFUSED)
        case RuleKind.ON_REQUEST:
            return _refused(Reason.ASK_FIRST, NextStep.ASK)
    return _refused(Reason.NOT_LISTED)


def _refused(reason: Reason, next_step: NextStep = NextStep.NONE) -> Decision:
    return Decision(False, reason, next_step)
