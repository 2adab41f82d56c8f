"""`gatefold title editions` and `gatefold title chapters`: what replaces a title's file, and PDFs of its chapters."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database, open_store

if TYPE_CHECKING:
    from api.database import Database
    from api.intake.chapters import Made


@click.command()
@click.argument("slug")
@click.option("--note", type=(int, str), help="A version and, in a line, what is new in it; an empty line: nothing.")
@json_option
def editions(slug: str, note: tuple[int, str] | None, as_json: bool) -> None:
    """The files a title has had, the newest first, each at an address of its own."""
    from api.shelf.editions import set_note

    with open_database(load_settings()) as database:
        if note is not None:
            with database.writing() as db:
                set_note(db, slug, *note)
        found = _editions(database, slug)
    lines = [
        f"version {each['number']}  {each['made_at']:%Y-%m-%d}  {each['page_count']} pages  {each['path']}"
        + (f"  {each['note']}" if each["note"] else "")
        for each in found
    ]
    answer(as_json, found, "\n".join(lines) or f"“{slug}” has no file yet.")


@click.command()
@click.argument("slug")
@click.option("--make", is_flag=True, help="Make the chapters' PDFs out of the title's, by their printed pages.")
@click.option("--only", type=int, multiple=True, help="With --make: this chapter, by the number of its address.")
@click.option("--file", "pdf", type=click.Path(path_type=Path), help="A PDF of the chapter named with --only.")
@json_option
def chapters(slug: str, make: bool, only: tuple[int, ...], pdf: Path | None, as_json: bool) -> None:
    """The chapters of a title by the numbers of their addresses, and which have a PDF of their own.

    --make leaves what was uploaded for the newest version as it is, unless --only names it.
    """
    from api.intake.chapters import accept_file, make_files

    if make and pdf is not None:
        raise click.UsageError("--make and --file exclude each other.")
    if only and not make and pdf is None:
        raise click.UsageError("--only goes with --make or --file.")
    if pdf is not None and len(only) != 1:
        raise click.UsageError("Say with --only which one chapter the file is.")
    settings = load_settings()
    failed = False
    with open_database(settings) as database:
        if pdf is not None:
            accept_file(pdf, database, open_store(settings), slug, only[0])
        if make:
            for made in make_files(database, open_store(settings), slug, only or None, replace=bool(only)):
                click.echo(_made_in_words(made), err=True)
                failed = failed or made.fault is not None
        found = _chapters(database, slug)
    answer(as_json, found, "\n".join(_chapter_in_words(each) for each in found) or f"“{slug}” has no chapters.")
    if failed:
        raise SystemExit(1)


def _made_in_words(made: "Made") -> str:
    if made.fault is not None:
        return f"chapter {made.address}, “{made.name}”: {made.fault}"
    assert made.pages is not None
    counted = "; the PDF has no page labels, so its pages were counted" if made.pages.by_position else ""
    return f"chapter {made.address}, “{made.name}”: pages {made.pages.first + 1} to {made.pages.last + 1}{counted}"


def _editions(database: "Database", slug: str) -> list[dict[str, Any]]:
    from api.shelf.offers import editions
    from api.shelf.records import record_of
    from api.shelf.shelving import find_title

    with database.reading() as db:
        record = record_of(find_title(db, slug))
    return [asdict(each) | {"path": f"{record.path}/editions/{each.number}.pdf"} for each in editions(record)]


def _chapters(database: "Database", slug: str) -> list[dict[str, Any]]:
    from api.shelf.records import record_of
    from api.shelf.shelving import find_title

    with database.reading() as db:
        record = record_of(find_title(db, slug))
    lines = [line for line in record.contents if line.address is not None]
    return [asdict(line) | {"path": f"{record.path}/chapters/{line.address}"} for line in lines]


def _chapter_in_words(chapter: dict[str, Any]) -> str:
    file = chapter["file"]
    pages = "–".join(page for page in (chapter["first_page"], chapter["last_page"]) if page) or "pages not known"
    own = f"{file['origin']} for version {file['edition']}, {file['page_count']} pages" if file else "no PDF of its own"
    return f"{chapter['address']}  {chapter['name']}  {pages}  {own}"
