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
    LISTED = "listed"
    STAFF = "staff"
    SIGN_IN_NEEDED = "sign-in-needed"
    NOT_LISTED = "not-listed"
    NOT_OPEN_YET = "not-open-yet"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"


class NextStep(StrEnum):
    """What the reader can do now. The names are the contract's."""

    READ = "read"
    SIGN_IN = "sign-in"
    WAIT = "wait"
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

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.EDITOR, Role.ADMINISTRATOR)

    @property
    def handle(self) -> str:
        """`<provider id>:<subject>`, how the press names a person."""
        return f"{self.provider}:{self.subject}"


@dataclass(frozen=True)
class Access:
    """A title as the decision sees it: its state and when its text opens."""

    state: State
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Rung:
    """One rule of the ladder. `names_reader` is whether a `listed` rule's grants name the reader who asks."""

    kind: RuleKind
    names_reader: bool = False
    rule_id: int | None = None


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
    return _refused(Reason.NOT_LISTED)


def _fits(rung: Rung, reader: Reader | None) -> Reason | None:
    match rung.kind:
        case RuleKind.EVERYONE:
            return Reason.EVERYONE
        case RuleKind.SIGNED_IN if reader is not None:
            return Reason.SIGNED_IN
        case RuleKind.LISTED if reader is not None and rung.names_reader:
            return Reason.LISTED
    return None


def _refused(reason: Reason, next_step: NextStep = NextStep.NONE) -> Decision:
    return Decision(False, reason, next_step)
