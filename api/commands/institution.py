"""`gatefold institution`: the houses whose members a rule may let in."""

import tomllib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database
from api.commands.typed import issuers_of

if TYPE_CHECKING:
    from api.access.institutions import House
    from api.settings import Settings
    from api.tables import Institution


@click.group()
def institution() -> None:
    """Institutions: who belongs, by domain, by network, or by the institution's own sign-in."""


def described(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what an institution is, the same to add one as to edit it."""
    options = (
        click.option("--name", help="Its name, as readers see it."),
        click.option("--ror", help="Its ROR identifier, such as https://ror.org/03yrm5c26."),
        click.option("--domain", "domains", multiple=True, help="A domain of its e-mail addresses and affiliations."),
        click.option("--network", "networks", multiple=True, help="A range of its network, such as 192.0.2.0/24."),
        click.option("--issuer", help="The issuer of its own sign-in."),
        json_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@institution.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--slug", help="Its short name, for rules: institution:SLUG.")
@described
def add(file: Path | None, slug: str | None, as_json: bool, **said: Any) -> None:
    """Add an institution, described by options or by a TOML FILE with the same words as keys."""
    from api.access import institutions
    from api.access.institutions import House

    if file is not None and (slug or any(said.values())):
        raise click.UsageError("Describe it in a file or by options, not both.")
    if file is not None:
        house = _read(file)
    elif slug and said["name"]:
        house = House(slug, **said)
    else:
        raise click.UsageError("It needs --slug and --name, or a file.")
    settings = load_settings()
    with open_database(settings) as database, database.writing() as db:
        found = _described(institutions.add(db, house))
    _tell(found, settings, as_json)


@institution.command()
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@described
def edit(slug: str, file: Path | None, as_json: bool, **said: Any) -> None:
    """Describe the institution SLUG anew: whole by a TOML FILE, or what the options name and the rest as it is.

    An empty word takes something away: --ror "", --domain "". Rules that name it count by the new words at once.
    """
    from api.access import institutions
    from api.access.institutions import House

    changed = {name: value for name, value in said.items() if value is not None and value != ()}
    if (file is not None) == bool(changed):
        raise click.UsageError("Say what is new in a file or by options, one of the two.")
    given = _read(file) if file is not None else None
    if given is not None and given.slug != slug:
        raise Refused(f"The file describes “{given.slug}”; rules name “{slug}”, so that word stays.")
    settings = load_settings()
    with open_database(settings) as database, database.writing() as db:
        as_it_is = _described(institutions.find(db, slug, locked=True))
        found = _described(institutions.edit(db, given or House(**as_it_is | changed)))
    _tell(found, settings, as_json)


@institution.command()
@click.argument("slug")
@json_option
def remove(slug: str, as_json: bool) -> None:
    """Forget the institution SLUG; refused while a title's rules name it."""
    from api.access import institutions

    with open_database(load_settings()) as database, database.writing() as db:
        found = _described(institutions.remove(db, slug))
    answer(as_json, found, f"“{slug}”, {found['name']}, is forgotten.")


@institution.command("list")
@json_option
def list_institutions(as_json: bool) -> None:
    """All institutions."""
    from api.access import institutions

    with open_database(load_settings()) as database, database.reading() as db:
        houses = [_described(row) for row in institutions.all_of_them(db)]
    lines = [f"{each['slug']}  {each['name']}  {_ways(each)}" for each in houses]
    answer(as_json, houses, "\n".join(lines) or "There are no institutions yet.")


@institution.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """One institution with every way to belong to it."""
    from api.access import institutions

    with open_database(load_settings()) as database, database.reading() as db:
        found = _described(institutions.find(db, slug))
    lines = [
        found["name"],
        *([f"ror      {found['ror']}"] if found["ror"] else []),
        *(f"domain   {each}" for each in found["domains"]),
        *(f"network  {each}" for each in found["networks"]),
        *([f"issuer   {found['issuer']}"] if found["issuer"] else []),
    ]
    answer(as_json, found, "\n".join(lines))


def _read(file: Path) -> "House":
    """The institution of a TOML file: slug, name, and perhaps ror, domains, networks, issuer."""
    from api.access.institutions import House
    from api.intake.toml_table import Table

    try:
        entries = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise Refused(f"{file.name} can't be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(f"{file.name} is not TOML: {error}.") from error
    table = Table(file.name, entries)
    house = House(
        slug=table.required_text("slug", 120),
        name=table.required_text("name", 200),
        ror=table.text("ror", 40),
        domains=table.texts("domains", 300),
        networks=table.texts("networks", 60),
        issuer=table.text("issuer", 500),
    )
    table.refuse_unknown_keys()
    return house


def _tell(found: dict[str, Any], settings: "Settings", as_json: bool) -> None:
    words = f"“{found['slug']}” is {found['name']}: {_ways(found)}."
    if found["issuer"] and found["issuer"] not in issuers_of(settings).values():
        words += "\nNo sign-in provider of the settings has that issuer; it counts once one has."
    answer(as_json, found, words)


def _described(row: "Institution") -> dict[str, Any]:
    from api.access.institutions import House

    return asdict(House(row.slug, row.name, row.ror, list(row.domains), list(row.networks), row.issuer))


def _ways(found: dict[str, Any]) -> str:
    ways = [*found["domains"], *found["networks"], *([f"issuer {found['issuer']}"] if found["issuer"] else [])]
    return ", ".join(ways)
