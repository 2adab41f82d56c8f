"""`gatefold search`: what the search knows, made anew."""

import click

from api.commands.output import Refused, answer, json_option, store_in_words
from api.commands.start import load_settings, open_database, open_store


@click.group()
def search() -> None:
    """The search over titles and inside volumes."""


@search.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Take in every record and the text of every volume again.

    Nothing has to be stopped for it, and nothing goes missing meanwhile. Broken off, a running server goes on with
    the volumes by itself.
    """
    from api.intake import searchable
    from api.shelf import search_index
    from storage.store import StorageError

    settings = load_settings()
    with open_database(settings) as database:
        titles = searchable.put_titles(database, only_missing=False)
        with database.writing() as db:
            search_index.read_again(db)
        try:
            volumes = searchable.read_waiting(database, open_store(settings), lambda: False)
        except StorageError as error:
            raise Refused(f"{store_in_words(error)} A running server reads the rest later.") from error
    words = f"Took in {titles} records and the text of {volumes} volumes."
    answer(as_json, {"titles": titles, "volumes": volumes}, words)
