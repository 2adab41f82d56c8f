"""What stands before a title's file for someone whom nobody knows, told from the one decision."""

from api.access.policy import Reason
from api.formats.gate import Gate
from api.formats.record import ContentsLine
from api.formats.works import Work
from api.shelf.queries import Shelved
from api.tables import RuleKind


def gate_of(shelved: Shelved) -> Gate:
    decision = shelved.public_decision
    if decision.is_open_to_all:
        return Gate.OPEN
    if decision.reason is Reason.NOT_OPEN_YET:
        return Gate.NOT_YET
    if decision.reason is Reason.SIGN_IN_NEEDED:
        lets_all_in = any(rung.kind is RuleKind.SIGNED_IN for rung in shelved.rungs)
        return Gate.SIGN_IN if lets_all_in else Gate.RESTRICTED
    return Gate.CLOSED


def work_of(shelved: Shelved, public_url: str, chapter: ContentsLine | None = None) -> Work:
    """The title, or a chapter of it, for the formats."""
    gate = gate_of(shelved)
    return Work(shelved.record, public_url, chapter, is_open=gate is Gate.OPEN, gate=gate)
