"""Write docs/configuration.md from the settings themselves, or with --check tell whether it has drifted."""

import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from api.settings import PREFIX, ProviderSettings, Settings, StorageSettings

PAGE = Path(__file__).with_name("configuration.md")
HIDDEN = {"demo"}  # set by `gatefold demo` alone
INTRODUCTION = """\
# Configuration

<!-- Generated from api/settings.py by `make docs`; edit the sentences there. -->

Every setting is an environment variable; a file `.env` in the working directory works as well. Any secret `X` may
come from a file instead: name the file in `X_FILE`. A wrong setting ends the process before the port opens, and the
message names it.

| setting | meaning | default |
|---|---|---|
"""
AFTERWORD = """
`<ID>` is a short name of your own for a provider, in small letters; it shows in addresses and in
`<provider id>:<subject>`, the way the press names a person. The redirect address to give the provider is
`{GATEFOLD_PUBLIC_URL}/sign-in/<id>/callback`.
"""


def page() -> str:
    rows = [*_rows(Settings, PREFIX)]
    return INTRODUCTION + "".join(f"{row}\n" for row in rows) + AFTERWORD


def _rows(model: type[BaseModel], prefix: str) -> list[str]:
    rows: list[str] = []
    for name, field in model.model_fields.items():
        if name == "storage":
            rows += _rows(StorageSettings, f"{prefix}STORAGE__")
        elif name == "providers":
            rows += _rows(ProviderSettings, f"{prefix}PROVIDERS__<ID>__")
        elif name not in HIDDEN:
            rows.append(f"| `{prefix}{name.upper()}` | {field.description} | {_default(field)} |")
    return rows


def _default(field: FieldInfo) -> str:
    default: Any = field.default
    if default is PydanticUndefined or isinstance(default, SecretStr):
        return "must be set"
    return f"`{default}`" if default is not None else "none"


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        if PAGE.exists() and PAGE.read_text() == page():
            return 0
        print("docs/configuration.md has drifted from api/settings.py; run make docs", file=sys.stderr)
        return 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
