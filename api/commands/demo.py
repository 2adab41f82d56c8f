"""`gatefold demo`: a whole portal with example titles and example people, on this machine only."""

import click

from api.commands.start import load_settings, open_database, open_store


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--reset", is_flag=True, help="Empty this port's demo and exit.")
def demo(port: int, reset: bool) -> None:
    """Serve the demo on http://localhost. What happens in it is kept in var/demo-<port>/."""
    from api.demo.home import DemoHome

    home = DemoHome(port)
    if reset:
        home.empty()
        click.echo(f"{home.folder} is empty.")
        return
    from api.commands.server import listen, run

    listener = listen("127.0.0.1", port, "choose another with --port")
    settings = load_settings(**home.given_settings())
    from api.app import create_app
    from api.demo.shelve import introduction, shelve
    from api.migrations import upgrade

    with open_database(settings, migrated=False) as database:
        upgrade(database)
        shelve(settings, database, open_store(settings))
    run(
        create_app(settings, with_jobs=True),
        [listener],
        [f"Gatefold is ready at {settings.public_url}", introduction()],
    )
