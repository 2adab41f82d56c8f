"""The page of use: figures people can read, small ones hidden, the same as CSV, and the month's mail."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx2
import pytest
import sqlalchemy as sa

from api import clock
from api.notices import outbox, summaries
from api.notices.mails import PostOffice, letter
from api.settings_parts import MailSettings
from api.tables import DaySum, Identity, Role, SummaryChoice, UsageMonth, User
from api.usage import days
from api.usage.daily import ALL_TITLES, By, Figures
from api.usage.months import Month
from api.usage.robots import Robots
from tests.desk.conftest import editor_of
from tests.make import shelve
from tests.site import Site

HERE = "/desk/usage"


def put(site: Site, title_id: int, by: By, value: str, at: datetime, **numbers: int) -> None:
    columns = dict.fromkeys(Figures.NAMES, 0) | numbers
    with site.portal.database.writing() as db:
        db.add(DaySum(title_id=title_id, by=by, value=value, day=at.date(), **columns))


@pytest.fixture
def used(site: Site) -> Iterator[int]:
    """A title's use of three days and of a time before, and that of all titles, which is the same.

    The day stays the same: at midnight all of it would be a day older.
    """
    made, other = shelve(site, "=rivers"), shelve(site, "others")
    now = clock.now()
    for title_id in (ALL_TITLES, made.id):
        put(site, title_id, By.NOTHING, "", now, viewers=300, starters=90, arrivals=43, readers=40, downloads=31)
        put(site, title_id, By.NOTHING, "", now - timedelta(days=1), reads=12, downloads=3)
        put(site, title_id, By.NOTHING, "", now - timedelta(days=40), viewers=150, arrivals=3)
        put(site, title_id, By.PROVIDER, "demo", now, arrivals=40)
        put(site, title_id, By.PROVIDER, "campus", now, arrivals=3)
        put(site, title_id, By.REFERRER, "search.example", now, viewers=200)
        put(site, title_id, By.REFERRER, "", now, viewers=100)
        put(site, title_id, By.INSTITUTION, "uni", now, downloads=11)
    put(site, other.id, By.NOTHING, "", now, viewers=1)
    with site.portal.database.writing() as db:
        days._rank(db, 30, now.date())
    with clock.frozen(now):
        yield made.id


def texts(page: httpx2.Response) -> str:
    assert page.status_code == 200, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_page_says_how_titles_are_used(site: Site, editor: httpx2.Client, used: int) -> None:
    page = editor.get(HERE)
    words = texts(page)
    assert "people saw a title page 150 in the period before (+100%) 300" in words
    assert "people signed in &lt;5 in the period before 43" in words
    assert "downloads 0 in the period before 34" in words
    assert "Chose to sign in 90 30%" in words
    assert "search.example 200 67% Directly, or nobody knows 100 33%" in words
    assert "&lt;45 campus &lt;5" in words  # of 43 in all, the rest would tell
    assert " 40 93%" not in words
    assert re.search(r"uni 11 24% Others, or none 35", words)
    assert "style=" not in page.text
    assert page.text.count("<rect") > 5
    csp = page.headers["content-security-policy"]
    assert "unsafe-inline" not in csp


def test_of_one_title_there_is_the_same(site: Site, editor: httpx2.Client, used: int) -> None:
    found = editor.get(f"{HERE}?q=%3Drivers&days=90")
    assert found.headers["location"] == "/desk/titles/=rivers/usage?days=90"
    words = texts(editor.get(found.headers["location"]))
    assert "people saw a title page 0 in the period before 450" in words
    assert "Most used" not in words
    assert "No title is called so." in texts(editor.get(f"{HERE}?q=nothing+like+it"))
    several = editor.get(f"{HERE}?q=rivers")
    assert "Which title do you mean?" in several.text
    assert several.text.count("/usage?days=30") >= 2
    assert editor.get("/desk/titles/none/usage").status_code == 404


def test_nothing_yet_is_a_page_too(editor: httpx2.Client) -> None:
    words = texts(editor.get(f"{HERE}?days=7"))
    assert "Nothing has been counted yet" in words
    assert "Nothing in this period." in words


def test_the_table_is_the_same_and_harmless(site: Site, editor: httpx2.Client, used: int) -> None:
    with site.portal.database.writing() as db:
        db.execute(sa.text("UPDATE title SET full_title = '=1+1' WHERE id = :id"), {"id": used})
    answer = editor.get(f"{HERE}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(row["part"] == "by time" for row in rows) == 30
    named = {(row["part"], row["name"]): row for row in rows}
    assert named["by time", str(clock.now().date())]["downloads"] == "<35"  # the day before had three
    assert named["total", "downloads"]["figure"] == "34"
    assert named["provider", "campus"]["figure"] == "<5"
    assert ("most used", "'=1+1") in named
    assert editor.get("/desk/titles/=rivers/usage.csv?days=364").text.count("by time") == 52


def test_readers_get_the_common_404(site: Site, used: int) -> None:
    for path in (HERE, f"{HERE}.csv", "/desk/titles/=rivers/usage"):
        assert site.browser().get(path).status_code == 404


def test_the_list_of_titles_has_downloads_and_readiness(editor: httpx2.Client, used: int) -> None:
    words = texts(editor.get("/desk"))
    assert re.search(r"\b34 : how Rivers of Paper is used", words)
    assert "could be better" in words
    assert "34 in 30 days" in texts(editor.get("/desk/titles/=rivers"))


def test_what_happens_here_is_counted(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site)
    browser = site.browser()
    browser.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    for n in range(5):
        browser.headers["user-agent"] = f"Firefox reader {n}"
        browser.get(made.path)
    site.settle()
    site.portal.journal.flush()
    days.sum_days(site.portal.database, Robots(), clock.now())
    assert "people saw a title page 0 in the period before 5" in texts(editor.get(HERE))


JANUARY = Month(2026, 1)
SOON = JANUARY.ends_at + timedelta(days=1, hours=2)


def staff(site: Site, name: str, role: Role, *, verified: bool = True) -> int:
    with site.portal.database.writing() as db:
        user = User(name=name, role=role)
        identity = Identity(provider="demo", issuer="https://id.example", subject=name, user=user)
        identity.email, identity.email_verified = f"{name}@example.org", verified
        db.add(identity)
        db.flush()
        return identity.user_id


def test_the_month_comes_by_mail_once_to_those_who_want_it(site: Site) -> None:
    zoe, ada = staff(site, "zoe", Role.ADMINISTRATOR), staff(site, "ada", Role.EDITOR)
    ben = staff(site, "ben", Role.EDITOR)
    staff(site, "cleo", Role.READER)
    staff(site, "unknown", Role.ADMINISTRATOR, verified=False)
    put(site, ALL_TITLES, By.NOTHING, "", JANUARY.begins_at, viewers=700, downloads=3)
    database = site.portal.database
    with database.writing() as db:
        summaries.choose(db, ada, True)
        summaries.choose(db, ben, True)
        summaries.choose(db, ben, False)
        assert summaries.tell(db, SOON) == 0  # the month is not closed
        db.add(UsageMonth(month=str(JANUARY), closed_at=SOON, events=1, robots=""))
        db.flush()
        assert summaries.tell(db, SOON + timedelta(days=20)) == 0
        assert summaries.tell(db, SOON) == 2
        assert summaries.tell(db, SOON) == 0
    office = PostOffice(MailSettings(host="mail.example", sender="press@example.org"), site.portal.seal, "http://press")
    with database.writing() as db:
        (mail,) = outbox.of_user(db, zoe)
        text = letter(db, office, mail, SOON).message.get_content()
        assert "700 people saw a title’s page (0 in the month before)" in text
        assert "<5 downloads" in text
        assert "http://press/desk/usage" in text
        summaries.choose(db, zoe, False)
        with pytest.raises(Exception, match="turned mail off"):
            letter(db, office, mail, SOON)


def test_who_wants_it_says_so_on_the_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.portal.settings.mail, "host", "mail.example")
    editor = editor_of(site)
    with site.portal.database.writing() as db:
        db.execute(sa.text("UPDATE identity SET email = 'ada@example.org', email_verified = true"))
    assert "can come to ada@example.org" in editor.get(HERE).text
    assert editor.post(f"{HERE}/summary", data={"wants": "true"}).status_code == 303
    assert "come to ada@example.org." in editor.get(HERE).text
    with site.portal.database.reading() as db:
        assert [row.wants for row in db.execute(sa.select(SummaryChoice)).scalars()] == [True]
