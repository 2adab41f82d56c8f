"""Whom a title's rules let in, in words for its page and the catalogue."""

from collections.abc import Mapping, Sequence

from api.access.policy import Rung
from api.tables import RuleKind


def open_to(rungs: Sequence[Rung], provider_labels: Mapping[str, str]) -> str | None:
    """`members of Example University and to named readers`; None where whoever signs in may read, or nobody.

    An ORCID iD that a rule names is a person, and stays one of the named readers.
    """
    if any(rung.kind in (RuleKind.EVERYONE, RuleKind.SIGNED_IN) for rung in rungs):
        return None
    phrases = list(dict.fromkeys(_whom(rung, provider_labels) for rung in rungs))
    if not phrases:
        return None
    *others, last = phrases
    return f"{', to '.join(others)} and to {last}" if others else last


def _whom(rung: Rung, provider_labels: Mapping[str, str]) -> str:
    match rung.kind:
        case RuleKind.EMAIL_DOMAIN:
            return f"people with an address at {rung.argument}"
        case RuleKind.CLAIM:
            return _claimed(rung.argument or "", provider_labels)
        case RuleKind.INSTITUTION:
            return f"members of {rung.whom or 'one institution'}"
        case RuleKind.VOUCHER:
            return "readers with a code"
        case RuleKind.ON_REQUEST:
            return "readers who ask the press"
    return "named readers"


def _claimed(claim: str, provider_labels: Mapping[str, str]) -> str:
    name, _, value = claim.partition("=")
    if name == "provider":
        return f"people who sign in with {provider_labels.get(value, value)}"
    if name == "affiliation":
        role, _, house = value.partition("@")
        return f"{role} of {house}" if house else f"{role} of an institution"
    return "named readers" if value else "people with an ORCID iD"
