"""`gatefold user`: name a reader of a title and take the name off again, and say who may do what here."""

from typing import TYPE_CHECKING

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.settings import Settings

ROLES = click.Choice(["reader", "editor", "administrator"])


@click.group()
def user() -> None:
    """Readers on a title's list, and roles. PERSON is <provider id>:<subject>, as their account page shows it."""


@user.command()
@click.argument("slug")
@click.argument("person")
@json_option
def grant(slug: str, person: str, as_json: bool) -> None:
    """Put PERSON on the list of title SLUG; they need not have signed in before."""
    from api.access.rules import give_grant, ladder
    from api.shelf.shelving import find_title, id_of
    from api.tables import RuleKind

    settings = load_settings()
    issuer, subject = _identity(settings, person)
    with open_database(settings) as database, database.writing() as db:
        title_id = id_of(find_title(db, slug))
        is_new = give_grant(db, title_id, issuer, subject)
        has_list = any(rung.kind is RuleKind.LISTED for rung in ladder(db, title_id, None))
    words = f"{person} is on the list of “{slug}”{' now' if is_new else ' already'}."
    if not has_list:
        words += f"\nThe list counts once the title has the rule: gatefold title access {slug} --rule listed"
    answer(as_json, {"slug": slug, "issuer": issuer, "subject": subject, "changed": is_new}, words)


@user.command()
@click.argument("slug")
@click.argument("person")
@json_option
def revoke(slug: str, person: str, as_json: bool) -> None:
    """Take PERSON off the list of title SLUG. Links they were given on its strength end with it."""
    from api.access.rules import take_grant
    from api.shelf.shelving import find_title, id_of

    settings = load_settings()
    issuer, subject = _identity(settings, person)
    with open_database(settings) as database, database.writing() as db:
        was_there = take_grant(db, id_of(find_title(db, slug)), issuer, subject)
    words = f"{person} is {'off' if was_there else 'not on'} the list of “{slug}”."
    answer(as_json, {"slug": slug, "issuer": issuer, "subject": subject, "changed": was_there}, words)


@user.command()
@click.argument("person")
@click.option("--role", type=ROLES, required=True, help="What PERSON is from now on.")
@json_option
def promote(person: str, role: str, as_json: bool) -> None:
    """Give PERSON, who has signed in before, a role. It counts from their next click on."""
    from api.signin.people import find_identity, give_role
    from api.tables import Role

    settings = load_settings()
    issuer, subject = _identity(settings, person)
    with open_database(settings) as database, database.writing() as db:
        identity = find_identity(db, issuer, subject)
        if identity is None:
            raise Refused(
                f"{person} has not signed in here yet. To make them an administrator when they first come, "
                "name them in GATEFOLD_ADMINS."
            )
        is_new = give_role(db, identity.user, Role(role))
    words = f"{person} is {'now' if is_new else 'already'} {'a' if role == Role.READER else 'an'} {role}."
    if person in settings.admins and role != Role.ADMINISTRATOR:
        words += "\nGATEFOLD_ADMINS names them, which makes them an administrator again at their next sign-in."
    answer(as_json, {"issuer": issuer, "subject": subject, "role": role, "changed": is_new}, words)


def _identity(settings: "Settings", person: str) -> tuple[str, str]:
    """Issuer and subject of `<provider id>:<subject>`."""
    provider, colon, subject = person.partition(":")
    if not colon or not subject or len(subject) > 255:
        raise click.UsageError(f"“{person}” is not of the form <provider id>:<subject>.")
    issuers = {name: given.issuer for name, given in settings.providers.items()}
    if settings.demo:
        from api.signin.devprovider import PATH, PROVIDER_ID

        issuers[PROVIDER_ID] = f"{settings.public_url}{PATH}"
    if provider not in issuers:
        known = ", ".join(issuers) or "none is set up"
        raise Refused(f"There is no sign-in provider “{provider}” in the settings; known: {known}.")
    return issuers[provider], subject
