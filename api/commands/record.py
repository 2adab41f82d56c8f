"""`gatefold title export`, `import` and `revise`: whole records, out of the portal and back in."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, answer, described, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.intake.importing import Done, Planned
    from api.shelf.drafts import TitleDraft

FILE = click.Path(path_type=Path)
FORMS = ("json", "csv", "csl-json", "bibtex", "ris", "onix")


@click.command("export")
@click.argument("slug", required=False)
@click.option("--all", "everything", is_flag=True, help="All titles, drafts and withdrawn ones included.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def export_records(slug: str | None, everything: bool, form: str) -> None:
    """Print the whole record of a title, or of all; `gatefold title import` reads it back without loss."""
    from api.shelf.drafts import draft_of
    from api.shelf.everything import all_drafts
    from api.shelf.record_csv import table
    from api.shelf.record_json import pieces
    from api.shelf.records import record_of
    from api.shelf.shelving import find_title

    if (slug is None) is not everything:
        raise click.UsageError("Name a title, or say --all.")
    with open_database(load_settings()) as database:
        if slug is None:
            drafts = all_drafts(database)
        else:
            with database.reading() as db:
                drafts = iter([draft_of(record_of(find_title(db, slug)))])
        for text in (table if form == "csv" else pieces)(drafts):
            click.echo(text, nl=False)


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--format", "form", type=click.Choice(FORMS), help="What the file is; recognised if not said.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen to each record.")
@click.option("--update", is_flag=True, help="Also change titles that are on the shelf already.")
@json_option
def import_records(file: Path, form: str | None, dry_run: bool, update: bool, as_json: bool) -> None:
    """Make a draft of each record in FILE, all of them or none.

    FILE is CSL-JSON, BibTeX, RIS, ONIX 3, or an export of `gatefold title export` as JSON or CSV. A title is known by
    its DOI, its ISBN or its slug. What is on the shelf just so is let be; what would be changed is refused without
    --update.
    """
    from api.intake import importing, reading
    from api.intake.importing import Fate

    with open_database(load_settings()) as database:
        found = reading.read_file(file, reading.Form(form) if form else None)
        if dry_run:
            with database.reading() as db:
                planned = importing.plan(db, found)
            answer(as_json, [_planned(each) for each in planned], "\n".join(_in_words(each) for each in planned))
            return
        with database.writing() as db:
            planned = importing.plan(db, found)
            stops = (Fate.REFUSED,) if update else (Fate.REFUSED, Fate.CHANGES)
            if refused := [each for each in planned if each.fate in stops]:
                raise Refused("\n".join(_in_words(each, f"{file.name}: ") for each in refused))
            done = importing.carry_out(db, found, [each.seen for each in planned])
    answer(as_json, [*done.added, *done.changed], _result(done))


def _result(done: "Done") -> str:
    made = f"{len(done.added)} title{'' if len(done.added) == 1 else 's'}"
    words = [f"Imported {made} as drafts{': ' if done.added else ''}{', '.join(done.added)}."]
    if done.changed:
        words.append(f"Changed {', '.join(done.changed)}.")
    if done.already:
        words.append(f"{done.already} {'was' if done.already == 1 else 'were'} on the shelf just so.")
    return " ".join(words)


def _in_words(each: "Planned", before: str = "") -> str:
    """What would happen to a record, on one line or, where it is refused, on one for each fault."""
    where = before + each.found.where
    if each.fate == "refused":
        return "\n".join(f"{where}: {words}" for words in each.why)
    assert each.draft is not None
    if each.known is None:
        return f"{where}: new, {each.draft.facts.slug}"
    if each.fate == "same":
        return f"{where}: on the shelf already, {each.known.slug}"
    paths = ", ".join(change.path for change in each.changes)
    return f"{where}: “{each.known.slug}” is on the shelf already, by its {each.sign}; would change {paths}"


def _planned(each: "Planned") -> dict[str, Any]:
    return {
        "where": each.found.where,
        "fate": str(each.fate),
        "slug": each.draft.facts.slug if each.draft is not None else None,
        "known_by": each.sign or None,
        "changes": [asdict(change) for change in each.changes],
        "faults": each.why,
        "notes": list(each.found.notes),
    }


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
