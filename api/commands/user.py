"""`gatefold user`: name readers of a title, say who may do what here, shut a person out and let them back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database
from api.commands.typed import identity_of, issuers_of

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from api.access.lists import Line, Person
    from api.settings import Settings

ROLES = click.Choice(["reader", "librarian", "editor", "administrator"])


@click.group()
def user() -> None:
    """Readers named on a title's list, roles, and people shut out.

    PERSON is <provider id>:<subject>, as their account page shows it. On a list, an e-mail address will do for
    somebody who has no account yet; it counts when they come with it verified.
    """


@user.command()
@click.argument("slug")
@click.argument("person", required=False)
@click.option("--csv", "file", type=click.Path(path_type=Path), help="A file with one PERSON a line, in column one.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of each line.")
@json_option
def grant(slug: str, person: str | None, file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Put PERSON, or everyone in a CSV file, on the list of title SLUG; they need not have signed in before."""
    if (person is None) == (file is None):
        raise click.UsageError("Say whom: a PERSON, or --csv with a file.")
    if dry_run and file is None:
        raise click.UsageError("--dry-run goes with --csv.")
    settings = load_settings()
    people = _people_in(file, settings) if file is not None else [_one(settings, person or "")]
    lines, hint = _put_on_list(settings, slug, people, dry_run)
    if file is None:
        _answer_one(slug, people[0], lines[0], hint, as_json)
    else:
        _answer_all(slug, lines, hint, dry_run, as_json)


@user.command()
@click.argument("slug")
@click.argument("person")
@json_option
def revoke(slug: str, person: str, as_json: bool) -> None:
    """Take PERSON off the list of title SLUG, with what a voucher or a request gave. Links made by it end."""
    from api.access.invitations import take_back
    from api.access.rules import take_grant
    from api.shelf.shelving import find_title, id_of

    settings = load_settings()
    whom = _one(settings, person)
    with open_database(settings) as database, database.writing() as db:
        title_id = id_of(find_title(db, slug))
        if whom.key is not None:
            was_there = take_grant(db, title_id, *whom.key)
        else:
            was_there = take_back(db, title_id, whom.email or "")
    words = f"{person} is {'off' if was_there else 'not on'} the list of “{slug}”."
    if whom.email is not None and not was_there:
        words += "\nIf they have come already, name them by <provider id>:<subject>; gatefold title show lists them."
    answer(as_json, {"slug": slug} | _named(whom) | {"changed": was_there}, words)


@user.command()
@click.argument("person")
@click.option("--role", type=ROLES, required=True, help="What PERSON is from now on.")
@json_option
def promote(person: str, role: str, as_json: bool) -> None:
    """Give PERSON, who has signed in before, a role. They are signed out; it counts when they come back."""
    from api.signin.people import find_identity
    from api.signin.roles import change_role
    from api.tables import Role

    settings = load_settings()
    issuer, subject = identity_of(settings, person)
    with open_database(settings) as database, database.writing() as db:
        identity = find_identity(db, issuer, subject)
        if identity is None:
            raise Refused(
                f"{person} has not signed in here yet. To make them an administrator when they first come, "
                "name them in GATEFOLD_ADMINS."
            )
        is_new = change_role(db, None, identity.user, Role(role))
    words = f"{person} is {'now' if is_new else 'already'} {'an' if role[0] in 'ae' else 'a'} {role}."
    if person in settings.admins and role != Role.ADMINISTRATOR:
        words += "\nGATEFOLD_ADMINS names them, which makes them an administrator again at their next sign-in."
    answer(as_json, {"issuer": issuer, "subject": subject, "role": role, "changed": is_new}, words)


@user.command()
@click.argument("person")
@json_option
def disable(person: str, as_json: bool) -> None:
    """Shut PERSON out. Their sessions and links end at once."""
    from api import clock
    from api.signin import disabling

    settings = load_settings()
    issuer, subject = identity_of(settings, person)
    with open_database(settings) as database, database.writing() as db:
        changed = disabling.disable(db, issuer, subject, clock.now())
    words = f"{person} is shut out{'; sessions and links have ended' if changed else ' already'}."
    answer(as_json, {"issuer": issuer, "subject": subject, "changed": changed}, words)


@user.command()
@click.argument("person")
@json_option
def enable(person: str, as_json: bool) -> None:
    """Let PERSON sign in again."""
    from api.signin import disabling

    settings = load_settings()
    issuer, subject = identity_of(settings, person)
    with open_database(settings) as database, database.writing() as db:
        changed = disabling.enable(db, issuer, subject)
    words = f"{person} may sign in{' again' if changed else ', as before'}."
    answer(as_json, {"issuer": issuer, "subject": subject, "changed": changed}, words)


def _one(settings: "Settings", person: str) -> "Person":
    from api.access.lists import Person, person_of

    if ":" in person:
        return Person(1, person, key=identity_of(settings, person))
    found = person_of(1, person, issuers_of(settings))
    if found.fault is not None:
        raise click.UsageError(f"“{found.who}” is not of the form <provider id>:<subject>, nor an e-mail address.")
    return found


def _people_in(file: Path, settings: "Settings") -> list["Person"]:
    from api.access.lists import LARGEST, read

    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{file} can't be read: {error.strerror}.") from error
    return read(content, issuers_of(settings))


def _put_on_list(
    settings: "Settings", slug: str, people: list["Person"], dry_run: bool
) -> tuple[list["Line"], str | None]:
    from api.access.lists import put_on_list
    from api.shelf.shelving import find_title, id_of

    with open_database(settings) as database, database.writing() as db:
        title_id = id_of(find_title(db, slug))
        return put_on_list(db, title_id, people, dry_run=dry_run), _hint(db, title_id, slug)


def _hint(db: "Db", title_id: int, slug: str) -> str | None:
    from api.access.rules import ladder
    from api.tables import RuleKind

    if any(rung.kind is RuleKind.LISTED for rung in ladder(db, title_id, None)):
        return None
    return f"The list counts once the title has the rule: gatefold title access {slug} --rule listed"


def _answer_one(slug: str, person: "Person", line: "Line", hint: str | None, as_json: bool) -> None:
    is_new = line.outcome == "added"
    words = f"{person.who} is on the list of “{slug}”{' now' if is_new else ' already'}."
    words = "\n".join(filter(None, (words, f"It {line.reason}." if line.reason else None, hint)))
    answer(as_json, {"slug": slug} | _named(person) | {"changed": is_new}, words)


def _answer_all(slug: str, lines: list["Line"], hint: str | None, dry_run: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from api.access.lists import counted

    counts = counted(lines)
    said = [
        f"line {each.number}  {each.outcome}  {each.who}{f': {each.reason}' if each.reason else ''}" for each in lines
    ]
    said.append(", ".join(f"{count} {outcome}" for outcome, count in counts.items()) + ".")
    if dry_run:
        said.append("Nothing was changed: this was a dry run.")
    words = "\n".join([*said, hint] if hint else said)
    result = {"slug": slug, "dry_run": dry_run, "counts": counts, "lines": [asdict(each) for each in lines]}
    answer(as_json, result, words)


def _named(person: "Person") -> dict[str, Any]:
    if person.key is None:
        return {"email": person.email}
    return {"issuer": person.key[0], "subject": person.key[1]}
