"""The choice page's order: who can satisfy a title's rules stands first, and an institution is found by its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.access.policy import Rung
from api.signin.kinds import issuer_of
from api.signin.providers import Provider
from api.tables import Institution, RuleKind


@dataclass(frozen=True)
class Door:
    """An institution by name, and the provider its members sign in with."""

    name: str
    provider: Provider


def in_order(
    providers: Iterable[Provider], rungs: Sequence[Rung], institutions: Sequence[Institution], last: str | None
) -> list[Provider]:
    """The providers as they are set up, but first those that can satisfy the rules, and first of all the last used.

    Only what a rule says of itself counts. Whom a list names stays unknown here, or the order would tell.
    """
    return sorted(providers, key=lambda each: (each.id != last, not _can_satisfy(each, rungs, institutions)))


def doors(providers: Iterable[Provider], institutions: Iterable[Institution]) -> list[Door]:
    """The institutions that have a sign-in of their own here, by name."""
    by_issuer = {issuer_of(provider.settings): provider for provider in providers}
    found = [Door(house.name, by_issuer[house.issuer]) for house in institutions if house.issuer in by_issuer]
    return sorted((door for door in found if door.provider is not None), key=lambda door: door.name.casefold())


def _can_satisfy(provider: Provider, rungs: Sequence[Rung], institutions: Sequence[Institution]) -> bool:
    return any(_fits(provider, rung, institutions) for rung in rungs)


def _fits(provider: Provider, rung: Rung, institutions: Sequence[Institution]) -> bool:
    match rung.kind, (rung.argument or "").partition("="):
        case RuleKind.CLAIM, ("orcid", _, _):
            return provider.settings.kind == "orcid"
        case RuleKind.CLAIM, ("provider", _, provider_id):
            return provider.id == provider_id
        case RuleKind.INSTITUTION, _:
            issuer = issuer_of(provider.settings)
            return any(house.slug == rung.argument and house.issuer == issuer for house in institutions if issuer)
    return False
