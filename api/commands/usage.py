"""`gatefold report close`, `retention` and `counter`: months summed, what is left of single events, and reports."""

from typing import TYPE_CHECKING

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.usage.months import Month


class MonthType(click.ParamType["Month"]):
    """A month such as 2026-01."""

    name = "month"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Month":
        from api.usage.months import Month

        try:
            return value if isinstance(value, Month) else Month.read(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


@click.command()
@click.argument("month", type=MonthType(), required=False)
@json_option
def close(month: "Month | None", as_json: bool) -> None:
    """Sum the use of a finished MONTH (such as 2026-01) now, or of every month that is due.

    The portal does it by itself a day after a month's end. A closed month is counted again from its events, as long
    as all of these are there.
    """
    from api import clock
    from api.usage import closing
    from api.usage.robots import Robots

    robots = Robots()
    with open_database(load_settings()) as database:
        if month is None:
            with database.reading() as db:
                months = closing.due(db, robots, clock.now())
        else:
            months = [month]
        closed = [done for each in months if (done := closing.close(database, each, robots)) is not None]
    found = [{"month": str(each.month), "events": each.events} for each in closed]
    lines = [f"{each.month} is closed; it had {each.events:,} events." for each in closed]
    answer(as_json, found, "\n".join(lines) or "No month is due.")


@click.command()
@json_option
def retention(as_json: bool) -> None:
    """What is left of single events of use: how many of each month, whether it is closed, and when they go."""
    from api.usage.retention import retained

    settings = load_settings()
    with open_database(settings) as database, database.reading() as db:
        kept = retained(db, settings.usage.raw_days)
    found = {
        "raw_days": settings.usage.raw_days,
        "salts": kept.salts,
        "months": [
            {
                "month": str(each.month),
                "events": each.events,
                "closed_at": each.closed_at,
                "sums": each.sums,
                "gone_by": each.gone_by.isoformat(),
            }
            for each in kept.months
        ],
    }
    lines = [
        f"Single events are kept {settings.usage.raw_days} days; {kept.salts} days' keys can still be made.",
        *(
            f"{each.month}  {each.events:,} events, {each.sums:,} sums, "
            + (f"closed on {each.closed_at:%Y-%m-%d}" if each.closed_at is not None else "not closed yet")
            + (f"; the last event goes on {each.gone_by}" if each.events else "")
            for each in kept.months
        ),
    ]
    answer(as_json, found, "\n".join(lines))


@click.command()
@click.argument(
    "report", type=click.Choice(("PR", "PR_P1", "TR", "TR_B1", "TR_B2", "TR_B3", "IR"), case_sensitive=False)
)
@click.option("--begin", required=True, help="The first month, such as 2026-01.")
@click.option("--end", required=True, help="The last month, such as 2026-03.")
@click.option("--institution", help="Whose report: an institution’s short name. Without it, the world’s.")
@click.option("--format", "form", type=click.Choice(("json", "tsv", "csv")), default="tsv", show_default=True)
@click.option(
    "--with", "others", multiple=True, metavar="NAME=VALUE", help="A filter or an attribute, as the API has it."
)
def counter(report: str, begin: str, end: str, institution: str | None, form: str, others: tuple[str, ...]) -> None:
    """Print the COUNTER REPORT of closed months.

    A filter is such as --with metric_type=Total_Item_Requests or --with attributes_to_show=YOP|Access_Type.
    """
    import json

    from api import clock
    from api.counter import customers
    from api.counter.asked import read
    from api.counter.definitions import REPORTS
    from api.counter.document import document
    from api.counter.faults import Fault
    from api.counter.report import available, make
    from api.counter.tabular import tabular

    settings = load_settings()
    given = dict(each.split("=", 1) for each in others if "=" in each) | {"begin_date": begin, "end_date": end}
    try:
        with open_database(settings) as database, database.reading() as db:
            customer = customers.allowed(db, institution or customers.OF_THE_WORLD, None)
            asked = read(REPORTS[report.upper()], given, settings.usage.platform, available(db), clock.now())
            made = make(db, asked, customer, settings.public_url)
    except Fault as fault:
        raise Refused(f"{fault.notice}.") from fault
    own = settings.usage.platform, settings.usage.registry_record
    if form == "json":
        click.echo(json.dumps(document(made, *own), ensure_ascii=False, indent=2))
    else:
        click.echo(tabular(made, *own, delimiter="\t" if form == "tsv" else ","), nl=False)
