"""The COUNTER API: what a key opens, what is refused in COUNTER's words, and that the description holds."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from api import clock
from api.access import keys
from api.edge import limits
from api.tables import KeyScope, Role
from tests.counter.conftest import NOW, WORLD, Ask, faults, key_of
from tests.site import Site

REPORTS = ("PR", "PR_P1", "TR", "TR_B1", "TR_B2", "TR_B3", "IR")
UNI = "uni"


def codes(body: dict) -> Sequence[int]:
    return [each["Code"] for each in body["Report_Header"].get("Exceptions", [])]


def test_the_status_is_public(site: Site) -> None:
    answer = site.program().get("/counter/r51/status")
    assert answer.status_code == 200
    assert faults(answer.json(), "200_Status") == []
    assert answer.json()[0]["Service_Active"] is True


def test_every_report_holds_to_the_description(ask: Ask) -> None:
    for report in REPORTS:
        for customer in (WORLD, UNI):
            answer = ask(f"reports/{report.lower()}", customer_id=customer)
            assert answer.status_code == 200, answer.text
            assert faults(answer.json(), report) == [], report
            assert answer.json()["Report_Items"], report
    shown = {"attributes_to_show": "YOP|Access_Type|Access_Method"}
    for report, more in (
        ("TR", shown),
        ("TR", shown | {"granularity": "Total", "yop": "2024|2000-2010", "access_type": "Controlled"}),
        ("IR", {"attributes_to_show": "Authors|Publication_Date|YOP", "include_parent_details": "True"}),
        ("IR", {"author": "Mo Specimen", "item_id": "gatefold:chapter-1", "platform": "Gatefold"}),
        ("PR", {"attributes_to_show": "Access_Method", "data_type": "Book|Report", "access_method": "TDM"}),
        ("TR", {"data_type": "Journal", "nonsense": "1", "metric_type": "Nonsense", "granularity": "Day"}),
    ):
        assert faults(ask(f"reports/{report.lower()}", **more).json(), report) == [], more


def test_lists_hold_to_the_description(ask: Ask) -> None:
    listed = ask("reports").json()
    assert faults(listed, "200_Reports") == []
    assert [each["Report_ID"] for each in listed] == list(REPORTS)
    assert {(each["First_Month_Available"], each["Last_Month_Available"]) for each in listed} == {
        ("2026-01", "2026-03")
    }
    for customer, names in ((WORLD, ["The World", "The School", "The University"]), (UNI, ["The University"])):
        members = ask("members", customer_id=customer).json()
        assert faults(members, "200_Members") == []
        assert [each["Institution_Name"] for each in members] == names


def test_a_header_says_what_was_asked(ask: Ask) -> None:
    header = ask("reports/tr", metric_type="No_License|Total_Item_Requests", access_type="Controlled").json()[
        "Report_Header"
    ]
    assert header["Report_Filters"] == {
        "Begin_Date": "2026-01-01",
        "End_Date": "2026-03-31",
        "Metric_Type": ["Total_Item_Requests", "No_License"],
        "Access_Type": ["Controlled"],
    }
    assert (header["Release"], header["Registry_Record"]) == ("5.1", "")
    assert "Report_Attributes" not in header
    assert "Exceptions" not in header
    all_of_them = ask("reports/tr", access_method="Regular|TDM", granularity="Month").json()["Report_Header"]
    assert set(all_of_them["Report_Filters"]) == {"Begin_Date", "End_Date"}


REFUSED: tuple[tuple[dict[str, str | None], int, int], ...] = (
    ({"customer_id": None}, 400, 1030),
    ({"api_key": None}, 400, 1030),
    ({"begin_date": None}, 400, 1030),
    ({"api_key": "gf_" + "x" * 43}, 401, 2020),
    ({"api_key": None, "requestor_id": "nobody"}, 401, 2000),
    ({"customer_id": "nobody"}, 403, 2010),
    ({"begin_date": "2026-02", "end_date": "2026-01"}, 400, 3020),
    ({"begin_date": "2026-1"}, 400, 3020),
    ({"begin_date": "2026-01-02"}, 400, 3020),
    ({"end_date": "2026-02-27"}, 400, 3020),
    ({"begin_date": "2026-04", "end_date": "2026-05"}, 400, 3020),
)


def test_refusals_are_one_exception(ask: Ask) -> None:
    for given, status, code in REFUSED:
        answer = ask("reports/tr", **given)
        assert (answer.status_code, answer.json()["Code"]) == (status, code), given
        assert faults(answer.json(), f"{status}_Exception") == []


NOTICED: tuple[tuple[dict[str, str], int], ...] = (
    ({"data_type": "Journal"}, 3030),
    ({"end_date": "2026-04"}, 3031),
    ({"begin_date": "2025-11"}, 3032),
    ({"nonsense": "1"}, 3050),
    ({"metric_type": "Nonsense"}, 3060),
    ({"platform": "Another"}, 3060),
    ({"yop": "20"}, 3060),
    ({"item_id": "a|b"}, 3061),
    ({"attributes_to_show": "Country_Name"}, 3062),
)


def test_what_is_not_understood_stands_in_the_header(ask: Ask) -> None:
    for given, code in NOTICED:
        body = ask("reports/tr", **given).json()
        assert codes(body) == [code], given
        assert faults(body, "TR") == []
        assert bool(body["Report_Items"]) is (code != 3030)


def test_components_are_not_there_and_a_view_takes_no_filter(ask: Ask) -> None:
    assert codes(ask("reports/ir", include_component_details="True").json()) == [3063]
    assert codes(ask("reports/tr_b1", yop="2024").json()) == [3050]


def test_unknown_reports_are_not_found(ask: Ask) -> None:
    for path in ("reports/tr_j1", "reports/TR", "nothing"):
        assert ask(path).status_code == 404, path


def test_a_month_without_use_and_one_that_is_not_over(ask: Ask) -> None:
    assert codes(ask("reports/tr", begin_date="2026-03").json()) == [3030]
    body = ask("reports/tr", begin_date="2026-03", end_date="2026-06").json()
    assert codes(body) == [3031]
    assert body["Report_Header"]["Report_Filters"]["End_Date"] == "2026-03-31"


def test_a_librarian_has_their_own_institutions_reports_only(site: Site, ask: Ask) -> None:
    key = key_of(site, Role.LIBRARIAN, UNI)
    assert ask("reports/tr", api_key=key, customer_id=UNI).status_code == 200
    assert ask("reports/tr", api_key=None, requestor_id=key, customer_id=UNI).status_code == 200
    for other in ("school", WORLD, "nobody", "2"):
        for path in ("reports/tr", "reports", "members"):
            answer = ask(path, api_key=key, customer_id=other)
            assert (answer.status_code, answer.json()["Code"]) == (403, 2010), (other, path)


def test_an_institution_has_a_number_too(ask: Ask) -> None:
    by_name, by_number = (ask("reports/tr", customer_id=each).json() for each in (UNI, "1"))
    assert by_name["Report_Items"] == by_number["Report_Items"]


def test_a_key_for_something_else_or_of_someone_else_by_now(site: Site, ask: Ask) -> None:
    for role, institution, scope in (
        (Role.READER, UNI, KeyScope.REPORTS),  # a librarian once
        (Role.LIBRARIAN, None, KeyScope.REPORTS),  # of the press once
        (Role.EDITOR, None, KeyScope.API),
    ):
        answer = ask("reports/tr", api_key=key_of(site, role, institution, scope), customer_id=UNI)
        assert (answer.status_code, answer.json()["Code"]) == (401, 2020), role


def test_a_key_for_reports_opens_nothing_else(site: Site) -> None:
    shown = {"authorization": f"Bearer {key_of(site, Role.EDITOR)}"}
    with clock.frozen(NOW):
        assert site.program().get("/api/v1/titles", headers=shown).status_code == 401


def test_a_key_that_has_ended(site: Site, ask: Ask) -> None:
    key = key_of(site, Role.EDITOR)
    with clock.frozen(NOW + timedelta(days=91)):
        program = site.program().get("/counter/r51/reports", params={"customer_id": UNI, "api_key": key})
    assert (program.status_code, program.json()["Code"]) == (401, 2020)


def test_too_many_requests(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    few = limits.Limit("reports", limits.Whose.ACCOUNT, 2, limits.HOUR, "fetched", "reports")
    monkeypatch.setattr(limits, "REPORTS", (few,))
    answers = [ask("reports") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert faults(answers[2].json(), "429_Exception") == []
    assert int(answers[2].headers["retry-after"]) > 0


def test_the_last_day_of_use_is_noted(site: Site, ask: Ask) -> None:
    ask("reports")
    with site.portal.database.reading() as db:
        assert [row.last_used_on for row in keys.of_user(db, 1)] == [NOW.date()]
