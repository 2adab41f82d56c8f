"""Searches in the reports: of the portal as a whole, by whoever searched, double clicks folded, robots left out."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.database import Database
from api.tables import Event, EventKind
from api.usage.closing import close
from api.usage.robots import Robots
from tests.counter.conftest import Ask, faults
from tests.site import Site
from tests.usage.month import AGENT, JANUARY


def make_searches(database: Database) -> None:
    """Five searches of one reader of which two are double clicks, one of a reader of the university, one of a robot."""
    noon = JANUARY.begins_at + timedelta(hours=12)
    rows: list[dict[str, Any]] = []
    for reader, seconds, what, institution, is_robot in (
        ("rea", 0, "a", None, False),
        ("rea", 20, "a", None, False),
        ("rea", 45, "a", None, False),  # three in a row count once
        ("rea", 46, "b", None, False),
        ("rea", 100, "a", None, False),
        ("mo", 1, "a", "uni", False),
        ("bot", 1, "a", None, True),
    ):
        rows.append(
            {
                "kind": EventKind.SEARCH,
                "happened_at": noon + timedelta(seconds=seconds),
                "what": what,
                "status": 200,
                "items": 1,
                "access_method": "Regular",
                "user_key": reader,
                "is_robot": is_robot,
                "agent": "GPTBot/1.0" if is_robot else AGENT,
                "institution": institution,
            }
        )
    with database.writing() as db:
        db.connection().execute(sa.insert(Event), rows)


def searched(report: dict[str, Any]) -> list[tuple[str, int]]:
    """The data type and the number of each row of searches."""
    parts = [part for item in report["Report_Items"] for part in item["Attribute_Performance"]]
    return [
        (part["Data_Type"], sum(part["Performance"]["Searches_Platform"].values()))
        for part in parts
        if "Searches_Platform" in part["Performance"]
    ]


def test_searches_are_in_the_reports_of_the_platform_and_in_no_other(ask: Ask, site: Site) -> None:
    titles = ask("reports/tr").json()["Report_Items"]
    make_searches(site.portal.database)
    close(site.portal.database, JANUARY, Robots())
    for name in ("pr", "pr_p1"):
        world, uni = ask(f"reports/{name}").json(), ask(f"reports/{name}", customer_id="uni").json()
        assert faults(world, name.upper()) == []
        assert searched(world) == [("Platform", 4)]
        assert searched(uni) == [("Platform", 1)]
    only = ask("reports/pr", metric_type="Searches_Platform", data_type="Platform").json()
    assert searched(only) == [("Platform", 4)]
    assert ask("reports/tr").json()["Report_Items"] == titles
