"""`gatefold request`: what readers ask, and the press's answer."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.access.requests import Asked


@click.group()
def request() -> None:
    """Readers who ask to be let in. The answer stands on their account page."""


@request.command("list")
@click.option("--all", "decided_too", is_flag=True, help="Decided ones as well.")
@json_option
def list_requests(decided_too: bool, as_json: bool) -> None:
    """Requests that wait for an answer, the oldest first."""
    from api.access import requests

    with open_database(load_settings()) as database, database.reading() as db:
        found = requests.all_requests(db) if decided_too else requests.open_requests(db)
    lines = [
        f"{each.id}  {each.slug}  {each.answer or 'open'}  {each.name or 'no name'} ({each.handle}): {each.sentence}"
        for each in found
    ]
    answer(as_json, [asdict(each) for each in found], "\n".join(lines) or "Nobody is waiting for an answer.")


@request.command()
@click.argument("request_id", type=int)
@json_option
def approve(request_id: int, as_json: bool) -> None:
    """Let the reader in, also after an earlier refusal."""
    from api import clock
    from api.access import requests

    with open_database(load_settings()) as database, database.writing() as db:
        found = requests.approve(db, request_id, clock.now())
    _answer(found, "may read", as_json)


@request.command()
@click.argument("request_id", type=int)
@json_option
def refuse(request_id: int, as_json: bool) -> None:
    """Keep the reader out; after an earlier approval their links end."""
    from api import clock
    from api.access import requests

    with open_database(load_settings()) as database, database.writing() as db:
        found = requests.refuse(db, request_id, clock.now())
    _answer(found, "may not read", as_json)


def _answer(found: "Asked", verb: str, as_json: bool) -> None:
    answer(as_json, asdict(found), f"{found.name or found.handle} {verb} “{found.slug}”; their account page says so.")
