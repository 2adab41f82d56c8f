"""Write docs/configuration.md from the settings themselves, or with --check tell whether it has drifted."""

import sys
from pathlib import Path

from api.ops.settings_file import Setting, settings_listed

PAGE = Path(__file__).with_name("configuration.md")
INTRODUCTION = """\
# Configuration

<!-- Generated from api/settings.py and api/settings_*.py by `make docs`; edit the sentences there. -->

Every setting is an environment variable; a file `.env` in the working directory works as well, and `gatefold init`
writes one. Any secret `X` may come from a file instead: name the file in `X_FILE`, in either place. A wrong setting
ends the process before the port opens, and the message names it; so does a name that begins with `GATEFOLD_` and is
none of these, which is mostly a misspelt one.

| setting | meaning | default |
|---|---|---|
"""
AFTERWORD = """
`<ID>` is a short name of your own for a provider, in small letters; it shows in addresses and in
`<provider id>:<subject>`, the way the press names a person. The redirect address to give the provider is
`{GATEFOLD_PUBLIC_URL}/sign-in/<id>/callback`; [setting up sign-in](sign-in.md) goes through each kind step by step.
"""


def page() -> str:
    return INTRODUCTION + "".join(map(_row, settings_listed())) + AFTERWORD


def _row(setting: Setting) -> str:
    default = {None: "must be set", "": "none"}.get(setting.default, f"`{setting.default}`")
    return f"| `{setting.name}` | {setting.sentence} | {default} |\n"


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
