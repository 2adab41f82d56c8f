"""`gatefold provider`: whether the sign-in providers of the settings will do, and what to mend where not."""

import asyncio
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings

if TYPE_CHECKING:
    from api.signin.providers import Provider

MARKS = {"good": "ok     ", "warning": "look   ", "fault": "FAULT  "}


@click.group()
def provider() -> None:
    """Sign-in providers, as the settings have them."""


@provider.command()
@click.argument("provider_id", required=False, metavar="[ID]")
@json_option
def check(provider_id: str | None, as_json: bool) -> None:
    """Look over the provider ID, or all of them; exit code 1 where one has a fault."""
    from api.signin.providers import providers_from

    providers = providers_from(load_settings(), {})
    if provider_id is not None and provider_id not in providers:
        known = ", ".join(providers) or "none is set up"
        raise Refused(f"There is no sign-in provider “{provider_id}” in the settings; known: {known}.")
    if not providers:
        raise Refused("No sign-in provider is set up; docs/sign-in.md says how.")
    chosen = [each for name, each in providers.items() if provider_id in (None, name)]
    looked_over = asyncio.run(_look_over(chosen))
    answer(as_json, looked_over, "\n\n".join(_in_words(each) for each in looked_over))
    if not all(each["ok"] for each in looked_over):
        raise click.exceptions.Exit(1)


async def _look_over(providers: "list[Provider]") -> list[dict[str, Any]]:
    return await asyncio.gather(*(_looked_over(each) for each in providers))


async def _looked_over(provider: "Provider") -> dict[str, Any]:
    from api.signin.doctor import Verdict, examine

    findings = await examine(provider)
    return {
        "id": provider.id,
        "kind": provider.settings.kind,
        "label": provider.label,
        "redirect_address": provider.redirect_uri,
        "ok": not any(finding.verdict is Verdict.FAULT for finding in findings),
        "findings": [
            {"point": finding.point, "verdict": str(finding.verdict), "words": finding.words} for finding in findings
        ],
    }


def _in_words(found: dict[str, Any]) -> str:
    lines = [f"{MARKS[each['verdict']]}{each['point']}: {each['words']}" for each in found["findings"]]
    return "\n".join([f"{found['id']} ({found['label']}, {found['kind']})", *lines])
