"""What the guide for operators has one type: its commands, settings, files and pages are there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from api.commands import gatefold
from api.ops.settings_file import settings_listed

ROOT = Path(__file__).parents[1]
PAGES = ("operating", "backup", "storage", "sign-in")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(?:^|exec portal |bin/)gatefold +(?!<)(\S.*)")


def lines(page: str) -> list[str]:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    blocks = "".join(BLOCK.findall(text)).replace("\\\n", " ")
    return [line.strip() for line in blocks.splitlines() if line.strip()]


def commands(page: str) -> list[str]:
    return [
        found[1] for line in lines(page) if '"$@"' not in line and (found := COMMAND.search(line.partition("   #")[0]))
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_command_is_one_and_takes_the_options_it_is_given(page: str) -> None:
    assert commands(page)
    for words in map(shlex.split, commands(page)):
        command: click.Command = gatefold
        context = click.Context(gatefold)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            name = words.pop(0)
            found = command.get_command(context, name)
            assert found is not None, (page, name)
            command = found
        known = {option for each in command.params for option in each.opts} | {"--help"}
        asked = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert asked <= known, (page, command.name, asked - known)


@pytest.mark.parametrize("page", PAGES)
def test_each_setting_is_one(page: str) -> None:
    known = {setting.name.replace("<ID>", "ID") for setting in settings_listed()}
    for line in lines(page):
        if found := re.match(r"(GATEFOLD_[A-Z0-9_]+)=", line):
            name = re.sub(r"(?<=PROVIDERS__)[A-Z0-9]+(?=__)", "ID", found[1]).removesuffix("_FILE")
            assert name in known, (page, name)


def test_each_file_of_the_checkout_that_the_guide_names_is_there() -> None:
    named = set(re.findall(r"/srv/gatefold/((?:docs|api|web)[^\s']*)", "\n".join(lines("operating"))))
    assert named == {"docs/gatefold@.service", "docs/nginx.conf"}
    for name in named:
        assert (ROOT / name).is_file(), name
    targets = set(re.findall(r"make -C /srv/gatefold (\S+)", "\n".join(lines("operating"))))
    assert targets == {"installed"}
    assert "\ninstalled: $(SET_UP) " in (ROOT / "Makefile").read_text()


def test_the_service_serves_what_the_guide_has_nginx_ask() -> None:
    ports = set(re.findall(r"gatefold@(\d+)", "\n".join(lines("operating"))))
    asked = set(re.findall(r"server 127\.0\.0\.1:(\d+)", (ROOT / "docs/nginx.conf").read_text()))
    assert ports == asked
    assert "StateDirectory=gatefold\n" in (ROOT / "docs/gatefold@.service").read_text()
