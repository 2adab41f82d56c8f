"""`gatefold voucher`: codes that let so many readers in until they end."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database
from api.commands.typed import InstantType

if TYPE_CHECKING:
    from api.tables import Voucher


@click.group()
def voucher() -> None:
    """Vouchers: codes that readers enter on a title's page."""


@voucher.command()
@click.argument("slug")
@click.option("--uses", type=int, required=True, help="How many readers it lets in.")
@click.option("--until", "ends_at", type=InstantType(), required=True, help="When it ends (ISO 8601 with a zone).")
@json_option
def make(slug: str, uses: int, ends_at: datetime, as_json: bool) -> None:
    """Make a voucher for title SLUG. Its code is shown now and never again."""
    from api import clock
    from api.access import vouchers
    from api.access.rules import ladder
    from api.seal import Seal
    from api.shelf.shelving import find_title, id_of
    from api.tables import RuleKind

    settings = load_settings()
    seal = Seal(settings.secret_key.get_secret_value())
    with open_database(settings) as database, database.writing() as db:
        title_id = id_of(find_title(db, slug))
        made = vouchers.make(db, seal, title_id, uses=uses, ends_at=ends_at, now=clock.now())
        has_rule = any(rung.kind is RuleKind.VOUCHER for rung in ladder(db, title_id, None))
        result = _described(made.voucher, slug) | {"code": made.code}
    words = f"{made.code}\nThis is voucher {result['id']} for “{slug}”. The code is not kept; write it down now."
    if not has_rule:
        words += f"\nIt opens the title once that has the rule: gatefold title access {slug} --rule voucher"
    answer(as_json, result, words)


@voucher.command("list")
@click.argument("slug", required=False)
@json_option
def list_vouchers(slug: str | None, as_json: bool) -> None:
    """The vouchers of title SLUG, or all."""
    from sqlmodel import col, select

    from api.shelf.shelving import find_title, id_of
    from api.tables import Title, Voucher

    with open_database(load_settings()) as database, database.reading() as db:
        wanted = select(Voucher, Title.slug).join(Title, col(Title.id) == col(Voucher.title_id))
        if slug is not None:
            wanted = wanted.where(Voucher.title_id == id_of(find_title(db, slug)))
        found = [_described(*row) for row in db.exec(wanted.order_by(col(Voucher.id))).all()]
    lines = [
        f"{each['id']}  {each['slug']}  {each['state']}  {each['uses_left']} of {each['uses']} left  "
        f"until {each['ends_at'].isoformat(timespec='minutes').replace('+00:00', 'Z')}"
        for each in found
    ]
    answer(as_json, found, "\n".join(lines) or "There are no vouchers.")


@voucher.command()
@click.argument("voucher_id", type=int)
@click.option("--with-readers", is_flag=True, help="Also take back what it gave to readers.")
@json_option
def revoke(voucher_id: int, with_readers: bool, as_json: bool) -> None:
    """End voucher VOUCHER_ID. Readers who used it keep their access, unless told otherwise."""
    from api import clock
    from api.access import vouchers

    with open_database(load_settings()) as database, database.writing() as db:
        lost = vouchers.revoke(db, voucher_id, clock.now(), with_readers=with_readers)
    words = f"Voucher {voucher_id} is revoked" + (f"; readers who lost their access: {lost}." if with_readers else ".")
    answer(as_json, {"id": voucher_id, "readers": lost}, words)


def _described(row: "Voucher", slug: str) -> dict[str, Any]:
    from api import clock
    from api.access.vouchers import standing

    return {
        "id": row.id,
        "slug": slug,
        "uses": row.uses,
        "uses_left": row.uses_left,
        "ends_at": row.ends_at,
        "state": standing(row, clock.now()),
    }
