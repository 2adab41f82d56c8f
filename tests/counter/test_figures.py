"""The figures of reports are those of the sums, and the same in JSON and in the table."""

import csv
import io
import json
from collections import Counter

from api.counter.items import hyphenated
from api.database import Database
from tests.commands.conftest import Run, press, run  # noqa: F401
from tests.counter.conftest import Ask, shelve_used_titles
from tests.site import Site
from tests.usage.month import BY, METRICS, sums
from tests.usage.month import JANUARY as JAN

HEADER = [
    "Report_Name",
    "Report_ID",
    "Release",
    "Institution_Name",
    "Institution_ID",
    "Metric_Types",
    "Report_Filters",
    "Report_Attributes",
    "Exceptions",
    "Reporting_Period",
    "Created",
    "Created_By",
    "Registry_Record",
]


def kept(database: Database, institution: str = "") -> Counter[tuple[str, str]]:
    """What the sums of both months have for each metric and data type."""
    found: Counter[tuple[str, str]] = Counter()
    for month in (JAN, JAN.next):
        for row in sums(database, month):
            named = dict(zip((*BY, *METRICS), row, strict=True))
            if named["institution"] == institution:
                for metric in METRICS:
                    found[metric, named["data_type"]] += named[metric]
    return +found


def reported(body: dict, segment: str = "Book") -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    items = body["Report_Items"]
    for item in [each for parent in items for each in parent.get("Items", [parent])]:
        for part in item["Attribute_Performance"]:
            data_type = "Book" if part["Data_Type"] == segment else part["Data_Type"]
            for metric, months in part["Performance"].items():
                found[metric.lower(), data_type] += sum(months.values())
    return +found


def test_nothing_is_lost_on_the_way(ask: Ask, site: Site) -> None:
    for institution in ("", "uni", "school"):
        nothing_is_lost(ask, site.portal.database, institution)


def nothing_is_lost(ask: Ask, database: Database, institution: str) -> None:
    expected = kept(database, institution)
    asked = {"customer_id": institution} if institution else {}
    assert expected
    tr = reported(ask("reports/tr", **asked).json())
    assert tr == expected
    without_refusals = Counter({key: number for key, number in expected.items() if key[0] != "no_license"})
    assert reported(ask("reports/pr", **asked).json()) == without_refusals
    items = Counter({key: number for key, number in expected.items() if "title" not in key[0]})
    assert reported(ask("reports/ir", **asked).json(), "Book_Segment") == items
    assert reported(ask("reports/tr", granularity="Total", **asked).json()) == expected
    parents = ask("reports/ir", include_parent_details="True", **asked).json()
    assert reported(parents, "Book_Segment") == items


def test_views_are_parts_of_their_reports(ask: Ask) -> None:
    tr = ask("reports/tr", access_method="Regular", access_type="Controlled", data_type="Book").json()
    expected = reported(tr)
    b1 = reported(ask("reports/tr_b1").json())
    assert set(b1) == {("total_item_requests", "Book"), ("unique_title_requests", "Book")}
    assert all(b1[key] == expected[key] for key in b1)
    assert set(reported(ask("reports/tr_b2").json())) == {("no_license", "Book")}
    assert "no_license" not in {metric for metric, _ in reported(ask("reports/tr_b3").json())}


def test_an_item_has_its_identifiers(ask: Ask) -> None:
    body = ask("reports/tr", item_id="ISBN:978-3-16-148410-0").json()
    (volume,) = body["Report_Items"]
    assert volume["Item_ID"] == {
        "DOI": "10.5555/gf.rivers",
        "ISBN": "978-3-16-148410-0",
        "Proprietary": "gatefold:title-1",
        "URI": volume["Item_ID"]["URI"],
    }
    assert volume["Publisher_ID"] == {"ROR": ["03yrm5c26"]}
    by_author = ask("reports/ir", author="ORCID:0000-0002-1825-0097", attributes_to_show="Authors").json()
    (item,) = by_author["Report_Items"][0]["Items"]
    assert item["Authors"] == [{"Name": "Mo Specimen", "ORCID": "0000-0002-1825-0097"}]


def test_the_year_of_publication_is_a_filter(ask: Ask) -> None:
    found = {
        years: {part["YOP"] for item in body["Report_Items"] for part in item["Attribute_Performance"]}
        for years in ("2024", "2020-2025", "0001")
        for body in [ask("reports/tr", yop=years, attributes_to_show="YOP").json()]
    }
    assert found == {"2024": {"2024"}, "2020-2025": {"2024", "2025"}, "0001": {"0001"}}


def test_an_isbn_of_no_known_range_is_left_out() -> None:
    assert hyphenated("9783161484100") == "978-3-16-148410-0"
    assert hyphenated("9799999999999") is None


def test_the_table_keeps_its_rules(database: Database, run: Run) -> None:  # noqa: F811
    shelve_used_titles(database)
    for report in ("PR", "PR_P1", "TR", "TR_B1", "TR_B2", "TR_B3", "IR"):
        keeps_its_rules(run, report)


def keeps_its_rules(run: Run, report: str) -> None:  # noqa: F811
    words = ("report", "counter", report, "--begin", "2026-01", "--end", "2026-02")
    text = run(*words).stdout
    assert text.startswith("\ufeffReport_Name\t")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t"))
    assert [row[0] for row in rows[:13]] == HEADER
    header = {row[0]: row[1] for row in rows[:13]}
    assert (header["Report_ID"], header["Release"]) == (report, "5.1")
    assert header["Institution_ID"] == "gatefold:0000000000000000"
    assert header["Reporting_Period"] == "Begin_Date=2026-01-01; End_Date=2026-02-28"
    if report == "TR_B1":
        assert header["Metric_Types"] == "Total_Item_Requests; Unique_Title_Requests"
        filters = "Data_Type=Book|Reference_Work; Access_Type=Controlled; Access_Method=Regular"
        assert header["Report_Filters"] == filters
    assert rows[13] == []
    headings = rows[14]
    assert headings[-4:] == ["Metric_Type", "Reporting_Period_Total", "Jan-2026", "Feb-2026"]
    assert rows[15:]
    for row in rows[15:]:
        assert len(row) == len(headings)
        assert int(row[-3]) == int(row[-2]) + int(row[-1]) > 0
        assert not row[0].startswith("=")
    body = json.loads(run(*words, "--format", "json").stdout)
    table: Counter[tuple[str, str]] = Counter()
    for row in rows[15:]:
        named = dict(zip(headings, row, strict=True))
        table[named["Metric_Type"].lower(), named["Data_Type"].replace("_Segment", "")] += int(row[-3])
    assert table == reported(body, "Book_Segment" if report == "IR" else "Book")


def test_the_table_shows_parents_and_what_is_asked_for(database: Database, run: Run) -> None:  # noqa: F811
    shelve_used_titles(database)
    words = ("report", "counter", "ir", "--begin", "2026-01", "--end", "2026-02", "--institution", "uni")
    more = ("--with", "include_parent_details=True", "--with", "attributes_to_show=Authors|YOP")
    rows = list(csv.reader(io.StringIO(run(*words, *more, "--format", "csv").stdout)))
    assert rows[7][1] == "Attributes_To_Show=Authors|YOP; Include_Parent_Details=True"
    assert rows[4][1] == "gatefold:uni; ROR:03yrm5c26"
    named = [dict(zip(rows[14], row, strict=True)) for row in rows[15:]]
    assert {each["Parent_Data_Type"] for each in named} == {"Book", ""}
    assert "Mo Specimen (ORCID:0000-0002-1825-0097)" in {each["Authors"] for each in named}
    assert "Invalid Date Arguments" in run("report", "counter", "TR", "--begin", "x", "--end", "y", code=1).stderr
