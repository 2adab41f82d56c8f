"""The audit log on its pages and as CSV: what can be asked for, what is never shown, and leaves that follow."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest

from api import clock
from api.database import Database
from api.errors import Invalid
from api.people import audit_log
from api.people.audit_log import Asked, Mark
from api.tables import Audit, User
from tests.people.conftest import ADA, BEN, CLEO, ZOE, House
from tests.people.plans import assert_indexed, plans_of

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def written(house: House) -> House:
    """Six acts, a day apart, the oldest first."""
    zoe, ada, ben = (house.ids[name] for name in (ZOE, ADA, BEN))
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with house.site.portal.database.writing() as db:
        db.add(Audit(action="title-published", object="title rivers-of-paper", actor_user_id=ada, at=at))
        for days, act in enumerate(
            (
                Audit(action="role-changed", object="account", actor_user_id=zoe, user_id=ben, words="reader → editor"),
                Audit(action="account-disabled", object="account", user_id=ben),
                Audit(action="terms-changed", object="house", actor_user_id=zoe),
                Audit(action="record-revised", object="title rivers-of-paper", actor_user_id=ada, words=FORMULA),
                Audit(
                    action="readers-named", object="title old-one", actor_user_id=ada, words="to x@y.example, by list"
                ),
            ),
            start=1,
        ):
            act.at = at + timedelta(days=days)
            db.add(act)
    return house


def acts(house: House, **asked: object) -> list[str]:
    """The acts that the page lists, checked against the CSV of the same question."""
    given = {name: str(words) for name, words in asked.items()}
    page = house.browser(ZOE).get("/desk/audit", params=given)
    assert page.status_code == 200
    rows = page.text.partition("<tbody>")[2].split('<th scope="row">')[1:]
    shown = [row.partition("?act=")[2].partition('"')[0] for row in rows]
    assert [row[1] for row in table(house.browser(ZOE).get("/desk/audit.csv", params=given))[1:]] == shown
    return shown


def table(answer: httpx2.Response) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_latest_come_first(written: House) -> None:
    newest, *_, oldest = acts(written)
    assert (newest, oldest) == ("readers-named", "title-published")


def test_what_can_be_asked_for(written: House) -> None:
    ben = written.ids[BEN]
    assert acts(written, act="role-changed") == ["role-changed"]
    assert acts(written, act="role") == []
    assert acts(written, actor=written.ids[ZOE]) == ["terms-changed", "role-changed"]
    assert acts(written, of="rivers-of-paper") == ["record-revised", "title-published"]
    assert acts(written, of="title rivers-of-paper") == ["record-revised", "title-published"]
    assert acts(written, of="house") == ["terms-changed"]
    assert acts(written, of=ben) == acts(written, of=f"account {ben}") == ["account-disabled", "role-changed"]
    assert acts(written, since="2026-03-02", until="2026-03-03") == ["account-disabled", "role-changed"]
    assert acts(written, act="record-revised", of="rivers-of-paper", until="2026-03-04") == []


@pytest.mark.parametrize(
    ("field", "words"),
    [("since", "yesterday"), ("until", "2026-02-30"), ("until", "0001-01-01"), ("actor", "ada"), ("act", "x" * 201)],
)
def test_what_can_not_be_read_is_said_beside_its_field(written: House, field: str, words: str) -> None:
    answer = written.browser(ZOE).get("/desk/audit", params={field: words})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert "<tbody>" not in answer.text
    assert written.browser(ZOE).get("/desk/audit.csv", params={field: words}).status_code == 400


def test_names_are_shown_of_accounts_that_exist_and_addresses_never(written: House) -> None:
    for path in ("/desk/audit", "/desk/audit.csv"):
        text = written.browser(ZOE).get(path).text
        assert "Ada Sample" in text
        assert "xample.org" not in text
        assert "y.example" not in text
        assert "(an address) by list" in text
    with written.site.portal.database.writing() as db:
        db.delete(db.get_one(User, written.ids[ADA]))
    assert "Ada Sample" not in written.browser(ZOE).get("/desk/audit").text
    assert "erased since" in written.browser(ZOE).get("/desk/audit").text


def test_no_cell_of_the_csv_begins_a_formula(written: House) -> None:
    with written.site.portal.database.writing() as db:
        db.get_one(User, written.ids[ADA]).name = "@SUM(A1)"
    answer = written.browser(ZOE).get("/desk/audit.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    heading, *lines = table(answer)
    assert tuple(heading) == audit_log.HEADINGS
    assert len(lines) == 6
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [f"'{FORMULA}", "'@SUM(A1)"] == [lines[1][7], lines[1][3]]


def test_leaves_and_pieces_follow_on_each_other(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now()
    with database.writing() as db:
        for n in range(250):
            db.add(Audit(action="a", object="house", at=at - timedelta(microseconds=n // 9), words=str(n)))
    seen, mark = list[str](), None
    for _ in range(3):
        with database.reading() as db:
            leaf, last = audit_log.leaf(db, Asked(act="a"), mark)
        seen += [act.words for act in leaf]
        mark = Mark.of(str(last)) if last is not None else None
        assert mark == last
    assert sorted(seen, key=int) == [str(n) for n in range(250)]
    assert mark is None
    monkeypatch.setattr(audit_log, "PIECE", 60)
    monkeypatch.setattr(audit_log, "AT_MOST", 200)
    assert [act.words for piece in audit_log.pieces(database, Asked()) for act in piece] == seen[:200]


@pytest.mark.parametrize("mark", ["", "x", "2026-13-01T00:00:00Z-1", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z-0"])
def test_a_mark_that_is_none_leads_nowhere(house: House, mark: str) -> None:
    assert house.browser(ZOE).get("/desk/audit", params={"after": mark}).status_code == 404
    assert house.browser(ADA).get("/desk/fair-use", params={"after": mark}).status_code == 404


def test_an_editor_does_not_read_it_and_the_page_does_not_say_so(house: House) -> None:
    assert "Audit log" not in house.browser(ADA).get("/desk/readers").text
    assert "Audit log" in house.browser(ZOE).get("/desk/readers").text
    assert house.browser(CLEO).get("/desk/audit").status_code == 404


WHICH = [
    Asked(),
    Asked(act="role-changed"),
    Asked(actor=1),
    Asked(account=1),
    Asked(object="title x"),
    Asked(since=date(2026, 1, 1), until=date(2026, 2, 1)),
    Asked(act="role-changed", since=date(2026, 1, 1)),
]


@pytest.mark.parametrize("which", WHICH, ids=str)
def test_every_question_goes_along_an_index(database: Database, which: Asked) -> None:
    for after in (None, Mark(clock.now(), 7)):
        assert_indexed(plans_of(database, lambda db, mark=after: audit_log.leaf(db, which, mark)))


def test_the_acts_that_the_log_has_are_walked(database: Database) -> None:
    with database.reading() as db:
        assert audit_log.kinds_of_acts(db) == []
    with database.writing() as db:
        for action in ("b", "a", "b", "c", "a"):
            db.add(Audit(action=action, object="house"))
    with database.reading() as db:
        assert audit_log.kinds_of_acts(db) == ["a", "b", "c"]


def test_faults_are_told_by_field() -> None:
    with pytest.raises(Invalid) as fault:
        audit_log.asked(actor="ada", since="soon")
    assert set(fault.value.members) == {"actor", "since"}
