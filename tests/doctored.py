"""`gatefold doctor` over the portal of a test, told its settings as a press tells them."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from click.testing import CliRunner
from pydantic import SecretStr

from api.commands import gatefold
from api.ops.findings import Finding, Verdict
from api.settings import Settings
from api.settings_given import BETWEEN, PREFIX


def doctored(settings: Settings, **more: str | None) -> list[Finding]:
    """What the command finds; it ends with 1 where something fails, and else with 0."""
    ours = {name: None for name in os.environ if name.startswith(PREFIX)}
    given = {**ours, **environment(settings), **more}
    seen = CliRunner().invoke(gatefold, ["doctor", "--json"], prog_name="gatefold", env=given)
    found = [Finding(each["check"], Verdict(each["verdict"]), each["words"]) for each in json.loads(seen.stdout)]
    assert seen.exit_code == int(any(each.verdict is Verdict.FAIL for each in found)), seen.output
    return found


def found(settings: Settings, check: str, **more: str | None) -> list[tuple[str, str]]:
    """Verdict and words of all findings of one check."""
    return [(each.verdict, each.words) for each in doctored(settings, **more) if each.check == check]


def one(settings: Settings, check: str, **more: str | None) -> tuple[str, str]:
    (finding,) = found(settings, check, **more)
    return finding


def environment(settings: Settings) -> dict[str, str]:
    """The settings as names and values in the environment."""
    return dict(_named(PREFIX, settings.model_dump()))


def _named(prefix: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        here = f"{prefix}{name.upper()}"
        match value:
            case None:
                continue
            case Mapping():
                yield from _named(f"{here}{BETWEEN}", value)
            case SecretStr():
                yield here, value.get_secret_value()
            case tuple():
                yield here, ",".join(map(str, value))
            case _:
                yield here, str(value)
