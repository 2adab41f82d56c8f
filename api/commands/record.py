"""`gatefold title export`, `import` and `revise`: whole records, out of the portal and back in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.output import answer, described, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.shelf.drafts import TitleDraft

FILE = click.Path(path_type=Path)


@click.command("export")
@click.argument("slug", required=False)
@click.option("--all", "everything", is_flag=True, help="All titles, drafts and withdrawn ones included.")
@click.option("--format", "form", type=click.Choice(["json"]), default="json", show_default=True)
def export_records(slug: str | None, everything: bool, form: str) -> None:
    """Print the whole record of a title, or of all; `gatefold title import` reads it back without loss."""
    from sqlmodel import col, select

    from api.shelf.drafts import draft_of
    from api.shelf.queries import record_of
    from api.shelf.record_json import dumped
    from api.shelf.shelving import find_title
    from api.tables import Title

    if (slug is None) is not everything:
        raise click.UsageError("Name a title, or say --all.")
    with open_database(load_settings()) as database, database.reading() as db:
        rows = db.exec(select(Title).order_by(col(Title.slug))).all() if slug is None else [find_title(db, slug)]
        text = dumped(draft_of(record_of(row)) for row in rows)
    click.echo(text, nl=False)


@click.command("import")
@click.argument("file", type=FILE)
@json_option
def import_records(file: Path, as_json: bool) -> None:
    """Make a draft of each record in FILE, all of them or none. What is on the shelf already is refused."""
    from api.intake.recordfile import read_records
    from api.shelf.shelving import add_draft

    with open_database(load_settings()) as database:
        drafts = read_records(file)
        with database.writing() as db:
            slugs = [add_draft(db, draft).slug for draft in drafts]
    count = f"{len(slugs)} title{'' if len(slugs) == 1 else 's'}"
    answer(as_json, slugs, f"Imported {count} as drafts{': ' if slugs else ''}{', '.join(slugs)}.")


@click.command()
@click.argument("slug")
@click.argument("file", type=FILE)
@click.option("--version", type=int, help="Refuse if the record is not this version any more.")
@json_option
def revise(slug: str, file: Path, version: int | None, as_json: bool) -> None:
    """Put the record in FILE, a description in TOML or an export, in the place of the title's."""
    from api.shelf import revising
    from api.shelf.shelving import find_title

    with open_database(load_settings()) as database:
        draft = _read(file)
        with database.writing() as db:
            seen = find_title(db, slug).version if version is None else version
            changes = revising.revise(db, slug, draft, seen)
        with database.reading() as db:
            found = described(db, find_title(db, draft.facts.slug))
    words = ", ".join(change.path for change in changes) or "nothing; it says so already"
    answer(as_json, found, f"“{found['slug']}” is version {found['version']} now. Changed: {words}.")


def _read(file: Path) -> "TitleDraft":
    from api.errors import Invalid
    from api.intake.recordfile import read_records
    from api.intake.titlefile import read

    if file.suffix.lower() != ".json":
        return read(file)
    drafts = read_records(file)
    if len(drafts) != 1:
        raise Invalid(f"{file.name} has {len(drafts)} records; one is needed here.")
    return drafts[0]
