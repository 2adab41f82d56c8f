"""The settings as a list with their sentences, and a commented settings file made from it."""

import secrets
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from api.settings import Settings
from api.settings_given import ANY_ID, PREFIX, fields

UNLISTED = {f"{PREFIX}DEMO"}  # set by `gatefold demo` alone
WIDTH = 100  # characters of a comment's line
INTRODUCTION = """\
# The settings of one Gatefold. It holds secrets: keep it to the user who serves the portal. A line of # and a
# name shows the default; take the # away to set something else. `gatefold doctor` tells whether all is well.
"""
PROVIDERS = """
# How readers sign in. CAMPUS is a short name of your own choice for the provider, here and in addresses; give
# the provider the redirect address {GATEFOLD_PUBLIC_URL}/sign-in/campus/callback. For a second provider, repeat
# these lines under another name.
"""


@dataclass(frozen=True)
class Setting:
    """One setting: its name in the environment, its sentence, and its default (None: it must be set)."""

    name: str
    sentence: str
    default: str | None
    is_secret: bool


def settings_listed() -> Iterator[Setting]:
    """Every setting in order; a provider's have `<ID>` in their name."""
    for name, field in fields(Settings):
        if name not in UNLISTED:
            is_secret = SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))
            yield Setting(name, field.description or "", _default(field), is_secret)


def settings_file() -> str:
    """A settings file with fresh secrets; what has a default, or belongs to a provider, stands in it as a comment."""
    lines = [INTRODUCTION]
    has_introduced_providers = False
    for setting in settings_listed():
        if ANY_ID in setting.name and not has_introduced_providers:
            lines.append(PROVIDERS)
            has_introduced_providers = True
        lines.append(f"\n{_comment(setting.sentence)}{_assignment(setting)}\n")
    return "".join(lines)


def _default(field: FieldInfo) -> str | None:
    default: Any = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return None
    if isinstance(default, tuple | list):
        return ",".join(map(str, default))
    return "" if default is None else str(default)


def _comment(sentence: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(sentence.replace("`", ""), WIDTH))


def _assignment(setting: Setting) -> str:
    if ANY_ID in setting.name:
        return f"# {setting.name.replace(ANY_ID, 'CAMPUS')}={setting.default or ''}"
    if setting.default is None:
        return f"{setting.name}={secrets.token_urlsafe(48) if setting.is_secret else ''}"
    return f"# {setting.name}={setting.default}"
