"""Days of use for the press: what a day's events come to, when they are counted, and what stays of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from api.database import Database
from api.tables import DaySum, Event, EventKind, MostUsed, UsageDay
from api.usage import closing, days
from api.usage.daily import ALL_TITLES, By, Part, Step, count
from api.usage.press import downloads_of, use_of
from api.usage.robots import Robots
from tests.usage.month import JANUARY, make_events, shelve_three

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
VIEW, START, BACK, FILE = (
    EventKind.INVESTIGATION,
    EventKind.SIGN_IN_STARTED,
    EventKind.SIGNED_IN,
    EventKind.REQUEST,
)


def step(key: str, kind: EventKind, minute: float = 0, title: int | None = 1, **more: object) -> Step:
    usual: dict[str, object] = {
        "chapter_id": None,
        "in_browser": False,
        "provider": None,
        "institution": None,
        "referrer_host": None,
    }
    return Step(key, kind, NINE + timedelta(minutes=minute), title, **(usual | more))  # type: ignore[arg-type]


def figures(steps: Iterable[Step], *part: object) -> tuple[int, ...]:
    found = count(sorted(steps, key=lambda each: (each.user_key, each.at)))
    return tuple(found[Part(*part)].as_dict().values()) if Part(*part) in found else ()  # type: ignore[arg-type]


JOURNEY = [
    step("caller", VIEW, referrer_host="search.example"),
    step("caller", VIEW, 1),
    step("caller", START, 2, provider="orcid"),
    step("account", BACK, 3, provider="orcid", institution="uni"),
    step("account", VIEW, 3, institution="uni"),
    step("account", FILE, 4, provider="orcid", institution="uni"),
    step("account", FILE, 4.2, provider="orcid", institution="uni"),  # a double click
    step("account", FILE, 9, provider="orcid", institution="uni", in_browser=True),
    step("passer-by", VIEW, title=2),
]


def test_a_journey_is_one_person_at_each_step() -> None:
    assert figures(JOURNEY, 1, By.NOTHING, "") == (1, 1, 1, 1, 1, 1)
    assert figures(JOURNEY, ALL_TITLES, By.NOTHING, "") == (2, 1, 1, 1, 1, 1)
    assert figures(JOURNEY, 1, By.PROVIDER, "orcid") == (0, 1, 1, 1, 1, 1)
    assert figures(JOURNEY, 1, By.INSTITUTION, "uni") == (0, 0, 1, 1, 1, 1)


def test_a_person_comes_from_one_site() -> None:
    assert figures(JOURNEY, 1, By.REFERRER, "search.example") == (1, 0, 0, 0, 0, 0)
    assert figures(JOURNEY, ALL_TITLES, By.REFERRER, "") == (1, 0, 0, 0, 0, 0)


def test_a_sign_in_from_elsewhere_is_of_no_title() -> None:
    elsewhere = [step("account", BACK, title=None, provider="orcid"), step("account", VIEW, 1)]
    assert figures(elsewhere, ALL_TITLES, By.NOTHING, "") == (0, 0, 1, 0, 0, 0)
    assert figures(elsewhere, 1, By.NOTHING, "") == (1, 0, 0, 0, 0, 0)


def all_sums(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as db:
        return sorted(tuple(row) for row in db.connection().execute(sa.select(DaySum)))


def test_the_day_is_counted_again_until_it_is_over(database: Database) -> None:
    make_events(database, shelve_three(database), many=600)
    first, noon = JANUARY.first_day, JANUARY.begins_at + timedelta(hours=12)
    assert days.sum_days(database, Robots(), noon) == 1
    assert days.sum_days(database, Robots(), noon + timedelta(hours=1)) == 1
    before = all_sums(database)
    assert days.sum_days(database, Robots(), noon + timedelta(hours=14)) == 2
    assert days.sum_days(database, Robots(), noon + timedelta(hours=14)) == 1  # the first is done with
    assert [row for row in all_sums(database) if first in row] == [row for row in before if first in row]
    with database.reading() as db:
        assert [(row.day, row.is_over) for row in db.exec(select(UsageDay).order_by(col(UsageDay.day)))] == [
            (first, True),
            (first + timedelta(days=1), False),
        ]


def test_sums_are_those_of_plain_sql_and_outlive_the_events(database: Database) -> None:
    shelf = shelve_three(database)
    make_events(database, shelf)
    end = JANUARY.ends_at + timedelta(hours=2)
    days.sum_days(database, Robots(), end)
    with database.reading() as db:
        wanted = sa.select(sa.func.count(sa.distinct(col(Event.user_key)))).where(
            col(Event.kind) == VIEW, ~col(Event.is_robot)
        )
        viewers = db.connection().scalar(wanted)
        use = use_of(db, 364, end.date())
        assert use.headlines[0].now.text == f"{viewers:,}"
        ranked = [row.title_id for row in db.exec(select(MostUsed).where(MostUsed.days == 90)).all()]
        assert set(ranked) == {title_id for title_id, _ in shelf}
        downloads = downloads_of(db, ranked, JANUARY.last_day)
        assert all(int(each.text) > 100 for each in downloads.values())
    closing.close(database, JANUARY, Robots())
    assert closing.forget(database, JANUARY.ends_at) == 1500
    with database.reading() as db:
        later = use_of(db, 364, end.date())
    assert [each.now for each in later.headlines] == [each.now for each in use.headlines]
    assert {line.value for line in use.lists[By.REFERRER]} == {"canary.example"}
    assert "canary.example" not in {line.value for line in later.lists[By.REFERRER]}


def test_nothing_is_forgotten_that_is_not_summed(database: Database) -> None:
    make_events(database, shelve_three(database), many=600)
    closing.close(database, JANUARY, Robots())
    assert closing.forget(database, JANUARY.ends_at) == 0
    days.sum_days(database, Robots(), JANUARY.begins_at + timedelta(days=3))
    gone = closing.forget(database, JANUARY.ends_at)
    with database.reading() as db:
        oldest = db.connection().scalar(sa.select(sa.func.min(col(Event.happened_at))))
    assert gone > 0
    assert oldest.date() >= date(2026, 1, 3)
