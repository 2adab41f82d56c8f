"""`gatefold serve` and `gatefold migrate`: the portal's own running."""

import sys
from typing import TYPE_CHECKING

import click

from api.commands.output import Refused
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the portal. Wrong settings and a database without its tables end it before the port opens."""
    settings = load_settings()  # what is heavy comes after them, so that a wrong one is told at once
    _refuse_what_cannot_be(settings, port)
    with open_database(settings):
        pass
    from api.commands.server import listen, run

    listeners = [listen(host, port, "choose another with --port")]
    if settings.operator_port is not None:
        listeners.append(listen("127.0.0.1", settings.operator_port, "set GATEFOLD_OPERATOR_PORT to another"))
    sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]  # else FastAPI imports it to see none is used
    from api.app import create_app
    from api.ops import logs

    sink = logs.set_up()
    app = create_app(settings, logs.RequestLog(sink), with_jobs=True)
    run(app, listeners, [f"Gatefold is ready at {settings.public_url}"], sink.close)


@click.command()
def migrate() -> None:
    """Bring the database to the tables of this version."""
    from api.migrations import is_behind, upgrade

    with open_database(load_settings(), migrated=False) as database:
        if not is_behind(database):
            click.echo("The database is at the newest tables already.")
        else:
            upgrade(database)
            click.echo("The database is at the newest tables now.")


def _refuse_what_cannot_be(settings: "Settings", port: int) -> None:
    """What holds up by itself, and not on this machine or with this port."""
    from api.ops import disks, telemetry

    if settings.operator_port == port:
        raise Refused(f"GATEFOLD_OPERATOR_PORT is {port}, where the portal itself is served; choose another.")
    if settings.telemetry_url is not None and not telemetry.can_be_had():
        raise Refused("GATEFOLD_TELEMETRY_URL is set, which needs `pip install gatefold[telemetry]`.")
    if settings.storage.kind == "local" and (fault := disks.why_unusable(settings.storage.root)):
        raise Refused(f"GATEFOLD_STORAGE__ROOT: {fault}.")
