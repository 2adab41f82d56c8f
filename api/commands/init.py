"""`gatefold init`: a settings file to begin with."""

import os
from pathlib import Path

import click

from api.commands.output import Refused


@click.command()
@click.option("--path", default=".env", show_default=True, type=click.Path(path_type=Path), help="File to write.")
def init(path: Path) -> None:
    """Write a commented settings file with a fresh secret, for its owner's eyes alone. It overwrites nothing."""
    from api.ops.settings_file import settings_file

    text = settings_file()
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except FileExistsError as error:
        raise Refused(f"{path} is there already and was not touched.") from error
    except OSError as error:
        raise Refused(f"{path} can't be written: {error.strerror}.") from error
    click.echo(
        f"{path} holds your settings now, with a fresh secret key. Set GATEFOLD_PUBLIC_URL and a provider in it;"
    )
    click.echo("then `gatefold migrate` makes the tables, and `gatefold doctor` tells whether all is well.")
