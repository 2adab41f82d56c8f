"""`gatefold title deposit` and `gatefold report deposits`: the press's DOIs at Crossref."""

from typing import Any

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database


@click.command("deposit")
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="Show the file and what is missing, and keep nothing.")
@json_option
def deposit(slug: str, dry_run: bool, as_json: bool) -> None:
    """Put the title SLUG in line for Crossref; the running portal sends it and asks what became of it."""
    from api import clock
    from api.deposits import preparing
    from api.deposits.registrar import registrar_of
    from api.errors import Conflict
    from api.shelf.shelving import find_title, id_of

    settings = load_settings()
    registrar = registrar_of(settings)
    with open_database(settings) as database:
        if dry_run:
            with database.reading() as db:
                found = preparing.prepare(db, registrar, id_of(find_title(db, slug)), clock.now())
            result = {"slug": slug, "dry_run": True, "dois": found.dois, "missing": found.missing}
            lines = [found.document, *found.missing, "Nothing was queued: this was a dry run."]
            return answer(as_json, result | {"document": found.document}, "\n".join(lines))
        if not registrar.can_send:
            raise Conflict("There is no account at Crossref; set GATEFOLD_CROSSREF__USERNAME, or use --dry-run.")
        with database.writing() as db:
            queued = preparing.queue(db, registrar, id_of(find_title(db, slug)), None, clock.now())
            batch, dois = queued.batch, list(queued.dois)
    result = {"slug": slug, "dry_run": False, "batch": batch, "dois": dois}
    answer(as_json, result, f"“{slug}” is in line, with {', '.join(dois)}.")


@click.command("deposits")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), show_default=True, help="How many titles to list.")
@json_option
def deposits(limit: int, as_json: bool) -> None:
    """Titles with DOIs of the press's own, the newest first, and how each stands at Crossref."""
    from api.deposits import listed

    with open_database(load_settings()) as database, database.reading() as db:
        found = [_described(each) for each in listed.standings(db, limit)]
    lines = [
        f"{each['slug']}  {each['dois']} DOIs  {each['state']}" + (f"  {each['fault']}" if each["fault"] else "")
        for each in found
    ]
    answer(as_json, found, "\n".join(lines) or "No title has a DOI of the press’s own.")


def _described(standing: Any) -> dict[str, Any]:
    newest = standing.newest
    return {
        "slug": standing.title.slug,
        "dois": standing.dois,
        "state": newest.state if newest is not None else "never-sent",
        "batch": newest.batch if newest is not None else None,
        "deposited_at": newest.made_at if newest is not None else None,
        "fault": newest.fault if newest is not None else None,
    }
