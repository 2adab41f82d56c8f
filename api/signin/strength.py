"""How strong a sign-in has to be for the desk, where the press says so (`STAFF_ACR`). Readers are asked for nothing.

A provider's word for the strength (`acr`) is kept with the session and weighed at each request, so that neither a
session from before the setting nor one by a weaker provider opens the desk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from api.access.policy import Reader
from api.tables import Role

LONGEST = 200  # characters of a name


class Vouching(Protocol):
    """What is asked of a provider here."""

    @property
    def staff_contexts(self) -> frozenset[str]: ...

    def vouches_for(self, issuer: str) -> bool: ...


def context_in(claims: Mapping[str, Any]) -> str | None:
    """The context that the provider says it signed the person in by; what is no name of one is none."""
    context = claims.get("acr")
    return context if isinstance(context, str) and 1 <= len(context) <= LONGEST else None


def is_asked_of_staff(providers: Iterable[Vouching]) -> bool:
    return any(each.staff_contexts for each in providers)


def weighed(reader: Reader, context: str | None, providers: Iterable[Vouching]) -> Reader:
    """The reader with the role that this sign-in is strong enough for."""
    providers = list(providers)
    if not reader.is_staff or not is_asked_of_staff(providers):
        return reader
    if any(context in each.staff_contexts and each.vouches_for(reader.issuer) for each in providers):
        return reader
    return replace(reader, role=Role.READER, must_prove=True)
