"""What is typed on the command line: instants, stores, rules, people."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused

if TYPE_CHECKING:
    from api.access.asked import AskedRule
    from api.settings import Settings


class InstantType(click.ParamType[datetime]):
    """ISO 8601 with a zone, such as 2027-03-01T00:00:00Z."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not an instant; write it like 2027-03-01T00:00:00Z.", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"“{value}” has no zone; add Z for UTC, or an offset such as +01:00.", param, ctx)
        return instant


class PlaceType(click.ParamType[tuple[str, str]]):
    """A store, such as local:/srv/files or s3:example-press-titles: its kind, and its folder or bucket."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        kind, _, where = value.partition(":")
        if kind not in ("local", "s3") or not where:
            self.fail(f"“{value}” is no store; write local:FOLDER or s3:BUCKET.", param, ctx)
        return kind, where


class RuleType(click.ParamType["AskedRule"]):
    """A kind of rule, and for some whom it means, such as email-domain:example.org."""

    name = "kind[:argument]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "AskedRule":
        from api.access.asked import parse
        from api.errors import Invalid

        try:
            return parse(value)
        except Invalid as fault:
            self.fail(fault.message, param, ctx)


def identity_of(settings: "Settings", person: str) -> tuple[str, str]:
    """Issuer and subject of `<provider id>:<subject>`."""
    provider, colon, subject = person.partition(":")
    if not colon or not subject or len(subject) > 255:
        raise click.UsageError(f"“{person}” is not of the form <provider id>:<subject>.")
    issuers = issuers_of(settings)
    if provider not in issuers:
        known = ", ".join(issuers) or "none is set up"
        raise Refused(f"There is no sign-in provider “{provider}” in the settings; known: {known}.")
    issuer = issuers[provider]
    if issuer is None:
        raise Refused(
            f"“{provider}” is named by a domain, which may change hands, so nobody can be named before they come; "
            f"set its TENANT to the tenant's id, which `gatefold provider check {provider}` tells."
        )
    return issuer, subject


def issuers_of(settings: "Settings") -> Mapping[str, str | None]:
    """The issuer of each provider by its id, the demo's own included; None where only its metadata tells."""
    from api.signin.kinds import issuer_of

    issuers = {name: issuer_of(given) for name, given in settings.providers.items()}
    if settings.demo:
        from api.signin.devpeople import HOUSES

        issuers |= {house.provider_id: house.issuer(settings.public_url) for house in HOUSES}
    return issuers
