"""The day a title opens, as calendars take it: one event that keeps its name, and nothing once it has come."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from api import clock
from api.tables import State, Title
from tests.make import shelve
from tests.site import Site

DAY = datetime(2031, 3, 1, 8, 30, tzinfo=UTC)
LONG = "Äcker, Flüsse; Wälder\\Wege – " + "Von Bächen, Weihern und Strömen " * 4


def event(calendar: str) -> dict[str, str]:
    """The properties, unfolded, with what a value escapes as it was."""
    lines = calendar.replace("\r\n ", "").split("\r\n")
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\") for name, value in found.items()}


def test_a_closed_title_says_when_it_opens(site: Site) -> None:
    made = shelve(site, opens_at=DAY)
    with site.portal.database.writing() as db:
        db.exec(select(Title)).one().full_title = LONG
    answer = site.program().get(f"{made.path}.ics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    said = event(answer.text)
    assert said["DTSTART"] == "20310301T083000Z"
    assert said["SUMMARY"] == f"{LONG.strip()} can be read"
    assert said["URL"] == f"{site.url}{made.path}"
    assert said["UID"].startswith("opening-of-reports-")
    assert f'href="{made.path}.ics"' in site.browser().get(made.path).text


def test_there_is_nothing_to_put_down_where_a_title_is_open_hidden_or_gone(site: Site) -> None:
    past = clock.now() - timedelta(days=1)
    later = clock.now() + timedelta(days=9)
    for slug, given in {
        "open": {},
        "opened": {"opens_at": past},
        "draft": {"opens_at": later, "state": State.DRAFT},
        "gone": {"opens_at": later, "state": State.WITHDRAWN},
    }.items():
        made = shelve(site, slug, **given)
        assert site.program().get(f"{made.path}.ics").status_code == 404, slug
