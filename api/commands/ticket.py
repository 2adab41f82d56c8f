"""`gatefold ticket`: the time-limited links that are out, and ending them."""

from typing import TYPE_CHECKING

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database
from api.commands.typed import identity_of

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from api.settings import Settings


@click.group()
def ticket() -> None:
    """Links that readers have made."""


@ticket.command("list")
@click.option("--title", "slug", required=True, help="The title's slug.")
@json_option
def list_tickets(slug: str, as_json: bool) -> None:
    """Links to a title that still work, and whose they are."""
    from dataclasses import asdict

    from api import clock
    from api.delivery import open_links
    from api.shelf.shelving import find_title, id_of

    with open_database(load_settings()) as database, database.reading() as db:
        found = open_links.still_open(db, id_of(find_title(db, slug)), clock.now())
    lines = [
        f"{each.id}  {each.handle}  until {each.expires_at.isoformat(timespec='seconds').replace('+00:00', 'Z')}  "
        f"{each.uses_left} uses left"
        for each in found
    ]
    answer(as_json, [asdict(each) for each in found], "\n".join(lines) or f"No link to “{slug}” is open.")


@ticket.command()
@click.option("--title", "slug", required=True, help="The title's slug.")
@click.option("--reader", "person", help="Only those of one person: <provider id>:<subject>.")
@json_option
def revoke(slug: str, person: str | None, as_json: bool) -> None:
    """End the links to a title at once. Readers who are admitted can make new ones."""
    from api import clock
    from api.delivery import open_links
    from api.shelf.shelving import find_title, id_of

    settings = load_settings()
    with open_database(settings) as database, database.writing() as db:
        title_id = id_of(find_title(db, slug))
        user_id = _user_id(db, settings, person) if person is not None else None
        ended = open_links.revoke(db, title_id, user_id, clock.now())
    whose = f" of {person}" if person else ""
    words = f"{ended} {'link' if ended == 1 else 'links'}{whose} to “{slug}” ended."
    answer(as_json, {"slug": slug, "reader": person, "ended": ended}, words)


def _user_id(db: "Db", settings: "Settings", person: str) -> int:
    from api.signin.disabling import user_of

    user = user_of(db, *identity_of(settings, person))
    assert user.id is not None
    return user.id
