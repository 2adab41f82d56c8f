"""`gatefold title`: describe, open, publish and withdraw titles."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.output import access_in_words, answer, described, file_in_words, json_option
from api.commands.progress import progress
from api.commands.start import load_settings, open_database, open_store
from api.commands.typed import InstantType, RuleType

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from api.access.asked import AskedRule
    from api.tables import Title


RULE_HELP = "Who may read, such as signed-in or email-domain:example.org; several are tried in order."


@click.group()
def title() -> None:
    """Titles on the shelf."""


@title.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--pdf", type=click.Path(path_type=Path), help="The title's PDF.")
@click.option("--access", "rules", type=RuleType(), multiple=True, help=RULE_HELP)
@click.option("--opens-at", type=InstantType(), help="Nobody may read before this instant (ISO 8601 with a zone).")
@json_option
def add(file: Path, pdf: Path | None, rules: "tuple[AskedRule, ...]", opens_at: datetime | None, as_json: bool) -> None:
    """Make a draft from FILE, a description in TOML. If the PDF is refused, nothing is stored."""
    from api.intake.accept import accept, size_of
    from api.intake.titlefile import read
    from api.shelf.shelving import add_draft, find_title, set_opens_at

    settings = load_settings()
    with open_database(settings) as database:
        draft = read(file)
        slug = draft.facts.slug

        def shelve(db: "Db") -> "Title":
            title = add_draft(db, draft)
            _set_rules(db, title, rules)
            set_opens_at(db, slug, opens_at)
            return title

        if pdf is not None:
            with progress(f"Sending {pdf.name}", size_of(pdf)) as told:
                accept(pdf, shelve, database, open_store(settings), told)
        else:
            with database.writing() as db:
                shelve(db)
        with database.reading() as db:
            result = described(db, find_title(db, slug))
    words = f"“{slug}” is a draft now: {file_in_words(result)}, {access_in_words(result)}."
    if not rules:
        words += f"\nTo open it, give it a rule: gatefold title access {slug} --rule signed-in"
    answer(as_json, result, words)


@title.command("list")
@json_option
def list_titles(as_json: bool) -> None:
    """All titles, drafts and withdrawn ones included."""
    from sqlmodel import col, select

    from api.tables import Title

    with open_database(load_settings()) as database, database.reading() as db:
        titles = [described(db, row) for row in db.exec(select(Title).order_by(col(Title.slug))).all()]
    lines = [f"{found['slug']}  {found['state']}  {file_in_words(found)}  {access_in_words(found)}" for found in titles]
    answer(as_json, titles, "\n".join(lines) or "There are no titles yet.")


@title.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """One title with its rules and named readers."""
    from api.shelf.shelving import find_title

    with open_database(load_settings()) as database, database.reading() as db:
        found = described(db, find_title(db, slug))
    lines = [
        found["full_title"],
        f"address  {found['path']}",
        f"state    {found['state']}",
        f"file     {file_in_words(found)}",
        f"access   {access_in_words(found)}",
        *(["stamp    on"] if found["is_stamped"] else []),
        *(f"reader   {grant['subject']} at {grant['issuer']}, {grant['source']}" for grant in found["grants"]),
        *(f"invited  {email}" for email in found["invitations"]),
    ]
    answer(as_json, found, "\n".join(lines))


@title.command()
@click.argument("slug")
@click.option("--rule", "rules", type=RuleType(), multiple=True, help=RULE_HELP)
@click.option("--none", "closed", is_flag=True, help="No rule: closed to all readers.")
@click.option("--opens-at", type=InstantType(), help="Nobody may read before this instant (ISO 8601 with a zone).")
@click.option("--no-opens-at", "at_once", is_flag=True, help="Open at once to those whom the rules admit.")
@json_option
def access(
    slug: str, rules: "tuple[AskedRule, ...]", closed: bool, opens_at: datetime | None, at_once: bool, as_json: bool
) -> None:
    """Put new rules, a new opening, or both in the place of a title's old ones."""
    from api.shelf.shelving import find_title, set_opens_at

    if rules and closed:
        raise click.UsageError("--rule and --none exclude each other.")
    if opens_at and at_once:
        raise click.UsageError("--opens-at and --no-opens-at exclude each other.")
    if not (rules or closed or opens_at or at_once):
        raise click.UsageError("Say what to change: --rule or --none, --opens-at or --no-opens-at.")
    with open_database(load_settings()) as database:
        with database.writing() as db:
            if rules or closed:
                _set_rules(db, find_title(db, slug), rules)
            if opens_at or at_once:
                set_opens_at(db, slug, opens_at)
        with database.reading() as db:
            found = described(db, find_title(db, slug))
    answer(as_json, found, f"“{slug}”: {access_in_words(found)}.")


@title.command()
@click.argument("slug")
@click.option("--at", "due_at", type=InstantType(), help="Not now but at this instant (ISO 8601 with a zone).")
@click.option("--not-yet", is_flag=True, help="Take the plan to publish it back.")
@json_option
def publish(slug: str, due_at: datetime | None, not_yet: bool, as_json: bool) -> None:
    """Show a draft to readers, now or at an instant to come."""
    from api.shelf import shelving

    if due_at and not_yet:
        raise click.UsageError("--at and --not-yet exclude each other.")
    with open_database(load_settings()) as database:
        with database.writing() as db:
            if due_at:
                shelving.schedule(db, slug, due_at)
            elif not_yet:
                shelving.unschedule(db, slug)
            else:
                shelving.publish(db, slug)
        with database.reading() as db:
            found = described(db, shelving.find_title(db, slug))
    words = f"“{slug}” is published at {found['path']}: {access_in_words(found)}."
    if due_at:
        words = f"“{slug}” will be published on {due_at.isoformat(timespec='minutes')} by the running portal."
    elif not_yet:
        words = f"“{slug}” stays a draft until somebody publishes it."
    answer(as_json, found, words)


@title.command()
@click.argument("slug")
@json_option
def history(slug: str, as_json: bool) -> None:
    """What happened to a title, step by step."""
    from api.shelf import history, shelving

    with open_database(load_settings()) as database, database.reading() as db:
        events = history.of_title(db, shelving.id_of(shelving.find_title(db, slug)))
    found = [
        {"number": each.number, "what": each.what, "at": each.at.isoformat(), "words": each.words} for each in events
    ]
    lines = [f"{each['at']}  {each['what']}  {each['words']}".rstrip() for each in found]
    answer(as_json, found, "\n".join(lines) or f"“{slug}” is a draft, and nothing has happened to it yet.")


@title.command()
@click.argument("slug")
@json_option
def withdraw(slug: str, as_json: bool) -> None:
    """Take a published title back for good; its page stays and says so."""
    from api.shelf import shelving

    with open_database(load_settings()) as database:
        with database.writing() as db:
            shelving.withdraw(db, slug)
        with database.reading() as db:
            found = described(db, shelving.find_title(db, slug))
    answer(as_json, found, f"“{slug}” is withdrawn; its page at {found['path']} stays and says so.")


@title.command()
@click.argument("slug")
@click.argument("switch", type=click.Choice(["on", "off"]))
@json_option
def stamp(slug: str, switch: str, as_json: bool) -> None:
    """Let each page of readers' copies carry their name, the title, the date and a number, or no more."""
    from api.shelf import shelving

    with open_database(load_settings()) as database:
        with database.writing() as db:
            shelving.set_stamped(db, slug, switch == "on")
        with database.reading() as db:
            found = described(db, shelving.find_title(db, slug))
    words = f"“{slug}”: readers’ copies are {'stamped' if found['is_stamped'] else 'not stamped'}."
    if found["is_stamped"] and "everyone" in found["rules"]:
        words += "\nIts rules let everyone read, and then nobody is known by name: those copies carry no stamp."
    answer(as_json, found, words)


def _set_rules(db: "Db", title: "Title", rules: "tuple[AskedRule, ...]") -> None:
    from api.access.rules import set_ladder
    from api.shelf.shelving import id_of

    set_ladder(db, id_of(title), rules)
