"""`gatefold serve` and `gatefold migrate`: the portal's own running."""

import sys

import click

from api.commands.output import Refused
from api.commands.start import load_settings, open_database


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the portal. Wrong settings and a database without its tables end it before the port opens."""
    from api.commands.server import listen, run
    from api.ops import telemetry

    settings = load_settings()
    with open_database(settings):
        pass
    if settings.telemetry_url is not None and not telemetry.can_be_had():
        raise Refused("GATEFOLD_TELEMETRY_URL is set, which needs `pip install gatefold[telemetry]`.")
    sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]  # else FastAPI imports it to see none is used
    from api.app import create_app
    from api.ops import logs

    listeners = [listen(host, port)]
    if settings.operator_port is not None:
        listeners.append(listen("127.0.0.1", settings.operator_port))
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
