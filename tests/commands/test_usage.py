"""`gatefold report close` and `retention`: months closed by hand, and what is left of single events."""

import json

from api.database import Database
from api.usage.months import Month
from tests.commands.conftest import Run
from tests.usage.month import JANUARY, make_events, shelve_three

A_MONTH_TO_COME = Month(2999, 1)


def test_a_month_is_closed_by_hand(database: Database, run: Run) -> None:
    make_events(database, shelve_three(database), JANUARY, 20)
    before = json.loads(run("report", "retention", "--json").stdout)
    assert [(each["month"], each["events"], each["closed_at"]) for each in before["months"]] == [("2026-01", 20, None)]
    assert "2026-01 is closed; it had 20 events." in run("report", "close", "2026-01").stdout
    found = json.loads(run("report", "close", "--json").stdout)
    assert all(each["events"] == 0 for each in found)
    after = json.loads(run("report", "retention", "--json").stdout)
    assert after["raw_days"] == 45
    assert after["months"][0]["sums"] > 0
    assert after["months"][0]["gone_by"] == "2026-03-17"
    assert "2026-01  20 events" in run("report", "retention").stdout


def test_with_no_use_there_is_nothing_to_close(run: Run) -> None:
    assert run("report", "close").stdout == "No month is due.\n"


def test_a_month_to_come_and_what_is_no_month_are_refused(run: Run) -> None:
    assert run("report", "close", str(A_MONTH_TO_COME), code=1).stderr == "2999-01 is not over yet.\n"
    assert "is not a month such as 2026-01" in run("report", "close", "January", code=2).stderr
