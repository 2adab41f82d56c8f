"""`gatefold institution`: the houses whose members a rule may let in."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database
from api.commands.typed import issuers_of

if TYPE_CHECKING:
    from api.access.institutions import House
    from api.tables import Institution


@click.group()
def institution() -> None:
    """Institutions: who belongs, by domain, by network, or by the institution's own sign-in."""


@institution.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--slug", help="Its short name, for rules: institution:SLUG.")
@click.option("--name", help="Its name, as readers see it.")
@click.option("--ror", help="Its ROR identifier, such as https://ror.org/03yrm5c26.")
@click.option("--domain", "domains", multiple=True, help="A domain of its e-mail addresses and affiliations.")
@click.option("--network", "networks", multiple=True, help="A range of its network, such as 192.0.2.0/24.")
@click.option("--issuer", help="The issuer of its own sign-in.")
@json_option
def add(
    file: Path | None,
    slug: str | None,
    name: str | None,
    ror: str | None,
    domains: tuple[str, ...],
    networks: tuple[str, ...],
    issuer: str | None,
    as_json: bool,
) -> None:
    """Add an institution, described by options or by a TOML FILE with the same words as keys."""
    from api.access import institutions
    from api.access.institutions import House

    if file is not None and (slug or name or ror or domains or networks or issuer):
        raise click.UsageError("Describe it in a file or by options, not both.")
    if file is not None:
        house = _read(file)
    elif slug and name:
        house = House(slug, name, ror, domains, networks, issuer)
    else:
        raise click.UsageError("It needs --slug and --name, or a file.")
    settings = load_settings()
    with open_database(settings) as database, database.writing() as db:
        found = _described(institutions.add(db, house))
    words = f"“{found['slug']}” is {found['name']}: {_ways(found)}."
    if found["issuer"] and found["issuer"] not in issuers_of(settings).values():
        words += "\nNo sign-in provider of the settings has that issuer; it counts once one has."
    answer(as_json, found, words)


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
        domains=table.texts("domains"),
        networks=table.texts("networks"),
        issuer=table.text("issuer"),
    )
    table.refuse_unknown_keys()
    return house


def _described(row: "Institution") -> dict[str, Any]:
    from api.access.institutions import House

    return asdict(House(row.slug, row.name, row.ror, list(row.domains), list(row.networks), row.issuer))


def _ways(found: dict[str, Any]) -> str:
    ways = [*found["domains"], *found["networks"], *([f"issuer {found['issuer']}"] if found["issuer"] else [])]
    return ", ".join(ways)
