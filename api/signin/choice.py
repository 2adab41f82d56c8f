"""The choice page's order: who can satisfy a title's rules stands first, and an institution is found by its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session as Db

from api.access import institutions
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
    providers: Iterable[Provider], rungs: Sequence[Rung], houses: Sequence[Institution], last: str | None
) -> list[Provider]:
    """The providers as they are set up, but first those that can satisfy the rules, and first of all the last used.

    Only what a rule says of itself counts. Whom a list names stays unknown here, or the order would tell.
    """
    return sorted(providers, key=lambda each: (each.id != last, not _can_satisfy(each, rungs, houses)))


def institutions_of(db: Db, providers: Iterable[Provider]) -> list[Institution]:
    """The institutions whose members sign in with one of these providers."""
    return institutions.of_issuers(db, (issuer_of(provider.settings) for provider in providers))


def doors(providers: Iterable[Provider], houses: Iterable[Institution]) -> list[Door]:
    """The institutions that have a sign-in of their own here, by name."""
    by_issuer = {issuer_of(provider.settings): provider for provider in providers}
    found = [Door(house.name, by_issuer[house.issuer]) for house in houses if house.issuer in by_issuer]
    return sorted((door for door in found if door.provider is not None), key=lambda door: door.name.casefold())


def _can_satisfy(provider: Provider, rungs: Sequence[Rung], houses: Sequence[Institution]) -> bool:
    return any(_fits(provider, rung, houses) for rung in rungs)


def _fits(provider: Provider, rung: Rung, houses: Sequence[Institution]) -> bool:
    match rung.kind, (rung.argument or "").partition("="):
        case RuleKind.CLAIM, ("orcid", _, _):
            return provider.settings.kind == "orcid"
        case RuleKind.CLAIM, ("provider", _, provider_id):
            return provider.id == provider_id
        case RuleKind.INSTITUTION, _:
            issuer = issuer_of(provider.settings)
            return any(house.slug == rung.argument and house.issuer == issuer for house in houses if issuer)
    return False
