"""Whom a title's rules let in, in words for its page and the catalogue."""

from collections.abc import Mapping, Sequence

from api.access.policy import Rung
from api.spoken import N_
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
    first, *others = phrases
    if not others:
        return first
    *others, last = others
    for each in others:
        first = N_("{whom}, to {next}", whom=first, next=each)
    return N_("{whom} and to {last}", whom=first, last=last)


def _whom(rung: Rung, provider_labels: Mapping[str, str]) -> str:
    match rung.kind:
        case RuleKind.EMAIL_DOMAIN:
            return N_("people with an address at {domain}", domain=rung.argument)
        case RuleKind.CLAIM:
            return _claimed(rung.argument or "", provider_labels)
        case RuleKind.INSTITUTION:
            return (
                N_("members of {institution}", institution=rung.whom) if rung.whom else N_("members of one institution")
            )
        case RuleKind.VOUCHER:
            return N_("readers with a code")
        case RuleKind.ON_REQUEST:
            return N_("readers who ask the press")
    return N_("named readers")


def _claimed(claim: str, provider_labels: Mapping[str, str]) -> str:
    name, _, value = claim.partition("=")
    if name == "provider":
        return N_("people who sign in with {provider}", provider=provider_labels.get(value, value))
    if name == "affiliation":
        role, _, house = value.partition("@")
        return (
            N_("{role} of {institution}", role=role, institution=house)
            if house
            else N_("{role} of an institution", role=role)
        )
    return N_("named readers") if value else N_("people with an ORCID iD")
