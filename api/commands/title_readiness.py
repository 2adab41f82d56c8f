"""`gatefold title readiness`: what a title, or each of them, lacks to be published, found, cited and catalogued."""

from typing import TYPE_CHECKING, Any

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlmodel import Session as Db

    from api.shelf.gaps import Gap


@click.command()
@click.argument("slug", required=False)
@click.option("--all", "everything", is_flag=True, help="Every title that lacks something.")
@json_option
def readiness(slug: str | None, everything: bool, as_json: bool) -> None:
    """What the title SLUG lacks, by field, and how to mend it."""
    if (slug is not None) == everything:
        raise click.UsageError("Name a title, or say --all.")
    with open_database(load_settings()) as database, database.reading() as db:
        found = dict(_all_of_them(db)) if slug is None else {slug: _of_title(db, slug)}
    result = [{"slug": name, "gaps": [_described(gap) for gap in gaps]} for name, gaps in found.items()]
    lines = [line for name, gaps in found.items() for line in _in_words(name, gaps)]
    answer(as_json, result if everything else result[0], "\n".join(lines) or "No title lacks anything.")


def _of_title(db: "Db", slug: str) -> "Sequence[Gap]":
    from api.shelf import lacking
    from api.shelf.readiness import gaps_of
    from api.shelf.shelving import find_title

    return gaps_of(lacking.stand_of(db, find_title(db, slug)))


def _all_of_them(db: "Db") -> "Iterator[tuple[str, Sequence[Gap]]]":
    from api import clock
    from api.shelf import lacking

    after = None
    while (leaf := lacking.leaf(db, clock.now(), after=after)) is not None:
        yield from ((entry.record.slug, entry.gaps) for entry in leaf.entries)
        after = leaf.last
        if after is None:
            return


def _described(gap: "Gap") -> dict[str, Any]:
    return {"aim": gap.aim, "weight": gap.weight, "field": gap.field, "what": gap.what, "mend": gap.mend}


def _in_words(slug: str, gaps: "Sequence[Gap]") -> list[str]:
    if not gaps:
        return [f"“{slug}” lacks nothing."]
    return [f"{slug}  {gap.aim}  {gap.weight}  {gap.field}  {gap.what} {gap.mend}" for gap in gaps]
