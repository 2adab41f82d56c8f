"""Librarians: named by the press, they see their own institution's reports and nobody else's, until they are not."""

import csv
import io
import re
from collections.abc import Iterator

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.access import institutions, keys
from api.access.institutions import House
from api.account import closure
from api.account.takeout import takeout
from api.tables import AccessKey, Audit, Identity, Librarian
from tests.cast import ADA, BEN, CLEO, make_editor, sign_in
from tests.counter.conftest import NOW, faults
from tests.site import Site

HERE = "/account/reports"
UNI = "/desk/institutions/uni"
YEAR = {"begin": "2026-01", "end": "2026-03"}


@pytest.fixture(autouse=True)
def now(shelf: object) -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def browser(site: Site, person: str) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


@pytest.fixture
def editor(site: Site) -> httpx2.Client:
    make_editor(site, ADA)
    return browser(site, ADA)


def name(editor: httpx2.Client, person: str, house: str = UNI) -> httpx2.Response:
    return editor.post(f"{house}/librarians", data={"librarian": f"demo:{person}"})


def test_a_librarian_sees_their_own_reports_and_no_others(site: Site, editor: httpx2.Client) -> None:
    cleo = browser(site, CLEO)
    assert cleo.get(HERE).status_code == 404
    assert name(editor, CLEO).status_code == 303
    assert name(editor, CLEO).status_code == 303  # pressed twice
    page = cleo.get(HERE)
    assert page.status_code == 200, page.text
    assert "The University" in page.text
    assert "The School" not in page.text
    assert 'href="/account/reports"' in cleo.get("/account").text
    assert cleo.get(f"{HERE}?institution=school").status_code == 404
    for report in ("pr", "pr_p1", "tr", "tr_b1", "tr_b2", "tr_b3", "ir"):
        body = cleo.get(f"{HERE}/uni/{report}.json", params=YEAR).json()
        assert faults(body, report.upper()) == []
        assert body["Report_Header"]["Institution_Name"] == "The University"
        assert cleo.get(f"{HERE}/school/{report}.json", params=YEAR).status_code == 404
        assert cleo.get(f"{HERE}/0000000000000000/{report}.json", params=YEAR).status_code == 404


def test_the_page_has_the_figures_of_the_table(site: Site, editor: httpx2.Client) -> None:
    name(editor, CLEO)
    cleo = browser(site, CLEO)
    table = cleo.get(f"{HERE}/uni/tr.csv", params=YEAR)
    assert table.headers["content-disposition"] == 'attachment; filename="uni-tr-2026-01-2026-03.csv"'
    rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))[14:]
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    january = sum(int(row["Jan-2026"]) for row in named if row["Metric_Type"] == "Total_Item_Requests")
    (line,) = re.findall(r">2026-01</th>(.*?)</tr>", cleo.get(HERE).text, re.S)
    assert re.findall(r">([\d,]+)<", line)[1] == f"{january:,}"
    assert cleo.get(f"{HERE}/uni/tr.tsv", params=YEAR).text.count("\t") > 100
    assert cleo.get(f"{HERE}?begin=2026-02&end=2026-01").status_code == 400
    assert cleo.get(f"{HERE}/uni/dr.json", params=YEAR).status_code == 404
    assert cleo.get(f"{HERE}/uni/tr.pdf", params=YEAR).status_code == 404


def ask(site: Site, key: str, customer: str) -> int:
    given = {"customer_id": customer, "api_key": key, "begin_date": "2026-01", "end_date": "2026-03"}
    return site.program().get("/counter/r51/reports/tr", params=given).status_code


def test_their_key_ends_with_the_tie(site: Site, editor: httpx2.Client) -> None:
    name(editor, CLEO)
    cleo = browser(site, CLEO)
    made = cleo.post("/account/keys", data={"name": "Alma", "purpose": "reports:uni"})
    (secret,) = re.findall(keys.KEY, made.text)
    assert cleo.post("/account/keys", data={"name": "Alma", "purpose": "reports:school"}).status_code == 403
    assert cleo.post("/account/keys", data={"name": "Alma", "purpose": "reports"}).status_code == 403
    assert (ask(site, secret, "uni"), ask(site, secret, "school")) == (200, 403)
    (action,) = re.findall(r'action="([^"]+/librarians/\d+/removal)"', editor.get(UNI).text)
    assert editor.post(action).status_code == 303
    assert editor.post(action).status_code == 303
    assert ask(site, secret, "uni") == 401
    assert cleo.get(HERE).status_code == 404
    with site.portal.database.reading() as db:
        assert db.exec(select(AccessKey).where(AccessKey.institution == "uni")).all() == []
        acts = [(act.action, act.object) for act in db.exec(select(Audit)).all() if "librarian" in act.action]
    assert acts == [("librarian-named", "institution uni"), ("librarian-removed", "institution uni")]


def test_who_has_not_come_yet_can_be_named(site: Site, editor: httpx2.Client) -> None:
    name(editor, BEN)
    assert "Has not come yet" in editor.get(UNI).text
    assert browser(site, BEN).get(HERE).status_code == 200
    assert "Has not come yet" not in editor.get(UNI).text


def test_what_is_no_way_to_sign_in_is_refused(site: Site, editor: httpx2.Client) -> None:
    for typed in ("", "ben@example.org", "nowhere:ben"):
        answer = editor.post(f"{UNI}/librarians", data={"librarian": typed})
        assert answer.status_code == 422
        assert 'id="librarian-fault"' in answer.text
    assert editor.post("/desk/institutions/none/librarians", data={"librarian": "demo:x"}).status_code == 404
    assert browser(site, CLEO).post(f"{UNI}/librarians", data={"librarian": "demo:x"}).status_code == 404
    with site.portal.database.reading() as db:
        assert db.exec(select(Librarian)).all() == []


def test_the_tie_goes_with_the_institution_and_with_the_account(site: Site, editor: httpx2.Client) -> None:
    database = site.portal.database
    with database.writing() as db:
        institutions.add(db, House("new", "New", domains=["new.example"]))
    name(editor, CLEO, "/desk/institutions/new")
    name(editor, CLEO)
    cleo = browser(site, CLEO)
    assert "institution=new" in cleo.get(HERE).text
    with database.writing() as db:
        institutions.remove(db, "new")
    with database.writing() as db:
        user_id = db.exec(select(Identity.user_id).where(Identity.subject == CLEO)).one()
        assert takeout(db, user_id, NOW)["librarian_of"] == ["The University"]
        closure.erase(db, site.portal.seal, user_id, NOW)
        assert db.exec(select(Librarian)).all() == []
