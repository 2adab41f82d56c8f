"""`gatefold report`: what the press may want to know of use, without names and addresses."""

from collections.abc import Mapping

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database


@click.group()
def report() -> None:
    """Reports for the press."""


@report.command("fair-use")
@json_option
def fair_use(as_json: bool) -> None:
    """Accounts and networks that went beyond an allowance in the last thirty days, the latest first.

    An account shows by its number, a network by a digest that is another each day.
    """
    from sqlmodel import col, select

    from api.tables import FairUseNote

    with open_database(load_settings()) as database, database.reading() as db:
        rows = db.exec(select(FairUseNote).order_by(col(FairUseNote.at).desc(), col(FairUseNote.id).desc())).all()
    found = [
        {
            "day": row.day.isoformat(),
            "account": row.user_id,
            "network": row.network,
            "what": row.what,
            "allowance": row.allowance,
            "stage": row.stage,
            "at": row.at,
        }
        for row in rows
    ]
    lines = [
        f"{each['day']}  {_whose(each)}  {each['stage']}  beyond {each['allowance']} {each['what']} a day"
        for each in found
    ]
    answer(as_json, found, "\n".join(lines) or "Nobody has gone beyond fair use lately.")


@report.command()
@click.argument("number")
@json_option
def stamp(number: str, as_json: bool) -> None:
    """Whose copy bears this NUMBER at the foot of its pages: the account by its number, the title, the edition."""
    from sqlmodel import col, select

    from api.tables import Edition, StampedCopy, Title

    with open_database(load_settings()) as database, database.reading() as db:
        bears = (
            select(StampedCopy, Edition, Title)
            .join(Edition, col(Edition.id) == col(StampedCopy.edition_id))
            .join(Title, col(Title.id) == col(Edition.title_id))
            .where(StampedCopy.number == number.strip().upper(), col(StampedCopy.user_id).is_not(None))
        )
        row = db.exec(bears).first()
    if row is None:
        raise Refused("No copy has that number, or its reader has left and been forgotten.")
    copy, edition, title = row
    found = {
        "number": copy.number,
        "account": copy.user_id,
        "title": title.slug,
        "edition": edition.number,
        "made_at": copy.made_at,
    }
    words = f"Account {copy.user_id} had “{title.slug}”, edition {edition.number}, on {copy.made_at:%Y-%m-%d}."
    answer(as_json, found, words)


def _whose(found: Mapping[str, object]) -> str:
    return f"account {found['account']}" if found["account"] is not None else f"network {found['network']}"
