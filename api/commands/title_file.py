"""`gatefold title file` and `title intakes`: send a title's next file, and see what became of what was sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import answer, described, file_in_words, json_option
from api.commands.progress import progress
from api.commands.start import load_settings, open_database, open_store

if TYPE_CHECKING:
    from api.tables import Intake


@click.command()
@click.argument("slug")
@click.argument("pdf", type=click.Path(path_type=Path))
@click.option("--note", default="", help="In a line, what is new in it; readers see it.")
@json_option
def file(slug: str, pdf: Path, note: str, as_json: bool) -> None:
    """Check PDF and make it the newest edition of a title. If it is refused, readers keep the edition they have.

    Chapter PDFs that were cut out of the file before are cut again out of the new one.
    """
    from api.intake.accept import accept_for, size_of
    from api.shelf.editions import checked_note, set_note
    from api.shelf.shelving import find_title

    checked_note(note)
    settings = load_settings()
    with open_database(settings) as database:
        with progress(f"Sending {pdf.name}", size_of(pdf)) as told:
            edition = accept_for(pdf, slug, database, open_store(settings), told)
        if note:
            with database.writing() as db:
                set_note(db, slug, edition.number, note)
        with database.reading() as db:
            found = described(db, find_title(db, slug))
    answer(as_json, found, f"“{slug}” has a new file now: {file_in_words(found)}.")


@click.command()
@click.argument("slug")
@json_option
def intakes(slug: str, as_json: bool) -> None:
    """Every file that was sent for a title, the latest first: how far it is, and why one was rejected."""
    from api.intake.pipeline import of_title
    from api.shelf.shelving import find_title, id_of

    with open_database(load_settings()) as database, database.reading() as db:
        found = [_shown(intake) for intake in of_title(db, id_of(find_title(db, slug)))]
    lines = [
        f"{each['received_at']:%Y-%m-%d %H:%M}  {each['state']:<8}  {each['file_name']}  {each['size']} bytes"
        + (f"\n  {each['reason']}" if each["reason"] else "")
        for each in found
    ]
    answer(as_json, found, "\n".join(lines) or "Nothing was sent yet.")


def _shown(intake: "Intake") -> dict[str, Any]:
    return intake.model_dump(
        include={
            *("id", "state", "file_name", "size", "sha256", "received_at", "started_at", "finished_at"),
            *("reason", "chapter_id", "edition_id", "facts"),
        }
    )
